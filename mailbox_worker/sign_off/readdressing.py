"""改寄: an answer that came back goes to the other address that the writer left, after a new sign-off.

Receives a letter whose answer was refused or bounced; hands on the same text as a new draft version to the other
address, and a sign-off request for it. Whom an answer goes to is part of what is signed: nothing goes out without it.
"""

from mailbox_worker.ledger.letters import Letter, newest_draft
from mailbox_worker.ledger.outbox import newest_reply
from mailbox_worker.ledger.vocabulary import LetterState, OutboxState
from mailbox_worker.letter.other_address import other_address
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.steps import take_step
from mailbox_worker.sign_off.drafting import revise_draft
from mailbox_worker.sign_off.routing import ABOUT_DRAFT, Asking, ask_for_sign_off

FAILED = (OutboxState.REFUSED, OutboxState.BOUNCED)


def readdress(asking: Asking, letter: Letter, by: str) -> str | None:
    """Ask for the sign-off; gives the other address, or None where there is none or nothing came back."""
    connection = asking.writer.connection
    to, old = other_address(letter.fields, letter.writer_address), newest_draft(connection, letter.number)
    reply = newest_reply(connection, letter.number)
    came_back = reply is not None and reply.state in FAILED and letter.state is LetterState.HELD
    if to is None or old is None or not came_back or to.lower() == old.recipient.lower():
        return None
    draft = revise_draft(asking, old, by, recipient=to)
    take_step(
        asking.writer,
        letter.number,
        letter.state,
        Step.READDRESSED,
        by=by,
        arrival=asking.arrival,
        version=draft.version,
        digest=draft.digest,
    )
    ask_for_sign_off(asking, letter, about=ABOUT_DRAFT, version=draft.version)
    return to
