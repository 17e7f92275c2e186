"""Published figures: one format for what people enter and for what the worker counts.

Every figure carries its unit, its date or period, its definition and its source; a rate names the figures it was
divided from, so that a contradiction between a rate and its counts is found before anybody publishes it.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import PlainSerializer, WithJsonSchema
from pydantic.functional_validators import BeforeValidator

from bureau.sheet import Id, MonthOrDay, Sheet, Text

Number = Annotated[
    Decimal,
    BeforeValidator(lambda found: Decimal(str(found)) if type(found) in (int, float) else found),
    PlainSerializer(lambda number: int(number) if number == number.to_integral() else float(number)),
    WithJsonSchema({"type": "number"}),
]


class Rate(Sheet):
    """The two figures that a percentage was divided from, by id."""

    counted: Id
    of: Id


class Point(Sheet):
    """One column of a distribution or a row of a breakdown."""

    label: Text
    value: Number


class Revision(Sheet):
    """A published value that was changed afterwards; the figure's value is the last one's `new`."""

    old: Number
    new: Number
    on: date
    why: Text


class Figure(Sheet):
    """One published figure; `as_of` is a cut-off, with `since` a span, exactly as precise as the source is.

    `series` ties together the same figure of other dates. A percentage says what it is a part of: `rate` names the
    counts, `denominator` says it in words where the source gave no counts.
    """

    id: Id
    label: Text
    value: Number
    unit: Text
    series: Id | None = None
    at_least: bool = False  # 「3000余」: the source gives a lower bound
    approximate: bool = False  # 「约113」
    as_of: MonthOrDay | None = None
    since: MonthOrDay | None = None
    definition: Text
    source: Text | None = None  # where it differs from that of the set
    rate: Rate | None = None
    denominator: Text | None = None
    points: tuple[Point, ...] = ()
    preliminary: bool = False
    revisions: tuple[Revision, ...] = ()


class FigureSet(Sheet):
    """Figures that share a source; the file's format is versioned because strangers read the worker's files."""

    format: Literal[1]
    id: Id
    title: Text
    source: Text
    as_of: MonthOrDay
    figures: tuple[Figure, ...]

    def figure(self, figure_id: str) -> Figure | None:
        """Find a figure by id."""
        return next((figure for figure in self.figures if figure.id == figure_id), None)


def percentage(counted: Decimal | int, of: Decimal | int, like: Decimal = Decimal("0.1")) -> Decimal:
    """Divide into a percentage, rounded half up as a reader would by hand, to as many digits as `like` has."""
    digits = Decimal(1).scaleb(min(int(like.as_tuple().exponent), 0))
    return (Decimal(counted) * 100 / Decimal(of)).quantize(digits, rounding=ROUND_HALF_UP)
