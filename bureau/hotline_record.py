"""Hotline days as they were held: how many calls each house took, 零来电, or not reported (未报).

Receives content/hotline_held/; a day that is not there was not reported, which is never the same as no call.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from bureau.sheet import Id, Sheet, Text

Calls = Annotated[int, Field(ge=0)]


class HeldDay(Sheet):
    """One past day: `calls` at the office and at each insurer that reported; 0 is 零来电, absent is 未报."""

    day: date
    calls: Calls | None = None
    settled_at_once: Calls | None = None
    insurers: dict[Id, Calls] = Field(default_factory=dict)
    note: Text | None = None


class HeldFile(Sheet):
    """The days of one year."""

    held: tuple[HeldDay, ...]
