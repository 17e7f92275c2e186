"""The hotline days as the pages show them: the next one, and every year as a calendar by month.

Receives the content and today's date at the office; hands on frozen values. For days that the State Council has not
announced yet it names nobody, because the rota moves on only from one held day to the next, and it promises no weekend:
whether one is made a workday cannot be known before the notice.
"""

import calendar
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bureau.content import Content
from bureau.hotline import Cancelled, HotlineRule
from bureau.hotline_record import HeldDay
from bureau.roster import Answerer, roster
from bureau.workdays import WorkdayNotice, years_to_plan
from generator.days_shown import Standing, standing, undecided


class Vacancy(Enum):
    """Why a cell of the calendar holds no hotline day."""

    NO_SUCH_DAY = "no-such-day"  # 30 February
    NOT_RECORDED = "not-recorded"  # before the rota began
    DAY_OFF = "day-off"
    UNDECIDED = "undecided"  # a weekend of a year without a notice


@dataclass(frozen=True, slots=True)
class Turn:
    """One hotline day with everybody who answers, the bureau first; nobody is named while the day is provisional.

    `planned_for` differs from `day` only when it was postponed; `record` is what was reported of a past day.
    """

    day: date
    planned_for: date
    provisional: bool
    standing: Standing
    answerers: tuple[Answerer, ...] = ()
    cancelled: Cancelled | None = None
    record: HeldDay | None = None

    @property
    def person(self) -> Answerer | None:
        """Who answers for the office."""
        return self.answerers[0] if self.answerers else None

    def of(self, insurer: str) -> Answerer | None:
        """Who answers for an insurer."""
        return next((one for one in self.answerers if one.insurer == insurer), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell of the calendar: a day of the rule with its turn, or the reason why there is none."""

    planned: date | None
    turn: Turn | None
    vacancy: Vacancy | None


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
    earlier: tuple[Turn, ...]  # the days of years that are no longer shown, oldest first: their pages stay

    @property
    def named(self) -> tuple[Turn, ...]:
        """All days whose answerers are known, oldest first: each has a page of its own."""
        return tuple(turn for year in self.years for turn in year.turns if turn.answerers)

    @property
    def past(self) -> tuple[Turn, ...]:
        """The days that are over, the latest first."""
        return tuple(turn for turn in reversed(self.named) if turn.standing is Standing.PAST and not turn.cancelled)


def assemble_hotline(content: Content, today: date) -> Hotline:
    """Decide the calendar of this year, and from November on of the next year too."""
    shown = years_to_plan(today)
    begins = min([shown.start, *(rota.start.year for rota in content.hotline.rotas)])
    days = roster(content, date(begins, 1, 1), date(shown.stop, 1, 31), today)  # January takes what is postponed
    to_hold = [found for found in days if not undecided(found)]
    next_day = next((found.day for found in to_hold if found.day >= today and not found.cancelled), None)
    records = {record.day: record for record in content.hotline_held}
    turns = {
        found.planned_for: Turn(
            day=found.day,
            planned_for=found.planned_for,
            provisional=found.provisional,
            standing=standing(found.day, today, next_day),
            answerers=() if found.provisional else found.answerers,
            cancelled=found.cancelled,
            record=records.get(found.day),
        )
        for found in to_hold
    }
    open_days = {found.planned_for for found in days if undecided(found)}
    announced = {notice.year: notice for notice in content.workday_notices}
    years = tuple(
        HotlineYear(year, _months(content.hotline, year, turns, open_days), announced.get(year)) for year in shown
    )
    upcoming = next((turn for turn in turns.values() if turn.day == next_day), None)
    in_years = {turn.planned_for for year in years for turn in year.turns}
    earlier = tuple(turn for turn in turns.values() if turn.answerers and turn.planned_for not in in_years)
    return Hotline(content.hotline, years, upcoming, tuple(turn for turn in earlier if turn.day < today))


def _months(
    rule: HotlineRule, year: int, turns: Mapping[date, Turn], open_days: AbstractSet[date]
) -> tuple[tuple[Slot, ...], ...]:
    return tuple(
        tuple(_slot(rule, (year, month, day), turns, open_days) for day in rule.days_of_month) for month in range(1, 13)
    )


def _slot(
    rule: HotlineRule, when: tuple[int, int, int], turns: Mapping[date, Turn], open_days: AbstractSet[date]
) -> Slot:
    year, month, day = when
    if day > calendar.monthrange(year, month)[1]:
        return Slot(None, None, Vacancy.NO_SUCH_DAY)
    planned = date(year, month, day)
    if planned in turns:
        return Slot(planned, turns[planned], None)
    if planned < min(rota.start for rota in rule.rotas):
        return Slot(planned, None, Vacancy.NOT_RECORDED)
    return Slot(planned, None, Vacancy.UNDECIDED if planned in open_days else Vacancy.DAY_OFF)
