"""Whether the mailbox promise was kept: the worker's figures, and how many letters took how many days.

Receives the FigureSet that the worker published (content/published/mailbox.yml) and the promise; hands on Kept.
Counts nothing anew: what the worker did not publish is not shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bureau.figures import Figure, FigureSet, Point
from bureau.promise import Promise

PUBLISHED_BY_WORKER = "mailbox"
DISTRIBUTION = "days-to-answer"


@dataclass(frozen=True, slots=True)
class AnsweredAfter:
    """How many letters were answered `days` days after receipt; `or_more`: that many days or longer."""

    days: int
    letters: int
    late: bool
    or_more: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The worker's figures by id, and the distribution (empty while nothing was answered)."""

    published: FigureSet
    promise: Promise
    distribution: tuple[AnsweredAfter, ...]

    def figure(self, figure_id: str) -> Figure | None:
        """Find one of the worker's figures."""
        return self.published.figure(figure_id)

    @property
    def late_letters(self) -> int:
        """Answered letters that took longer than promised."""
        return sum(after.letters for after in self.distribution if after.late)


def assemble_kept(published: Iterable[FigureSet], promise: Promise) -> Kept | None:
    """Find the worker's figures; None before it has published any."""
    found = next((figures for figures in published if figures.id == PUBLISHED_BY_WORKER), None)
    if found is None:
        return None
    days = found.figure(DISTRIBUTION)
    return Kept(found, promise, distribution(days.points, promise.days) if days else ())


def distribution(points: Iterable[Point], promised: int) -> tuple[AnsweredAfter, ...]:
    """Order the points by days without gaps, from the first day to the promised one at least.

    What took more than twice the promised time is added up in one last entry, so that one letter of 300 days does not
    squeeze all others together. Points whose label is no number of days are left out: they belong to another reader.
    """
    counts: dict[int, Decimal] = {}
    for point in points:
        if point.label.isdecimal():
            counts[int(point.label)] = counts.get(int(point.label), Decimal()) + point.value
    if not counts:
        return ()
    longest = 2 * promised
    last = min(max([promised, *counts]), longest)
    entries = [
        AnsweredAfter(day, int(counts.get(day, 0)), late=day > promised) for day in range(min(1, *counts), last + 1)
    ]
    beyond = sum(count for day, count in counts.items() if day > longest)
    if beyond:
        entries.append(AnsweredAfter(longest + 1, int(beyond), late=True, or_more=True))
    return tuple(entries)
