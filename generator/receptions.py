"""The reception days as the pages show them: this year's days, and the next one.

Receives a rule and the workday calendar; hands on frozen values. Of a year that the State Council has not announced it
promises no weekend, as the hotline does not.
"""

from dataclasses import dataclass
from datetime import date

from bureau.reception import ReceptionDay, ReceptionRule, reception_days
from bureau.workdays import Workdays, years_to_plan
from generator.days_shown import Standing, standing, undecided


@dataclass(frozen=True, slots=True)
class ReceptionPlan:
    """The rule, the days of this year (from November on of the next one too), and the next of them."""

    rule: ReceptionRule
    days: tuple[ReceptionDay, ...]
    upcoming: ReceptionDay | None
    today: date

    def standing(self, day: ReceptionDay) -> Standing:
        """Tell where a day stands."""
        return standing(day.day, self.today, self.upcoming.day if self.upcoming else None)


def reception_plan(rule: ReceptionRule, workdays: Workdays, today: date) -> ReceptionPlan:
    """List the reception days of the years that the pages show."""
    shown = years_to_plan(today)
    found = reception_days(rule, workdays, date(shown.start, 1, 1), date(shown[-1], 12, 31))
    days = tuple(day for day in found if not undecided(day))
    return ReceptionPlan(rule, days, next((day for day in days if day.day >= today), None), today)
