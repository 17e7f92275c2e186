"""Every table of the open data with its rows.

Receives Content and the day of the build; hands on Tables whose columns are those of words/open_data.yml: titles and
descriptions of fields are texts, and stand there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from bureau.content import Content
from generator.open_data import rows
from generator.open_data.rows import Row
from generator.subscriptions.items import last_day

Value = str | int | Decimal | bool | date | time | None
WORDS = Path(__file__).parents[1] / "words" / "open_data.yml"


@dataclass(frozen=True, slots=True)
class Field:
    """One column; `type` is a field type of the Data Package standard."""

    name: str
    type: str
    title: str
    description: str
    key: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table; each row holds a value for each field, in their order.

    `issued` and `modified` are the oldest and the newest date that its rows tell of their own making, up to today; None
    where rows tell none. The day of a build is not among them.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    issued: date | None = None
    modified: date | None = None

    @property
    def key(self) -> list[str]:
        """Name the fields of the primary key."""
        return [field.name for field in self.fields if field.key]


def tables(content: Content, today: date) -> tuple[Table, ...]:
    """Fill every table, in the order of the catalog; rows are ordered by their key."""
    filled = rows.every_table(content, today)
    return tuple(_table(name, spec, filled[name], today) for name, spec in _catalog().items())


def _table(name: str, spec: Mapping[str, object], found: list[Row], today: date) -> Table:
    described = spec["fields"]
    assert isinstance(described, list)  # noqa: S101 - our own catalog; a test reads it whole
    fields = tuple(Field(**field) for field in described)
    values = [tuple(row[field.name] for field in fields) for row in found]
    keys = [index for index, field in enumerate(fields) if field.key]
    values.sort(key=lambda row: [str(row[index]) for index in keys])
    days = _dated(found, spec.get("dated"), today)
    issued, modified = (min(days), max(days)) if days else (None, None)
    return Table(name, str(spec["title"]), str(spec["description"]), fields, tuple(values), issued, modified)


def _dated(found: list[Row], names: object, today: date) -> list[date]:
    assert names is None or isinstance(names, list)  # noqa: S101 - our own catalog; a test reads it whole
    told = [row[name] for row in found for name in names or () if row[name]]
    days = [value if isinstance(value, date) else last_day(str(value)) for value in told]
    return [day for day in days if day <= today]


@cache
def _catalog() -> dict[str, dict[str, object]]:
    return dict(yaml.safe_load(WORDS.read_text(encoding="utf-8")))
