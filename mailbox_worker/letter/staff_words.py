"""The words that a colleague may send to the mailbox by a mail of its own, and what each of them names.

Receives the new text of a mail; hands on the word, or None. A word counts only as the sole line of new text; a TOTP
code may stand behind it. Who may say it, and whether it is proved, is decided elsewhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from mailbox_worker.letter.letter_numbers import NUMBER


class Said(StrEnum):
    """What a colleague wants."""

    TO_DO = "to-do"
    LOOK_UP = "look-up"
    RELEASE = "release"
    AGAIN = "again"
    SENT = "sent"
    BOUNCED = "bounced"
    READDRESS = "readdress"
    DELIVERED = "delivered"
    HANDLED = "handled"
    WHY_LATE = "why-late"
    HOLD = "hold"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class StaffWord:
    """A word, the letter (or, for a release, the arrival) that it names, and what stands behind that."""

    said: Said
    number: str = ""
    argument: str = ""


_LETTER = rf"(?P<number>{NUMBER})"
_FORMS: tuple[tuple[Said, str], ...] = (
    (Said.TO_DO, r"待办"),
    (Said.LOOK_UP, rf"查\s*{_LETTER}"),
    (Said.RELEASE, r"放行\s*(?P<number>\d{1,9})"),
    (Said.AGAIN, rf"重发\s*{_LETTER}"),
    (Said.SENT, rf"已发出\s*{_LETTER}"),
    (Said.BOUNCED, rf"退信属实\s*{_LETTER}"),
    (Said.READDRESS, rf"改寄\s*{_LETTER}"),
    (Said.DELIVERED, rf"已送达\s*{_LETTER}\s*(?P<argument>邮寄|电话|面告)"),
    (Said.HANDLED, rf"已处置\s*{_LETTER}"),
    (Said.WHY_LATE, rf"超期原因\s*{_LETTER}\s*[::]?\s*(?P<argument>\S.{{0,199}}?)"),
    (Said.HOLD, r"暂停发信"),
    (Said.RESUME, r"恢复发信"),
)
_CODE = r"(?:\s+\d{6})?"
_PATTERNS = tuple((said, re.compile(form + _CODE)) for said, form in _FORMS)
_AT_THE_EDGES = " \t。．.！!，,、；;~“”\"'「」"


def staff_word(new_text: str) -> StaffWord | None:
    """Understand a mail's new text as a word; None for anything else."""
    lines = [line for line in new_text.splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    line = unicodedata.normalize("NFKC", lines[0]).strip(_AT_THE_EDGES)
    for said, pattern in _PATTERNS:
        match = pattern.fullmatch(line)
        if match is not None:
            named = match.groupdict()
            return StaffWord(said, named.get("number") or "", (named.get("argument") or "").strip())
    return None
