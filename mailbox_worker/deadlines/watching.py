"""Watch the deadlines of all open letters, within office hours of workdays.

Receives the ledger; hands on planned reminders, escalations, digests and surveys, and closes what has rested for thirty
days. What a person is told about a letter on account of a day is one row: twice is once, whatever was missed, and all
that one pass has to say to a person is one mail (F69).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bureau.office import Person
from mailbox_worker.deadlines.days import Action, Asked, asked_of, why_late
from mailbox_worker.deadlines.digests import plan_digests
from mailbox_worker.deadlines.next_year import ask_for_notice
from mailbox_worker.deadlines.recomputing import recompute
from mailbox_worker.deadlines.resting import close_rested, plan_surveys
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letters_in
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import letters, nudges, outbox
from mailbox_worker.ledger.vocabulary import REQUESTS, LetterState, MailKind
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.todo import UNANSWERED, owner, whose_turns

TO_DIRECTOR = (Action.WARN, Action.ESCALATE)
OF_A_TURN = (Action.REMIND, Action.PRESS)  # for whoever has to act now


@dataclass(frozen=True, slots=True)
class Nudge:
    """One thing to tell one person about one letter."""

    letter: Letter
    asked: Asked
    person: str


def watch(desk: Desk, now: datetime) -> None:
    """Plan what today asks for; nothing outside office hours, and nothing twice."""
    recompute(desk, now)
    close_rested(desk, now)
    if not office_is_open(desk, now):
        return
    with desk.ledger.read() as connection:
        fresh = list(_fresh(desk, connection, desk.day(now)))
    if fresh:
        with desk.ledger.write(now) as writer:
            _tell(writer, fresh)
    ask_for_notice(desk, now)
    plan_digests(desk, now)
    plan_surveys(desk, now)


def office_is_open(desk: Desk, now: datetime) -> bool:
    """Tell whether staff are at their desks."""
    local, hours = now.astimezone(desk.zone), desk.content.office.office_hours
    return desk.content.workdays.counts_as_workday(local.date()) and hours.start <= local.time() < hours.end


def _fresh(desk: Desk, connection: Connection, today: date) -> Iterator[Nudge]:
    """List what is asked for today and was not told yet."""
    unanswered = letters_in(connection, UNANSWERED)
    turns, told, sent = whose_turns(desk, connection, unanswered), _told(connection), _last_sent(desk, connection)
    for letter, asked in _asked(desk, connection, unanswered, today):
        for person in _persons(desk, letter, asked, turns.get(letter.number)):
            known = (letter.number, asked.action, asked.on, person) in told
            # Who was sent the letter itself on that day or after it has just been told how long it has.
            known = known or (asked.action in OF_A_TURN and sent.get((letter.number, person), date.min) >= asked.on)
            if not known and who_may_see(letter.restricted, person):
                yield Nudge(letter, asked, person)


def _asked(
    desk: Desk, connection: Connection, unanswered: Iterable[Letter], today: date
) -> Iterator[tuple[Letter, Asked]]:
    for letter in unanswered:
        received_on, promise = desk.day(letter.received_at), desk.promise(letter.promise)
        for asked in asked_of(letter, received_on, today, promise, desk.content.workdays):
            yield letter, asked
    for letter in letters_in(connection, [LetterState.ANSWERED]):
        if letter.answered_at is not None:
            for asked in why_late(letter, desk.day(letter.answered_at), today):
                yield letter, asked


def _told(connection: Connection) -> set[tuple[Any, ...]]:
    """Give what was told already of letters that something may still be asked about."""
    query = (
        select(nudges.c.letter, nudges.c.action, nudges.c.on, nudges.c.person)
        .join(letters, letters.c.number == nudges.c.letter)
        .where(letters.c.state.in_([*UNANSWERED, LetterState.ANSWERED]))
    )
    return {tuple(row) for row in connection.execute(query)}


def _last_sent(desk: Desk, connection: Connection) -> dict[tuple[str, str], date]:
    """Give the day on which a person was last sent an open letter, to draft or to sign off."""
    query = (
        select(outbox.c.letter, outbox.c.person, func.max(outbox.c.planned_at).label("at"))
        .join(letters, letters.c.number == outbox.c.letter)
        .where(letters.c.state.in_(UNANSWERED), outbox.c.kind.in_(REQUESTS))
        .group_by(outbox.c.letter, outbox.c.person)
    )
    return {(row.letter, row.person): desk.day(row.at) for row in connection.execute(query)}


def _persons(desk: Desk, letter: Letter, asked: Asked, turn: Person | None) -> list[str]:
    if asked.action in TO_DIRECTOR:
        director = desk.content.staff.director.id
        # A letter about the director is its leader's to press for.
        return [director if who_may_see(letter.restricted, director) else owner(desk, letter).id]
    if asked.action is Action.WHY_LATE:
        return [owner(desk, letter).id]
    persons = [turn.id] if turn is not None else []
    if asked.action is Action.REMIND and asked.on == letter.work_by:  # the last day: both who drafts and who signs off
        persons += [desk.clerk_of(letter).id, owner(desk, letter).id]
    return list(dict.fromkeys(persons))


def _tell(writer: Writer, fresh: list[Nudge]) -> None:
    by_person: defaultdict[str, list[Nudge]] = defaultdict(list)
    for nudge in fresh:
        by_person[nudge.person].append(nudge)
        values = {"letter": nudge.letter.number, "action": nudge.asked.action, "on": nudge.asked.on}
        writer.connection.execute(insert(nudges).values(**values, person=nudge.person, at=writer.now))
        writer.record(
            "escalated" if nudge.asked.action in TO_DIRECTOR else "reminded",
            letter=nudge.letter.number,
            on=nudge.asked.on.isoformat(),
            action=nudge.asked.action,
            person=nudge.person,
            state=nudge.letter.state,
        )
    for person, told in by_person.items():
        alarming = any(nudge.asked.action in TO_DIRECTOR for nudge in told)
        kind = MailKind.ESCALATION if alarming else MailKind.REMINDER
        items = [{"letter": n.letter.number, "action": n.asked.action, "on": n.asked.on.isoformat()} for n in told]
        alone = told[0].letter.number if len({nudge.letter.number for nudge in told}) == 1 else None
        key = f"{kind}:{person}:{writer.now.isoformat()}"
        plan(writer, Plan(key, kind, letter=alone, person=person, arguments={"items": items}))
