"""The geometry of charts: numbers in, positions out; the SVG itself is drawn by templates/charts.html.

Positions along the axis of days are percentages and lengths are fractions of the longest bar, so that one geometry
serves both forms of a chart: columns on a wide screen, horizontal bars on a phone. Text is never scaled with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.kept import AnsweredAfter

FILLED = 0.72  # how much of its place a bar takes; the rest is air
VISIBLE = 0.015  # a single letter among a thousand must still be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: place and thickness in percent of the axis, length from 0 to 1."""

    after: AnsweredAfter
    centre: float
    start: float
    thickness: float
    length: float


@dataclass(frozen=True, slots=True)
class DistributionChart:
    """The bars, and where the promise ends on the axis, in percent and as a number of bars before it."""

    bars: tuple[Bar, ...]
    promise_at: float
    bars_in_time: int


def distribution_chart(distribution: Sequence[AnsweredAfter]) -> DistributionChart:
    """Place the bars of a distribution; it must hold at least one entry."""
    place = 100 / len(distribution)
    most = max(after.letters for after in distribution) or 1
    bars = tuple(
        Bar(
            after=after,
            centre=round(place * (index + 0.5), 2),
            start=round(place * (index + (1 - FILLED) / 2), 2),
            thickness=round(place * FILLED, 2),
            length=round(max(after.letters / most, VISIBLE), 4) if after.letters else 0.0,
        )
        for index, after in enumerate(distribution)
    )
    in_time = sum(not after.late for after in distribution)
    return DistributionChart(bars, round(place * in_time, 2), in_time)
