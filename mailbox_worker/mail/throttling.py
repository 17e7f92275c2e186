"""Tell a server that wants us slower from one that refuses the mail (F65).

Receives the code and text of an answer; hands on yes or no. The texts are data: throttling.yml.
"""

from functools import cache
from pathlib import Path

import yaml

TEXTS = Path(__file__).parent / "throttling.yml"
# RFC 5321 codes that speak of the server or the session, not of this mail.
SESSION_CODES = frozenset({421})


@cache
def _texts() -> tuple[str, ...]:
    groups = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return tuple(str(text).lower() for group in groups.values() for text in group)


def is_throttling(code: int, message: str) -> bool:
    """Tell whether an answer means: not now, and not the next one either."""
    said = message.lower()
    return code in SESSION_CODES or (code // 100 in (4, 5) and any(text in said for text in _texts()))
