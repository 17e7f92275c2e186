"""The frame of a reply: salutation before, thanks after, never doubled when the clerk wrote them.

Receives a draft in its signed form; hands on the whole text that is shown to the deputy, signed off and sent.
"""

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.letter.clerk_words import SALUTATION
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.mail.words import render_text, words

HEAD, TAIL = 2, 3  # lines of a draft in which a salutation or a closing is looked for


def framed(desk: Desk, letter: Letter, text: str) -> str:
    """Put the text into the office's frame."""
    lines = text.splitlines()
    closings = words("frame")["closings"]
    whole = render_text(
        "reply_frame.txt.j2",
        text=text,
        letter=letter,
        office=desk.content.office,
        received_on=desk.day(letter.received_at),
        salutation=not any(SALUTATION.search(line) for line in lines[:HEAD]),
        closing=not any(closing in line for line in lines[-TAIL:] for closing in closings),
    )
    return signed_form(whole)
