"""Which day is a workday: the State Council's yearly notice, as the office's own dated data.

Receives the tables of content/workdays/; answers for one day, or counts on from it. It never guesses in silence:
a day of a year without a notice is *not announced*, and what was reckoned across one is provisional (暂定).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Annotated

from pydantic import Field

from bureau.sheet import Sheet, Text, WebAddress

SATURDAY = 5
NOVEMBER = 11  # the notice for the next year comes out from October on, and people plan ahead
DAY = timedelta(days=1)


class DayKind(Enum):
    """What the notices say of a day."""

    WORKDAY = "workday"
    DAY_OFF = "day-off"
    NOT_ANNOUNCED = "not-announced"


# A notice may arrange New Year with days of the December before. The earliest so far are Saturdays, 2007-12-29 and
# 2018-12-29, by the notices for 2008 and 2019; one more day is left as a margin. Until the next notice is out, it is
# open what these days will be.
NEW_YEAR_REACH = (12, 28)


class FurtherNotice(Sheet):
    """A later paper that changed the year (such as the longer Spring Festival of 2020); its days are in the lists."""

    notice: Text
    number: Text | None = None
    url: WebAddress | None = None


class WorkdayNotice(Sheet):
    """One year's notice: the days off and the make-up workdays as full dates; may touch the December before.

    `number` (文号) and `url` stay away where they could not be verified.
    """

    year: Annotated[int, Field(ge=1949, le=9998)]
    notice: Text
    number: Text | None = None
    url: WebAddress | None = None
    changed_by: tuple[FurtherNotice, ...] = ()
    days_off: Annotated[tuple[date, ...], Field(min_length=1)]
    workdays: tuple[date, ...]

    def may_name(self, day: date) -> bool:
        """Tell whether a notice for this year can decide about day."""
        return day.year == self.year or (day.year == self.year - 1 and _within_reach(day))


@dataclass(frozen=True, slots=True)
class Workdays:
    """The office's calendar: every announced year, and the exceptions from Monday to Friday."""

    years: frozenset[int]
    days_off: frozenset[date]
    make_up_days: frozenset[date]
    version: str

    @classmethod
    def from_notices(cls, notices: Iterable[WorkdayNotice]) -> "Workdays":
        """Join notices into one table; its version is derived from the dates alone, so that equal tables agree."""
        known = sorted(notices, key=lambda notice: notice.year)
        off = sorted({day for notice in known for day in notice.days_off})
        extra = sorted({day for notice in known for day in notice.workdays})
        years = [notice.year for notice in known]
        canonical = json.dumps([years, [str(day) for day in off], [str(day) for day in extra]])
        version = hashlib.sha256(canonical.encode()).hexdigest()[:16]
        return cls(frozenset(years), frozenset(off), frozenset(extra), version)

    def kind(self, day: date) -> DayKind:
        """Answer for one day, by the notices alone."""
        if day in self.days_off:
            return DayKind.DAY_OFF
        if day in self.make_up_days:
            return DayKind.WORKDAY
        if day.year not in self.years:
            return DayKind.NOT_ANNOUNCED
        return DayKind.DAY_OFF if day.weekday() >= SATURDAY else DayKind.WORKDAY

    def open(self, day: date) -> bool:
        """Tell whether a notice still to come decides about day.

        That is so for every day not announced, and for the end of a December whose new year is not announced, unless
        a notice named the day itself.
        """
        if day in self.days_off or day in self.make_up_days:
            return False
        return day.year not in self.years or (_within_reach(day) and day.year + 1 not in self.years)

    def counts_as_workday(self, day: date) -> bool:
        """Decide where a decision is needed: an open day counts as a workday, except 1 January.

        That is the safe side for the writer: make-up workdays can fall on any weekend, so that a deadline counted
        this way is never later than the true one.
        """
        if self.open(day):
            return (day.month, day.day) != (1, 1)
        return self.kind(day) is DayKind.WORKDAY

    def add_workdays(self, day: date, count: int) -> date:
        """Give the count-th workday after day (count >= 0; 0 gives day itself)."""
        while count > 0:
            day += DAY
            count -= self.counts_as_workday(day)
        return day

    def count_workdays(self, after: date, until: date) -> int:
        """Count the workdays after one day up to and including another; the inverse of add_workdays."""
        return sum(self.counts_as_workday(after + DAY * offset) for offset in range(1, (until - after).days + 1))

    def subtract_workdays(self, day: date, count: int) -> date:
        """Give the count-th workday before day (count >= 0; 0 gives day itself)."""
        while count > 0:
            day -= DAY
            count -= self.counts_as_workday(day)
        return day

    def last_workday_until(self, day: date) -> date:
        """Give the last workday on or before day."""
        while not self.counts_as_workday(day):
            day -= DAY
        return day

    def provisional(self, first: date, last: date) -> bool:
        """Tell whether a notice still to come decides about any day from first to last, both included."""
        return any(self.open(first + DAY * offset) for offset in range((last - first).days + 1))


def years_to_plan(today: date) -> range:
    """Give this year, and from November on the next one too."""
    return range(today.year, today.year + 1 + (today.month >= NOVEMBER))


def _within_reach(day: date) -> bool:
    return (day.month, day.day) >= NEW_YEAR_REACH
