"""A promise of the office, and what it means for one letter: due date, 办理时限, late or not.

Pure functions of (received, promise, calendar) in the office's time zone. The day of receipt is day 0 and the promise
is kept until the end of the last day; calendar due dates are not moved by holidays.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bureau.sheet import Id, Sheet, Text
from bureau.workdays import Workdays


class Promise(Sheet):
    """A dated, named rule: how long something may take, and who said so."""

    id: Id
    name: Text
    days: Annotated[int, Field(ge=1, le=366)]
    counting: Literal["calendar", "workdays"]
    in_force_from: date
    in_force_until: date | None = None
    source: Text


@dataclass(frozen=True, slots=True)
class Due:
    """One letter's dates: `due_on` is promised to the writer, `work_by` (办理时限) is what staff are held to."""

    received_on: date
    due_on: date
    work_by: date
    days: int
    counting: Literal["calendar", "workdays"]
    provisional: bool
    table: str  # version of the workday table it was reckoned with


def due(received_at: datetime, promise: Promise, workdays: Workdays, zone: ZoneInfo) -> Due:
    """Reckon a letter's dates; received_at must be aware.

    Raises ValueError for a naive time: the office's day cannot be known from it.
    """
    received_on = office_day(received_at, zone)
    if promise.counting == "calendar":
        due_on = received_on + timedelta(days=promise.days)
    else:
        due_on = workdays.add_workdays(received_on, promise.days)
    return Due(
        received_on=received_on,
        due_on=due_on,
        work_by=workdays.last_workday_until(due_on),
        days=promise.days,
        counting=promise.counting,
        provisional=workdays.provisional(received_on, due_on),
        table=workdays.version,
    )


def office_day(at: datetime, zone: ZoneInfo) -> date:
    """Tell which day an instant belongs to at the office."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone belongs to no day")
    return at.astimezone(zone).date()


def is_late(due_on: date, answered_on: date | None, today: date) -> bool:
    """Late is the day of answer, or today while there is none, being after the due date."""
    return (answered_on or today) > due_on
