"""After the answer: the survey some workdays later, and the closing after thirty days.

Receives answered letters; hands on one planned survey a letter, and closed letters. A letter that a follow-up keeps
open is neither asked about nor closed.
"""

from datetime import date, datetime

from sqlalchemy import Connection, select

from mailbox_worker.deadlines.days import DONE, may_close
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letters_in
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.tables import letters, outbox
from mailbox_worker.ledger.vocabulary import Audience, LetterState, MailKind, OutboxState
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.steps import take_step

OPEN = tuple(state for state in LetterState if state not in DONE)


def close_rested(desk: Desk, now: datetime) -> None:
    """Close what has rested long enough."""
    today = desk.day(now)
    with desk.ledger.read() as connection:
        continued = _continued(connection)
        rested = [
            letter
            for letter in letters_in(connection, [LetterState.ANSWERED])
            if letter.answered_at is not None
            and may_close(desk.day(letter.answered_at), today, continued=letter.number in continued)
        ]
    if not rested:
        return
    with desk.ledger.write(now) as writer:
        for letter in rested:
            take_step(writer, letter.number, letter.state, Step.CLOSED)


def plan_surveys(desk: Desk, now: datetime) -> None:
    """Plan the survey of every letter answered so many workdays ago; the caller knows that the office is open."""
    wait = desk.config.survey_after_workdays
    if wait is None:
        return
    latest = desk.content.workdays.subtract_workdays(desk.day(now), wait)
    with desk.ledger.read() as connection:
        left_out = _continued(connection) | _asked_or_unreachable(connection)
        due = [
            letter
            for letter in letters_in(connection, [LetterState.ANSWERED])
            if letter.number not in left_out and _was_answered_by(desk, letter, latest)
        ]
    if not due:
        return
    with desk.ledger.write(now) as writer:
        for letter in due:
            key = f"survey:{letter.number}"
            plan(writer, Plan(key, MailKind.SURVEY, letter=letter.number, recipient=letter.writer_address))


def _was_answered_by(desk: Desk, letter: Letter, latest: date) -> bool:
    answered = letter.answered_at
    return answered is not None and letter.writer_address is not None and desk.day(answered) <= latest


def _continued(connection: Connection) -> set[str]:
    # Asked by the states that are open, not by those that are done: the index of states holds only the few open ones.
    query = select(letters.c.follows).where(letters.c.state.in_(OPEN), letters.c.follows.is_not(None))
    return set(connection.execute(query).scalars())


def _asked_or_unreachable(connection: Connection) -> set[str]:
    """List the answered letters that have their survey, and those whose writer a mail did not reach (F52)."""
    came_back = outbox.c.state.in_([OutboxState.BOUNCED, OutboxState.REFUSED])
    query = (
        select(outbox.c.letter)
        .join(letters, letters.c.number == outbox.c.letter)
        .where(
            letters.c.state == LetterState.ANSWERED,
            (outbox.c.kind == MailKind.SURVEY) | ((outbox.c.audience == Audience.WRITER) & came_back),
        )
    )
    return set(connection.execute(query).scalars())
