"""The frame of a reply: salutation before, thanks after, never doubled when the clerk wrote them.

Receives a draft in its signed form; hands on the whole text that is shown to the deputy, signed off and sent.
"""

import re
from collections.abc import Iterable
from datetime import date

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.vocabulary import Purpose
from mailbox_worker.letter.clerk_words import greets
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.mail.words import render_text, words

TAIL = 3  # written lines of a draft in which a closing is looked for
CLAUSE_ENDS = re.compile(r"[。！!；;，,\s]+")
SHORT = 2  # characters: 此复 closes only by itself, else 「如此复杂」 and 「此复印件」 would


def framed(
    desk: Desk, letter: Letter, text: str, purpose: Purpose = Purpose.FINAL, extended_to: date | None = None
) -> str:
    """Put the text into the office's frame of its purpose; `extended_to` is the new due date of a 延期告知."""
    lines = text.splitlines()
    whole = render_text(
        "reply_frame.txt.j2",
        text=text,
        letter=letter,
        office=desk.content.office,
        received_on=desk.day(letter.received_at),
        purpose=purpose,
        extended_to=extended_to,
        salutation=not greets(lines),
        closing=not _closes([line for line in lines if line][-TAIL:], words("frame")["closings"]),
    )
    return signed_form(whole)


def _closes(lines: Iterable[str], closings: Iterable[str]) -> bool:
    clauses = [clause for line in lines for clause in CLAUSE_ENDS.split(line)]
    return any(
        clause == closing or (len(closing) > SHORT and clause.startswith(closing))
        for clause in clauses
        for closing in closings
    )
