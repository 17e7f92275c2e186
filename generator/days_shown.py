"""What the pages show of the days to come, the same for the hotline and for receptions.

Receives days as they were reckoned, and today's date at the office; decides where a day stands, and which days nobody
may promise yet.
"""

from datetime import date
from enum import Enum
from typing import Protocol

from bureau.workdays import SATURDAY


class Standing(Enum):
    """Where a day stands, seen from today; the next one may be today itself."""

    PAST = "past"
    NEXT = "next"
    COMING = "coming"


class Reckoned(Protocol):
    """A day of a rule; `provisional` while a notice of the State Council still decides about it."""

    @property
    def day(self) -> date:
        """The day on which it is held."""

    @property
    def provisional(self) -> bool:
        """Whether that is not settled yet."""


def standing(day: date, today: date, next_day: date | None) -> Standing:
    """Tell where a day stands; `next_day` is the first that is held from today on."""
    if day < today:
        return Standing.PAST
    return Standing.NEXT if day == next_day else Standing.COMING


def undecided(found: Reckoned) -> bool:
    """Tell whether nobody may promise a day: a weekend is a workday only if a notice still to come makes it one."""
    return found.provisional and found.day.weekday() >= SATURDAY
