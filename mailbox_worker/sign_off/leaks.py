"""What must not stand in a text for a writer: the token of a request, or the number of somebody else's letter.

Receives a text that a colleague typed, before it becomes a draft; hands on the name of a doubt, or None. A token proves
nothing by itself, but it belongs to one colleague (F73); a number tells of another citizen (THREATS: planted tokens).
"""

import re

from sqlalchemy import Connection, func, select

from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.tables import letters, requests
from mailbox_worker.letter.crockford import ALPHABET, CHECK_SYMBOLS, TOKEN_SYMBOLS, digest
from mailbox_worker.letter.letter_numbers import numbers_in

# Also without its brackets: with sub-addresses the token stands in the address that a request is answered to.
_LIKE_A_TOKEN = re.compile(rf"(?=([{ALPHABET}]{{{TOKEN_SYMBOLS + CHECK_SYMBOLS}}}))")


def leak_in(connection: Connection, letter: Letter, text: str) -> str | None:
    """Name what may not go out with an answer to this letter."""
    digests = [digest(found) for found in _LIKE_A_TOKEN.findall(text.upper())]
    if digests and connection.execute(select(requests.c.id).where(requests.c.token_digest.in_(digests))).first():
        return "token-inside"
    numbers = [number for number in numbers_in(text) if number != letter.number]
    own = func.lower(func.coalesce(letters.c.writer_address, "")) == (letter.writer_address or "").lower()
    others = select(letters.c.number).where(letters.c.number.in_(numbers), ~own)
    return "other-letter-inside" if numbers and connection.execute(others).first() else None
