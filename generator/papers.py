"""The notices as the archive shows them: each with its standing, and the lists by page, year and kind.

Receives the notices, newest first, and today's date at the office; hands on frozen values. A notice that was
superseded, cancelled or has run out keeps its page and says so on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bureau.notices import Notice

A_PAGE = 20  # notices on one page of a list
SEARCHED_IN_FULL = 100  # the newest; older ones are found by title and number, through the list of their year


class Validity(Enum):
    """Whether a notice holds, seen from today."""

    IN_FORCE = "in-force"
    TO_COME = "to-come"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Paper:
    """A notice, whether it holds, and its neighbours in the chain of notices that replace one another."""

    notice: Notice
    validity: Validity
    supersedes: Notice | None
    superseded_by: Notice | None
    searched: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list: `number` of `pages`, from 1; `path` is its address below notices/, empty or ending in /."""

    key: str  # "" for all of them, else the year or the kind
    number: int
    pages: int
    papers: tuple[Paper, ...]
    total: int

    def path(self, number: int | None = None) -> str:
        """Give the address of a page of this list, of this one when no number is asked for."""
        wanted = self.number if number is None else number
        return (f"{self.key}/" if self.key else "") + (f"page/{wanted}/" if wanted > 1 else "")


@dataclass(frozen=True, slots=True)
class Archive:
    """All notices, newest first, and their lists by year and by kind."""

    papers: tuple[Paper, ...]
    every: tuple[ListPage, ...]
    years: dict[str, tuple[ListPage, ...]]
    kinds: dict[str, tuple[ListPage, ...]]


def assemble_archive(notices: Sequence[Notice], today: date) -> Archive:
    """Order the notices into an archive."""
    by_id = {notice.id: notice for notice in notices}
    successor = {notice.supersedes: notice for notice in notices if notice.supersedes}
    papers = tuple(
        Paper(
            notice=notice,
            validity=_validity(notice, successor.get(notice.id), today),
            supersedes=by_id.get(notice.supersedes) if notice.supersedes else None,
            superseded_by=successor.get(notice.id),
            searched=turn < SEARCHED_IN_FULL,
        )
        for turn, notice in enumerate(notices)
    )
    return Archive(
        papers=papers,
        every=_pages("", papers),
        years=_grouped(papers, lambda notice: str(notice.published.year)),
        kinds=_grouped(papers, lambda notice: notice.kind),
    )


def _validity(notice: Notice, successor: Notice | None, today: date) -> Validity:
    if notice.cancelled is not None and notice.cancelled.on <= today:
        return Validity.CANCELLED
    if successor is not None and (successor.valid_from or successor.published) <= today:
        return Validity.SUPERSEDED
    if notice.in_force(today):
        return Validity.IN_FORCE
    return Validity.TO_COME if (notice.valid_from or notice.published) > today else Validity.EXPIRED


def _grouped(papers: Sequence[Paper], key: Callable[[Notice], str]) -> dict[str, tuple[ListPage, ...]]:
    groups: dict[str, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(key(paper.notice), []).append(paper)
    return {name: _pages(name, group) for name, group in groups.items()}


def _pages(key: str, papers: Sequence[Paper]) -> tuple[ListPage, ...]:
    count = max(1, -(-len(papers) // A_PAGE))
    return tuple(
        ListPage(key, number, count, tuple(papers[(number - 1) * A_PAGE : number * A_PAGE]), len(papers))
        for number in range(1, count + 1)
    )
