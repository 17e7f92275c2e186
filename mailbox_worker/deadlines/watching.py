"""Watch the deadlines of all open letters, within office hours of workdays.

Receives the ledger; hands on planned reminders and escalations, and closes what has rested for thirty days.
"""

from datetime import date, datetime

from sqlalchemy import select

from mailbox_worker.deadlines.days import DONE, Action, Asked, asked_of, may_close
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, change_letter, letters_in
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import letters, requests
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.letter.rights import who_drafts, who_may_see, who_signs_off
from mailbox_worker.letter.states import Step, after


def watch(desk: Desk, now: datetime) -> None:
    """Plan what today asks for; nothing outside office hours, and nothing twice."""
    today = desk.day(now)
    with desk.ledger.write(now) as writer:
        _close_rested(desk, writer, today)
        if not _office_is_open(desk, now):
            return
        for letter in letters_in(writer.connection, [LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF]):
            asked = asked_of(letter, today, desk.content.workdays)
            if asked is not None:
                _plan(desk, writer, letter, asked)


def _close_rested(desk: Desk, writer: Writer, today: date) -> None:
    query = select(letters.c.follows).where(letters.c.follows.is_not(None), letters.c.state.not_in(DONE))
    continued = set(writer.connection.execute(query).scalars())
    for letter in letters_in(writer.connection, [LetterState.ANSWERED]):
        if letter.answered_at is None:
            continue
        if may_close(desk.day(letter.answered_at), today, continued=letter.number in continued):
            change_letter(writer, letter.number, state=after(letter.state, Step.CLOSED))
            writer.record(Step.CLOSED, letter=letter.number)


def _office_is_open(desk: Desk, now: datetime) -> bool:
    local, hours = now.astimezone(desk.zone), desk.content.office.office_hours
    return desk.content.workdays.counts_as_workday(local.date()) and hours.start <= local.time() < hours.end


def _plan(desk: Desk, writer: Writer, letter: Letter, asked: Asked) -> None:
    if asked.action is Action.ESCALATE:
        director = desk.content.staff.director
        if who_may_see(letter.restricted, director.id):
            key = f"escalation:{letter.number}:{asked.on}"
            if plan(writer, Plan(key, MailKind.ESCALATION, letter=letter.number, person=director.id)):
                writer.record("escalated", letter=letter.number, due_on=letter.due_on.isoformat())
        return
    role = "clerk" if letter.state is LetterState.DRAFTING else "deputy"
    key = f"reminder:{letter.number}:{asked.on}:{role}"
    person, arguments = _whose_turn(desk, writer, letter), {"role": role}
    if plan(writer, Plan(key, MailKind.REMINDER, letter=letter.number, person=person, arguments=arguments)):
        writer.record("reminded", letter=letter.number, on=asked.on.isoformat(), role=role)


def _whose_turn(desk: Desk, writer: Writer, letter: Letter) -> str:
    """Find who holds the newest open request: a letter may have been passed on to another clerk or leader."""
    staff, away = desk.content.staff, desk.config.away
    drafting = letter.state is LetterState.DRAFTING
    query = select(requests.c.person).where(
        requests.c.letter == letter.number,
        requests.c.kind == (MailKind.DRAFT_REQUEST if drafting else MailKind.SIGN_OFF_REQUEST),
        requests.c.closed_at.is_(None),
    )
    asked = writer.connection.execute(query.order_by(requests.c.id.desc())).scalars().first()
    if asked is not None and asked not in away and who_may_see(letter.restricted, asked):
        return str(asked)
    if drafting:
        return who_drafts(staff, letter.restricted, away).id
    return who_signs_off(staff, letter.category, letter.restricted, away).id
