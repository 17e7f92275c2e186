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

from bureau.sheet import Sheet, Text

SATURDAY = 5
DAY = timedelta(days=1)


class DayKind(Enum):
    """What the notices say of a day."""

    WORKDAY = "workday"
    DAY_OFF = "day-off"
    NOT_ANNOUNCED = "not-announced"


class WorkdayNotice(Sheet):
    """One year's notice: the days off and the make-up workdays as full dates; may touch the neighbouring year."""

    year: int
    notice: Text
    url: Text
    days_off: tuple[date, ...]
    workdays: tuple[date, ...]


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

    def counts_as_workday(self, day: date) -> bool:
        """Decide where a decision is needed: an unannounced day counts as a workday, except 1 January.

        That is the safe side for the writer: make-up workdays can fall on any weekend, so that a deadline counted
        this way is never later than the true one.
        """
        kind = self.kind(day)
        if kind is DayKind.NOT_ANNOUNCED:
            return (day.month, day.day) != (1, 1)
        return kind is DayKind.WORKDAY

    def add_workdays(self, day: date, count: int) -> date:
        """Give the count-th workday after day (count >= 0; 0 gives day itself)."""
        while count > 0:
            day += DAY
            count -= self.counts_as_workday(day)
        return day

    def last_workday_until(self, day: date) -> date:
        """Give the last workday on or before day."""
        while not self.counts_as_workday(day):
            day -= DAY
        return day

    def provisional(self, first: date, last: date) -> bool:
        """Tell whether any day from first to last, both included, is not announced yet."""
        return any(
            self.kind(first + DAY * offset) is DayKind.NOT_ANNOUNCED for offset in range((last - first).days + 1)
        )
