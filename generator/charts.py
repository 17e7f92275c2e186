"""The geometry of charts: numbers in, positions out; the SVG itself is drawn by templates/charts.html.

Positions along an axis are percentages and lengths are fractions of the longest bar, so that one geometry serves both
forms of a chart: columns on a wide screen, horizontal bars on a phone. Text is never scaled with it. Every axis of
values begins at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.kept import AnsweredAfter

FILLED = 0.72  # how much of its place a bar takes; the rest is air
VISIBLE = 0.015  # a single letter among a thousand must still be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: place and thickness in percent of the axis, length from 0 to 1."""

    label: str
    value: Decimal
    late: bool
    centre: float
    start: float
    thickness: float
    length: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """The bars, and where the promise ends on the axis: in percent (100: nothing is beyond), and in bars before it."""

    bars: tuple[Bar, ...]
    promise_at: float
    bars_in_time: int


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of a line: percent from the left, and from 0 (the axis) to 1 (the top)."""

    label: str
    value: Decimal
    across: float
    height: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a whole: percent from the left, `rank` from 1 tells its shade."""

    label: str
    value: Decimal
    start: float
    width: float
    rank: int


def distribution_chart(distribution: Sequence[AnsweredAfter]) -> BarChart:
    """Place the bars of a distribution; it must hold at least one entry."""
    values = [(f"{after.days}{'+' if after.or_more else ''}天", Decimal(after.letters)) for after in distribution]
    in_time = sum(not after.late for after in distribution)
    return _bar_chart(values, in_time)


def bar_chart(values: Sequence[tuple[str, Decimal]]) -> BarChart:
    """Place a bar for each labelled value; there must be at least one, and none below zero."""
    return _bar_chart(values, len(values))


def line_chart(values: Sequence[tuple[str, Decimal]]) -> tuple[Dot, ...]:
    """Place a dot for each labelled value, in the middle of its share of the width."""
    place = 100 / len(values)
    most = max(value for _, value in values) or Decimal(1)
    return tuple(
        Dot(label, value, round(place * (index + 0.5), 2), round(float(value / most), 4))
        for index, (label, value) in enumerate(values)
    )


def stacked_bar(parts: Sequence[tuple[str, Decimal]]) -> tuple[Segment, ...]:
    """Place the parts of one whole side by side; parts of nothing are left out."""
    whole = sum(value for _, value in parts) or Decimal(1)
    segments: list[Segment] = []
    start = 0.0
    for rank, (label, value) in enumerate(parts, start=1):
        width = float(value * 100 / whole)
        if width:
            segments.append(Segment(label, value, round(start, 2), round(width, 2), rank))
        start += width
    return tuple(segments)


def _bar_chart(values: Sequence[tuple[str, Decimal]], in_time: int) -> BarChart:
    place = 100 / len(values)
    most = max(value for _, value in values) or Decimal(1)
    bars = tuple(
        Bar(
            label=label,
            value=value,
            late=index >= in_time,
            centre=round(place * (index + 0.5), 2),
            start=round(place * (index + (1 - FILLED) / 2), 2),
            thickness=round(place * FILLED, 2),
            length=round(max(float(value / most), VISIBLE), 4) if value else 0.0,
        )
        for index, (label, value) in enumerate(values)
    )
    return BarChart(bars, round(place * in_time, 2), in_time)
