"""The base of every record read from YAML, and the field types that YAML has no word for.

Records are frozen and refuse unknown keys. Reading is strict: 12378 without quotes is a number, not a telephone,
and 9:00 without quotes is the number 540 (YAML 1.1), so neither is taken for a text.
"""

import re
from datetime import time
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError


class Sheet(BaseModel):
    """A frozen record; lists arrive as tuples."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def _time_of_day(found: Any) -> Any:
    if isinstance(found, time):
        return found
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", found) if isinstance(found, str) else None
    if match is None:
        raise PydanticCustomError("time_of_day", "a time of day in quotes")
    return time(int(match[1]), int(match[2]))


def _time_zone(found: Any) -> Any:
    if isinstance(found, ZoneInfo):
        return found
    try:
        return ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as unknown:
        raise PydanticCustomError("time_zone", "an IANA time zone") from unknown


def _https(found: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", found):
        raise PydanticCustomError("web_address", "a web address")
    return found


def _mail_address(found: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", found):
        raise PydanticCustomError("mail_address", "a mail address")
    return found


Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
WebAddress = Annotated[Text, AfterValidator(_https), WithJsonSchema({"type": "string", "format": "uri"})]
MailAddress = Annotated[Text, AfterValidator(_mail_address), WithJsonSchema({"type": "string", "format": "email"})]
# A telephone number as people dial it; the quotes keep YAML from counting with it.
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{1,18}[0-9]$")]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day),
    WithJsonSchema({"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$"}),
]
TimeZone = Annotated[ZoneInfo, BeforeValidator(_time_zone), WithJsonSchema({"type": "string"})]
MonthOrDay = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]


class Hours(Sheet):
    """A span within one day, in the office's time zone."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise PydanticCustomError("hours_reversed", "an end after the start")
        return self

    def __str__(self) -> str:
        """Give 9:00–11:30, with the dash that never breaks a line in our pages."""
        return f"{self.start.hour}:{self.start.minute:02}–{self.end.hour}:{self.end.minute:02}"
