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
    """One table; each row holds a value for each field, in their order."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def key(self) -> list[str]:
        """Name the fields of the primary key."""
        return [field.name for field in self.fields if field.key]


def tables(content: Content, today: date) -> tuple[Table, ...]:
    """Fill every table, in the order of the catalog; rows are ordered by their key."""
    filled = rows.every_table(content, today)
    return tuple(_table(name, spec, filled[name]) for name, spec in _catalog().items())


def _table(name: str, spec: Mapping[str, object], found: list[Row]) -> Table:
    described = spec["fields"]
    assert isinstance(described, list)  # noqa: S101 - our own catalog; a test reads it whole
    fields = tuple(Field(**field) for field in described)
    values = [tuple(row[field.name] for field in fields) for row in found]
    keys = [index for index, field in enumerate(fields) if field.key]
    values.sort(key=lambda row: [str(row[index]) for index in keys])
    return Table(name, str(spec["title"]), str(spec["description"]), fields, tuple(values))


@cache
def _catalog() -> dict[str, dict[str, object]]:
    return dict(yaml.safe_load(WORDS.read_text(encoding="utf-8")))
