"""Write down how one hand-over ended: accepted, refused and unknown are settled, the rest is tried later.

Receives a row and its Outcome; hands on the row's next state, the pause until the next try, and the brake that a server
which wants us slower puts on all mail (F65).
"""

from typing import Any

from sqlalchemy import Row

from mailbox_worker.ledger.outbox import change, find
from mailbox_worker.ledger.standing import THROTTLED, put, stands
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import OutboxState
from mailbox_worker.mail.smtp_endings import Ending, Outcome
from mailbox_worker.reply.patience import ATTEMPTS, pause_after
from mailbox_worker.reply.settling import settle


def state_after(row: Row[Any], outcome: Outcome) -> OutboxState:
    """Give the state that an ending leads to; what was put off too often counts as refused."""
    if outcome.ending is Ending.LATER and row.attempts + 1 >= ATTEMPTS:
        return OutboxState.REFUSED
    return OutboxState(outcome.ending)


def conclude(writer: Writer, mail: int, outcome: Outcome) -> None:
    """Write an ending down."""
    row = find(writer.connection, mail)
    state, attempts, said = state_after(row, outcome), row.attempts + 1, f"{outcome.phase}: {outcome.answer}"
    if outcome.throttled:
        _go_slower(writer, said)
    if state is OutboxState.LATER:
        not_before = writer.now + pause_after(attempts)
        change(writer, mail, state=state, not_before=not_before, answer=said, attempts=attempts)
        writer.record("mail-later", letter=row.letter, outbox=mail, answer=said)
    else:
        settle(writer, row, state, said, attempts=attempts)


def _go_slower(writer: Writer, said: str) -> None:
    """Wait longer each time that the server asks for it in a row."""
    before = stands(writer.connection, THROTTLED)
    times = 1 + (int(before.detail) if before is not None else 0)
    put(writer, THROTTLED, until=writer.now + pause_after(times), detail=str(times))
    writer.record("sending-throttled", answer=said, minutes=pause_after(times).total_seconds() // 60)
