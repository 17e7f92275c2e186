"""The hotline days as the pages show them: the next one, and every year as a calendar by month.

Receives the rule, the workday calendar, the people and today's date at the office; hands on frozen values.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bureau.hotline import HotlineRule, hotline_days
from bureau.office import Person
from bureau.workdays import WorkdayNotice, Workdays

NOVEMBER = 11  # the State Council announces the next year's days off from October on; citizens plan ahead


class Standing(Enum):
    """Where a hotline day stands, seen from today; the next one may be today itself."""

    PAST = "past"
    NEXT = "next"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Turn:
    """One hotline day; `planned_for` differs from `day` only when it was postponed."""

    day: date
    planned_for: date
    person: Person
    provisional: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell of the calendar: a day of the rule (None: the month has no such day), and its turn if there is one.

    Without a turn, `recorded` tells a day off (True) from a day before the rota began (False).
    """

    planned: date | None
    turn: Turn | None
    recorded: bool


@dataclass(frozen=True, slots=True)
class HotlineYear:
    """One year by month; `announced` is the State Council's notice, None while the year's days are provisional."""

    year: int
    months: tuple[tuple[Slot, ...], ...]
    announced: WorkdayNotice | None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The year's hotline days, oldest first."""
        return tuple(slot.turn for slots in self.months for slot in slots if slot.turn)


@dataclass(frozen=True, slots=True)
class Hotline:
    """The rule, the years that are shown, and the next day (None when the rota has none within them)."""

    rule: HotlineRule
    years: tuple[HotlineYear, ...]
    upcoming: Turn | None


def assemble_hotline(
    rule: HotlineRule,
    workdays: Workdays,
    notices: tuple[WorkdayNotice, ...],
    people: Mapping[str, Person],
    today: date,
) -> Hotline:
    """Decide the calendar of this year, and from November on of the next year too."""
    first = today.year
    last = first + (today.month >= NOVEMBER)
    days = hotline_days(rule, workdays, date(first, 1, 1), date(last + 1, 1, 31))  # January takes what is postponed
    next_day = next((found.day for found in days if found.day >= today), None)
    turns = {
        found.planned_for: Turn(
            found.day, found.planned_for, people[found.answered_by], found.provisional, _standing(found.day, today, next_day)
        )
        for found in days
    }
    announced = {notice.year: notice for notice in notices}
    years = tuple(
        HotlineYear(year, _months(rule, year, turns), announced.get(year)) for year in range(first, last + 1)
    )
    return Hotline(rule, years, next((turn for turn in turns.values() if turn.day == next_day), None))


def _standing(day: date, today: date, next_day: date | None) -> Standing:
    if day < today:
        return Standing.PAST
    return Standing.NEXT if day == next_day else Standing.COMING


def _months(rule: HotlineRule, year: int, turns: Mapping[date, Turn]) -> tuple[tuple[Slot, ...], ...]:
    return tuple(
        tuple(_slot(rule, year, month, day, turns) for day in rule.days_of_month) for month in range(1, 13)
    )


def _slot(rule: HotlineRule, year: int, month: int, day: int, turns: Mapping[date, Turn]) -> Slot:
    if day > calendar.monthrange(year, month)[1]:
        return Slot(None, None, recorded=True)
    planned = date(year, month, day)
    return Slot(planned, turns.get(planned), recorded=planned >= rule.rota.start)
