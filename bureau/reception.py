"""Reception days: when the director and each insurer's general manager see people in person, and what came of it.

The rule is data: the second Tuesday of the month, or given days of the month; when that is no workday it is skipped or
postponed to the next one, as the rule says (苏保监发〔2011〕66号 postpones).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from bureau.sheet import Hours, Id, MonthOrDay, Sheet, Text
from bureau.workdays import Workdays

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS_A_WEEK = 7


class NthWeekday(Sheet):
    """Such as the second Tuesday of a month: {nth: 2, weekday: tuesday}."""

    nth: Annotated[int, Field(ge=1, le=5)]
    weekday: Weekday


class ReceptionRule(Sheet):
    """When and where people are received; exactly one of `nth_weekday` and `days_of_month` says on which days."""

    nth_weekday: NthWeekday | None = None
    days_of_month: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    not_a_workday: Literal["skip", "postpone"]
    hours: Hours
    place: Text
    since: MonthOrDay | None = None
    source: Text


class ReceptionHeld(Sheet):
    """A reception day as it was; what the source does not give stays away."""

    when: MonthOrDay
    who: Id
    hours: Annotated[int, Field(ge=1, le=24)] | None = None
    cases: Annotated[int, Field(ge=0)]
    settled: Annotated[int, Field(ge=0)]
    note: Text | None = None
    source: Text


class Receptions(Sheet):
    """The office's own reception days: the rule, who receives, and the days as held."""

    title: Text
    who: Annotated[tuple[Id, ...], Field(min_length=1)]
    rule: ReceptionRule
    held: tuple[ReceptionHeld, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceptionDay:
    """One day; `planned_for` differs from `day` only when it was postponed."""

    day: date
    planned_for: date
    provisional: bool
    table: str  # version of the workday table it was reckoned with


def reception_days(rule: ReceptionRule, workdays: Workdays, first: date, last: date) -> tuple[ReceptionDay, ...]:
    """List the reception days from first to last, both included, oldest first."""
    days = []
    planned = first
    while planned <= last:
        if _is_planned(rule, planned):
            off = not workdays.counts_as_workday(planned)
            day = workdays.add_workdays(planned, 1) if off and rule.not_a_workday == "postpone" else planned
            if workdays.counts_as_workday(day) and day <= last:
                days.append(ReceptionDay(day, planned, workdays.provisional(planned, day), workdays.version))
        planned += timedelta(days=1)
    return tuple(days)


def _is_planned(rule: ReceptionRule, day: date) -> bool:
    if rule.nth_weekday is None:
        return day.day in rule.days_of_month
    nth = (day.day - 1) // DAYS_A_WEEK + 1
    return nth == rule.nth_weekday.nth and WEEKDAYS[day.weekday()] == rule.nth_weekday.weekday
