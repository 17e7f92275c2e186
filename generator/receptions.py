"""The reception days as the pages show them: this year's days, and the next one.

Receives a rule and the workday calendar; hands on frozen values. Of a year that the State Council has not announced it
promises no weekend, as the hotline does not.
"""

from dataclasses import dataclass
from datetime import date

from bureau.reception import ReceptionDay, ReceptionRule, reception_days
from bureau.workdays import SATURDAY, Workdays
from generator.hotline_year import NOVEMBER, Standing


@dataclass(frozen=True, slots=True)
class ReceptionPlan:
    """The rule, the days of this year (from November on of the next one too), and the next of them."""

    rule: ReceptionRule
    days: tuple[ReceptionDay, ...]
    upcoming: ReceptionDay | None
    today: date

    def standing(self, day: ReceptionDay) -> Standing:
        """Tell where a day stands."""
        if day.day < self.today:
            return Standing.PAST
        return Standing.NEXT if day == self.upcoming else Standing.COMING


def reception_plan(rule: ReceptionRule, workdays: Workdays, today: date) -> ReceptionPlan:
    """List the reception days of the years that the pages show."""
    last = date(today.year + (today.month >= NOVEMBER), 12, 31)
    found = reception_days(rule, workdays, date(today.year, 1, 1), last)
    days = tuple(day for day in found if not (day.provisional and day.day.weekday() >= SATURDAY))
    return ReceptionPlan(rule, days, next((day for day in days if day.day >= today), None), today)
