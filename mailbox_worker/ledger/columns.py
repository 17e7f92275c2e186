"""Column types that behave the same on both engines: instants as UTC text, days as text."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Dialect, String, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as 2026-03-05T01:02:03.000004Z: it sorts, it reads, and no engine turns its zone."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse naive times: they name no instant."""
        del dialect
        return None if value is None else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the instant in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day of the office's calendar, kept as 2026-03-05."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Write the day."""
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Read the day."""
        del dialect
        return None if value is None else date.fromisoformat(value)


def instant_text(at: datetime) -> str:
    """Write an instant as the ledger does; raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("the ledger keeps instants; a time without a zone is none")
    # Not strftime: it leaves out the zeros before a year below 1000, which a broken clock can write.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
