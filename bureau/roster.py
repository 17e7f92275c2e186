"""One hotline day in full: everybody who answers at once, and what became of a past day.

Joins the bureau's rota, the insurers' rotas and the records of days held. Pure; the caller gives today's date.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from bureau.content import Content
from bureau.hotline import Cancelled, due_days
from bureau.insurers import Insurer
from bureau.rota import Turn, reaching, turns
from bureau.sheet import Hours


class Report(Enum):
    """What is known of an answerer's day."""

    TO_COME = "to-come"
    CALLS = "calls"
    NO_CALLS = "no-calls"  # 零来电
    NOT_REPORTED = "not-reported"  # 未报


@dataclass(frozen=True, slots=True)
class Answerer:
    """One leader at one number; `insurer` is None for the bureau itself. Who answers is responsible to the end."""

    insurer: str | None
    organisation: str
    person: str
    name: str
    title: str
    number: str
    turn: Turn
    report: Report
    calls: int | None


@dataclass(frozen=True, slots=True)
class RosterDay:
    """One hotline day; `cancelled` says why it was called off."""

    day: date
    planned_for: date
    hours: Hours
    provisional: bool
    table: str  # version of the workday table it was reckoned with
    cancelled: Cancelled | None
    answerers: tuple[Answerer, ...]


def roster(content: Content, first: date, last: date, today: date) -> tuple[RosterDay, ...]:
    """List the hotline days from first to last, both included, with everybody who answers, the bureau first."""
    rule, insurers = content.hotline, content.insurers
    starts = [rota.start for rota in (*rule.rotas, *(insurer.rota for insurer in insurers))]
    swaps = [*rule.swaps, *(swap for insurer in insurers for swap in insurer.swaps)]
    due = due_days(rule, content.workdays, min(starts), reaching(last, swaps))
    days = [one.day for one in due]
    ours = turns(rule.rotas, days, rule.swaps, rule.exceptions)
    theirs = [(one, turns((one.rota,), days, one.swaps, one.exceptions)) for one in insurers]
    records = {record.day: record for record in content.hotline_held}
    off = {one.day: one for one in rule.cancelled}
    result = []
    for one in due:
        if not first <= one.day <= last or one.day not in ours:
            continue
        record = records.get(one.day)
        report = _report(record.calls if record else None, one.day, today)
        people = [_of_bureau(content, ours[one.day], report)]
        for insurer, their_turns in theirs:
            if one.day in their_turns:
                calls = record.insurers.get(insurer.id) if record else None
                people.append(_of_insurer(insurer, their_turns[one.day], _report(calls, one.day, today)))
        result.append(
            RosterDay(one.day, one.planned_for, rule.hours, one.provisional, one.table, off.get(one.day), tuple(people))
        )
    return tuple(result)


def _report(calls: int | None, day: date, today: date) -> tuple[Report, int | None]:
    if calls is not None:
        return (Report.CALLS if calls else Report.NO_CALLS), calls
    return (Report.NOT_REPORTED if day < today else Report.TO_COME), None


def _of_bureau(content: Content, turn: Turn, report: tuple[Report, int | None]) -> Answerer:
    person = content.staff.people[turn.person]
    number, organisation = content.hotline.number, content.office.name
    return Answerer(None, organisation, person.id, person.name, person.title, number, turn, *report)


def _of_insurer(insurer: Insurer, turn: Turn, report: tuple[Report, int | None]) -> Answerer:
    leader = insurer.leader(turn.person)
    return Answerer(insurer.id, insurer.name, leader.id, leader.name, leader.title, insurer.number, turn, *report)
