"""Published figures as series: everything that was said of one thing, by date, with what a rate was divided from.

Receives the figure sets, the worker's and people's; hands on one Series for each page of statistics. Figures of one
`series` stand together, oldest first; every other figure is a series of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bureau.figures import Figure, FigureSet
from generator.kept import DISTRIBUTION


class Shape(Enum):
    """Which chart tells the series; a single number needs none."""

    DISTRIBUTION = "distribution"
    COLUMNS = "columns"
    LINE = "line"
    STACKED = "stacked"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Entry:
    """One published value; `counted` and `of` are the figures a rate was divided from."""

    figure: Figure
    set: FigureSet
    counted: Figure | None
    of: Figure | None

    @property
    def as_of(self) -> str:
        """The cut-off, as precise as the source."""
        return self.figure.as_of or self.set.as_of


@dataclass(frozen=True, slots=True)
class Series:
    """All values of one thing, oldest first; `path` is the address below statistics/."""

    path: str
    shape: Shape
    entries: tuple[Entry, ...]

    @property
    def latest(self) -> Entry:
        """The newest value."""
        return self.entries[-1]

    @property
    def title(self) -> str:
        """What the series is called today."""
        return self.latest.figure.label


def assemble_series(sets: Sequence[FigureSet]) -> tuple[Series, ...]:
    """Gather the figures into series, in the order in which they first appear."""
    groups: dict[str, list[Entry]] = {}
    for figures in sets:
        for figure in figures.figures:
            rate = figure.rate
            counted = figures.figure(rate.counted) if rate else None
            whole = figures.figure(rate.of) if rate else None
            path = figure.series or f"{figures.id}/{figure.id}"
            groups.setdefault(path, []).append(Entry(figure, figures, counted, whole))
    ordered = {path: sorted(group, key=lambda entry: entry.as_of) for path, group in groups.items()}
    return tuple(Series(path, _shape(group), tuple(group)) for path, group in ordered.items())


def series_paths(series: Sequence[Series]) -> dict[tuple[str, str], str]:
    """Tell where each figure, by the ids of its set and itself, has its page."""
    return {(entry.set.id, entry.figure.id): one.path for one in series for entry in one.entries}


def _shape(entries: Sequence[Entry]) -> Shape:
    if len(entries) > 1:
        return Shape.LINE
    (entry,) = entries
    if entry.figure.id == DISTRIBUTION:
        return Shape.DISTRIBUTION
    if entry.figure.points:
        return Shape.COLUMNS
    return Shape.STACKED if entry.counted and entry.of else Shape.NUMBER
