"""What follows when a mail is settled: the letter is answered, or held and a person told.

Receives rows and their endings, copies of our own mail that came back, and what people say became of a mail; hands on
the letter's next state and, where a person must act, an alarm.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import state_of
from mailbox_worker.ledger.outbox import (
    change,
    find,
    in_states,
    round_of,
    stopped_and_untold,
    with_a_word,
    word_fits,
)
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import ANSWERING, REQUESTS, Audience, MailKind, OutboxState, Word
from mailbox_worker.letter.states import NotAllowed, Step
from mailbox_worker.letter.steps import take_step
from mailbox_worker.reply.telling import tell

WITNESS_WITHIN = timedelta(hours=1)  # a copy to ourselves that has not come by then will not be waited for
# Where a request is refused or comes back, the sign-off stage asks somebody else at once.
# Nobody is told of a refused acknowledgement or survey; an alarm about an alarm would never end.
NOBODY_IS_TOLD = (*REQUESTS, MailKind.ALARM, MailKind.ACKNOWLEDGEMENT, MailKind.SURVEY)
TOLD_OF = tuple(kind for kind in MailKind if kind not in NOBODY_IS_TOLD)
STOPPED = (OutboxState.REFUSED, OutboxState.HELD)
DONE_WITH = (OutboxState.ACCEPTED, OutboxState.REFUSED)  # the bytes of these are not needed again, but a reply's


def settle(writer: Writer, row: Row[Any], state: OutboxState, answer: str, by: str = "tenday", **values: Any) -> None:
    """Write down how a hand-over ended, with other columns of the row, and take the letter along."""
    values |= {"state": state, "settled_at": writer.now, "answer": answer}
    if state is OutboxState.UNKNOWN:
        values["unknowns"] = row.unknowns + 1
    if row.kind != MailKind.REPLY and state in DONE_WITH:
        values["raw"] = None  # it may hold a token or a query code (THREATS: digest of tokens undone)
    change(writer, row.id, **values)
    writer.record(f"mail-{state}", letter=row.letter, by=by, outbox=row.id, mail=row.kind, answer=answer)
    if row.kind != MailKind.REPLY:
        return
    if state is OutboxState.ACCEPTED and row.purpose not in ANSWERING:
        _step(writer, row.letter, Step.PART_ACCEPTED, by)  # the letter is not answered by it
    elif state is OutboxState.ACCEPTED:
        _step(writer, row.letter, Step.REPLY_ACCEPTED, by, answered_at=row.handed_over_at or writer.now)
    elif state in STOPPED:
        _step(writer, row.letter, Step.REPLY_FAILED, by)
    elif state is OutboxState.BOUNCED and row.purpose in ANSWERING:
        # Not answered after all: the promise runs on as if nothing had been sent.
        _step(writer, row.letter, Step.REPLY_BOUNCED, by, answered_at=None)


def settle_unknown(desk: Desk, now: datetime) -> Counter[str]:
    """Settle what is unknown: by a word, the witness that came back, one more try, or asking a person."""
    counted: Counter[str] = Counter()
    with desk.ledger.read() as connection:
        spoken = [row.id for row in with_a_word(connection)]
        unsettled = [row.id for row in in_states(connection, [OutboxState.UNKNOWN, OutboxState.HELD])]
        todo = spoken + [mail for mail in unsettled if _has_come_to_something(connection, mail, now)]
    if todo:
        with desk.ledger.write(now) as writer:
            for mail in spoken:
                counted += _by_word(writer, find(writer.connection, mail))
            for mail in unsettled:
                counted += _by_time(writer, find(writer.connection, mail))
    alarm_for_stopped(desk, now)
    return counted


def _has_come_to_something(connection: Connection, mail: int, now: datetime) -> bool:
    row = find(connection, mail)
    return row.witnessed_at is not None or _goes_once_more(row) or _waits_no_longer(row, now)


def _by_word(writer: Writer, row: Row[Any]) -> Counter[str]:
    word, by = Word(row.word), str(row.word_by)
    change(writer, row.id, word=None)
    if not word_fits(writer.connection, row, word):
        writer.record("word-too-late", letter=row.letter, by=by, outbox=row.id, word=word, state=row.state)
        return Counter()
    if word is Word.SENT:
        settle(writer, row, OutboxState.ACCEPTED, "a person says that it arrived", by)
        return Counter([OutboxState.ACCEPTED])
    if word is Word.BOUNCED:
        settle(writer, row, OutboxState.BOUNCED, "a person confirms that it came back", by)
        return Counter([OutboxState.HELD])
    again = {"attempts": 0, "words_again": row.words_again + 1}
    change(writer, row.id, state=OutboxState.LATER, not_before=writer.now, **again)
    writer.record("mail-again", letter=row.letter, by=by, outbox=row.id)
    _step(writer, row.letter, Step.REPLY_AGAIN, by)
    return Counter()


def _by_time(writer: Writer, row: Row[Any]) -> Counter[str]:
    if row.state not in (OutboxState.UNKNOWN, OutboxState.HELD):
        return Counter()  # a word has settled it
    if row.witnessed_at is not None:
        settle(writer, row, OutboxState.ACCEPTED, "the copy to our own mailbox came back")
        return Counter([OutboxState.ACCEPTED])
    if _goes_once_more(row):
        # The same bytes and Message-ID, so that whoever has it already can tell (F63); once, then it stays unknown.
        change(writer, row.id, state=OutboxState.LATER, not_before=writer.now)
        writer.record("mail-once-more", letter=row.letter, outbox=row.id)
    elif _waits_no_longer(row, writer.now):
        settle(writer, row, OutboxState.HELD, "unknown, and no copy came back within an hour")
        return Counter([OutboxState.HELD])
    return Counter()


def _goes_once_more(row: Row[Any]) -> bool:
    return bool(row.state == OutboxState.UNKNOWN and row.kind != MailKind.REPLY and row.unknowns <= 1)


def _waits_no_longer(row: Row[Any], now: datetime) -> bool:
    unknown = row.state == OutboxState.UNKNOWN and row.kind == MailKind.REPLY
    return bool(unknown and now - row.settled_at >= WITNESS_WITHIN)


def _step(writer: Writer, number: str, step: Step, by: str, **columns: Any) -> None:
    before = state_of(writer.connection, number)
    try:
        take_step(writer, number, before, step, by=by, columns=columns)
    except NotAllowed:  # the letter has gone another way meanwhile, and what became of this mail changes nothing
        writer.record("step-not-possible", letter=number, by=by, step=step, state=before)


def alarm_for_stopped(desk: Desk, now: datetime) -> None:
    """Tell of every signed text that did not go out, and of staff mail that was refused; once each time."""
    with desk.ledger.read() as connection:
        untold = stopped_and_untold(connection, STOPPED, TOLD_OF)
    for row in untold:
        if row.kind == MailKind.REPLY:
            tell(desk, now, f"held:{round_of(row)}", "reply-held", row, why=row.answer or "")
        elif row.audience == Audience.STAFF:
            tell(desk, now, f"refused:{round_of(row)}", "staff-refused", row, why=row.answer or "")
