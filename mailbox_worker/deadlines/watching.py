"""Watch the deadlines of all open letters, within office hours of workdays.

Receives the ledger; hands on planned reminders and escalations, and closes what has rested for thirty days.
"""

from datetime import datetime

from mailbox_worker.deadlines.days import Action, Asked, asked_of, may_close
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, change_letter, letters_in
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.letter.rights import who_drafts, who_may_see, who_signs_off
from mailbox_worker.letter.states import Step, after


def watch(desk: Desk, now: datetime) -> None:
    """Plan what today asks for; nothing outside office hours, and nothing twice."""
    today = desk.day(now)
    with desk.ledger.write(now) as writer:
        for letter in letters_in(writer.connection, [LetterState.ANSWERED]):
            if letter.answered_at is not None and may_close(desk.day(letter.answered_at), today):
                change_letter(writer, letter.number, state=after(letter.state, Step.CLOSED))
                writer.record(Step.CLOSED, letter=letter.number)
        if not _office_is_open(desk, now):
            return
        for letter in letters_in(writer.connection, [LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF]):
            asked = asked_of(letter, today, desk.content.workdays)
            if asked is not None:
                _plan(desk, writer, letter, asked)


def _office_is_open(desk: Desk, now: datetime) -> bool:
    local, hours = now.astimezone(desk.zone), desk.content.office.office_hours
    return desk.content.workdays.counts_as_workday(local.date()) and hours.start <= local.time() < hours.end


def _plan(desk: Desk, writer: Writer, letter: Letter, asked: Asked) -> None:
    staff, away = desk.content.staff, desk.config.away
    if asked.action is Action.ESCALATE:
        director = staff.director
        if who_may_see(letter.restricted, director.id):
            key = f"escalation:{letter.number}:{asked.on}"
            if plan(writer, Plan(key, MailKind.ESCALATION, letter=letter.number, person=director.id)):
                writer.record("escalated", letter=letter.number, due_on=letter.due_on.isoformat())
        return
    drafting = letter.state is LetterState.DRAFTING
    if drafting:
        person = who_drafts(staff, letter.restricted, away)
    else:
        person = who_signs_off(staff, letter.category, letter.restricted, away)
    role = "clerk" if drafting else "deputy"
    key = f"reminder:{letter.number}:{asked.on}:{role}"
    arguments = {"role": role}
    if plan(writer, Plan(key, MailKind.REMINDER, letter=letter.number, person=person.id, arguments=arguments)):
        writer.record("reminded", letter=letter.number, on=asked.on.isoformat(), role=role)
