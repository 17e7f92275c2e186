"""A promise of the office or a clock of the law, and what it means for one letter: due date, 办理时限, late or not.

Pure functions of (received, promise, calendar) in the office's time zone. The day of receipt is day 0 and the promise
is kept until the end of the last day; calendar due dates are not moved by holidays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bureau.sheet import Id, Sheet, Text
from bureau.workdays import Workdays

Counting = Literal["calendar", "workdays"]
Days = Annotated[int, Field(ge=1, le=366)]


class Extension(Sheet):
    """How much longer it may take, once, and what that needs; counted like the promise itself."""

    days: Days
    needs: Text


class Promise(Sheet):
    """A dated, named rule: how long something may take, and who said so.

    Rules of one `clock` follow one another: a letter of 2014 and one of 2021 run on different ones. `applies_to`
    says what the rule is for; `remind_workdays_before` are the workdays before 办理时限 on which staff are reminded.
    """

    id: Id
    name: Text
    days: Days
    counting: Counting
    in_force_from: date
    in_force_until: date | None = None
    source: Text
    clock: Id | None = None
    applies_to: Text | None = None
    extension: Extension | None = None
    remind_workdays_before: tuple[Annotated[int, Field(ge=0, le=60)], ...] = (3, 1, 0)

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds on a day, both ends included."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True, slots=True)
class Due:
    """One letter's dates: `due_on` is promised to the writer, `work_by` (办理时限) is what staff are held to.

    An extended letter keeps its `days` and carries the day it was due before.
    """

    received_on: date
    due_on: date
    work_by: date
    days: int
    counting: Counting
    provisional: bool
    table: str  # version of the workday table it was reckoned with
    extended_by: int = 0
    extended_from: date | None = None


def due(received_at: datetime, promise: Promise, workdays: Workdays, zone: ZoneInfo) -> Due:
    """Reckon a letter's dates; received_at must be aware.

    Raises ValueError for a naive time: the office's day cannot be known from it.
    """
    received_on = office_day(received_at, zone)
    due_on = _count_on(received_on, promise.days, promise.counting, workdays)
    return Due(
        received_on=received_on,
        due_on=due_on,
        work_by=workdays.last_workday_until(due_on),
        days=promise.days,
        counting=promise.counting,
        provisional=workdays.provisional(received_on, due_on),
        table=workdays.version,
    )


def extended(dates: Due, promise: Promise, days: int, workdays: Workdays) -> Due:
    """Put the due date off by days, once.

    Raises ValueError where the promise allows no extension, not this long, or no second one.
    """
    limit = promise.extension.days if promise.extension else 0
    if not 1 <= days <= limit:
        raise ValueError(f"{promise.id} may be extended by 1 to {limit} days, not by {days}")
    if dates.extended_by:
        raise ValueError(f"{promise.id} was extended already, to {dates.due_on}")
    due_on = _count_on(dates.due_on, days, dates.counting, workdays)
    return replace(
        dates,
        due_on=due_on,
        work_by=workdays.last_workday_until(due_on),
        provisional=workdays.provisional(dates.received_on, due_on),
        table=workdays.version,
        extended_by=days,
        extended_from=dates.due_on,
    )


def reminder_days(dates: Due, promise: Promise, workdays: Workdays) -> tuple[date, ...]:
    """List the workdays on which staff are reminded, oldest first, none on or before the day of receipt."""
    days = {workdays.subtract_workdays(dates.work_by, before) for before in promise.remind_workdays_before}
    return tuple(sorted(day for day in days if day > dates.received_on))


def rule_in_force(promises: Iterable[Promise], clock: str, day: date) -> Promise | None:
    """Find the rule of a clock (or of this id) that holds on a day."""
    rules = (promise for promise in promises if clock in (promise.clock, promise.id))
    return next((rule for rule in rules if rule.in_force(day)), None)


def _count_on(day: date, days: int, counting: Counting, workdays: Workdays) -> date:
    return day + timedelta(days=days) if counting == "calendar" else workdays.add_workdays(day, days)


def office_day(at: datetime, zone: ZoneInfo) -> date:
    """Tell which day an instant belongs to at the office."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone belongs to no day")
    return at.astimezone(zone).date()


def is_late(due_on: date, answered_on: date | None, today: date) -> bool:
    """Late is the day of answer, or today while there is none, being after the due date."""
    return (answered_on or today) > due_on
