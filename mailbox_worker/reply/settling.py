"""What follows when a mail is settled: the letter is answered, or held and a person told.

Receives a row and its ending inside a transaction; hands on the letter's next state and, where a person must
act, an alarm.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import change_letter, letter_by_number
from mailbox_worker.ledger.outbox import Plan, change, in_states, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.vocabulary import Disposition, LetterState, MailKind, OutboxState, Purpose
from mailbox_worker.letter.rights import who_drafts
from mailbox_worker.letter.states import Step, after

ANSWERING = (Purpose.FINAL, Purpose.NOT_OURS)
WITNESS_WITHIN = timedelta(hours=1)  # a copy to ourselves that has not come by then will not be waited for
SENT_ONCE_MORE = 1


def settle(writer: Writer, row: Row[Any], state: OutboxState, answer: str) -> None:
    """Write down how a hand-over ended, and take the letter along."""
    change(writer, row.id, state=state, settled_at=writer.now, answer=answer)
    writer.record(f"mail-{state}", letter=row.letter, outbox=row.id, mail=row.kind, answer=answer)
    if row.kind != MailKind.REPLY:
        return
    if state is OutboxState.ACCEPTED and row.purpose not in ANSWERING:
        _step(writer, row.letter, Step.PART_ACCEPTED)  # the letter is not answered by it
    elif state is OutboxState.ACCEPTED:
        _step(writer, row.letter, Step.REPLY_ACCEPTED, answered_at=row.handed_over_at or writer.now)
    elif state in (OutboxState.REFUSED, OutboxState.HELD):
        _step(writer, row.letter, Step.REPLY_FAILED)


def settle_unknown(desk: Desk, now: datetime) -> Counter[str]:
    """Settle what is unknown: by the witness that came back, by one more try of machine mail, or by asking a person."""
    counted: Counter[str] = Counter()
    with desk.ledger.write(now) as writer:
        for row in in_states(writer.connection, [OutboxState.UNKNOWN, OutboxState.HELD]):
            if _witnessed(writer, row.id):
                settle(writer, row, OutboxState.ACCEPTED, "the copy to our own mailbox came back")
                counted[OutboxState.ACCEPTED] += 1
            elif row.state == OutboxState.UNKNOWN and row.kind != MailKind.REPLY:
                _once_more(writer, row)
            elif row.state == OutboxState.UNKNOWN and now - row.settled_at >= WITNESS_WITHIN:
                settle(writer, row, OutboxState.HELD, "unknown, and no copy came back within an hour")
                counted[OutboxState.HELD] += 1
    _alarm_for_held(desk, now)
    return counted


def _once_more(writer: Writer, row: Row[Any]) -> None:
    # The same bytes and Message-ID, so that whoever has it already can tell (F63); once, then it stays unknown.
    if row.attempts <= SENT_ONCE_MORE:
        change(writer, row.id, state=OutboxState.LATER, not_before=writer.now)
        writer.record("mail-once-more", letter=row.letter, outbox=row.id)


def _witnessed(writer: Writer, outbox: int) -> bool:
    query = select(arrivals.c.id).where(arrivals.c.outbox == outbox, arrivals.c.disposition == Disposition.OWN_COPY)
    return writer.connection.execute(query).first() is not None


def _step(writer: Writer, number: str, step: Step, **values: Any) -> None:
    state = after(letter_by_number(writer.connection, number).state, step)
    change_letter(writer, number, state=state, **values)
    writer.record(step, letter=number, state=state)


def _alarm_for_held(desk: Desk, now: datetime) -> None:
    """Tell the clerk of every answer that did not go out; planning it twice plans it once."""
    with desk.ledger.write(now) as writer:
        for row in in_states(writer.connection, [OutboxState.REFUSED, OutboxState.HELD]):
            if row.kind != MailKind.REPLY:
                continue
            letter = letter_by_number(writer.connection, row.letter)
            if letter.state is not LetterState.HELD:
                continue
            clerk = who_drafts(desk.content.staff, letter.restricted, desk.config.away)
            arguments = {"reason": "reply-held", "at": now.isoformat()}
            plan(
                writer,
                Plan(
                    f"alarm:held:{row.id}", MailKind.ALARM, letter=letter.number, person=clerk.id, arguments=arguments
                ),
            )
