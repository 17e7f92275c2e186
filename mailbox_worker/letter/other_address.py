"""The other address that a writer left in the form, for the case that mail to the first one comes back.

Pure. Only the form's own question counts: an address anywhere else in a letter may be an insurer's, or anybody's.
"""

import re
from collections.abc import Mapping

FIELD = "email"  # the form's question for it, if it asks one
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def other_address(fields: Mapping[str, str], writer: str | None) -> str | None:
    """Give the address in the form's field, if it is one plain address and not the one that the letter came from."""
    written = fields.get(FIELD, "").strip()
    if not _PLAIN.fullmatch(written) or written.lower() == (writer or "").lower():
        return None
    return written
