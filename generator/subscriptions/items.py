"""Feeds as values: notices, published figures, corrections; each item with the content's own dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time

from bureau.content import Content
from bureau.figures import FigureSet
from bureau.notices import Notice
from generator.subscriptions.corrections import corrections
from generator.subscriptions.entries import host
from generator.words import said

MARKUP = re.compile(r"[*_`#]|\[(?P<text>[^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed; the id never changes, `text` is plain."""

    id: str
    title: str
    address: str
    published: datetime
    updated: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed, written as Atom and as JSON Feed: feeds/NAME.atom and feeds/NAME.json."""

    name: str
    title: str
    page: str
    items: tuple[Item, ...]  # newest first
    updated: datetime

    @property
    def id(self) -> str:
        """Give the identity of the feed, whatever form it is read in."""
        return f"{self.page}#feed-{self.name}"


def feeds(content: Content, today: date) -> tuple[Feed, ...]:
    """Decide the three feeds."""
    notices = [_notice(content, notice) for notice in content.notices]
    figures = [_figures(content, one) for one in (*content.published, *content.figures)]
    return (
        _feed(content, "notices", "notices/", notices),
        _feed(content, "figures", "statistics/", figures),
        _feed(content, "corrections", "corrections/", _corrections(content, today)),
    )


def _feed(content: Content, name: str, page: str, items: list[Item]) -> Feed:
    ordered = tuple(sorted(items, key=lambda item: (item.updated, item.id), reverse=True))
    updated = ordered[0].updated if ordered else _moment(content, content.hotline.rotas[0].start)
    title = said(f"{name}_feed", office=content.office.name)
    return Feed(name, title, content.office.origin + page, ordered, updated)


def _notice(content: Content, notice: Notice) -> Item:
    changes = [said("changed_because", on=one.on, what=one.what, why=one.why) for one in notice.changes]
    dates = [notice.published, *(one.on for one in notice.changes)]
    title = notice.title
    if notice.cancelled:
        title = said("cancelled_notice", title=title)
        changes.append(said("cancelled_because", on=notice.cancelled.on, why=notice.cancelled.why))
        dates.append(notice.cancelled.on)
    body = MARKUP.sub(lambda found: found["text"] or "", notice.body).strip()
    address = f"{content.office.origin}notices/{notice.id}/"
    published, updated = _moment(content, notice.published), _moment(content, max(dates))
    return Item(address, title, address, published, updated, "\n\n".join([body, *changes]))


def _figures(content: Content, figures: FigureSet) -> Item:
    # The worker's set is brought up to date every night: one item that changes, not one a night.
    lines = [
        said("figure_line", label=one.label, value=f"{one.value:f}", unit=one.unit, definition=one.definition)
        for one in figures.figures
    ]
    published = last_day(figures.as_of)
    revised = [revision.on for figure in figures.figures for revision in figure.revisions]
    return Item(
        id=f"tag:{host(content)},{content.hotline.rotas[0].start}:figures-{figures.id}",
        title=figures.title,
        address=f"{content.office.origin}statistics/#{figures.id}",
        published=_moment(content, published),
        updated=_moment(content, max([published, *revised])),
        text="\n".join(lines),
    )


def _corrections(content: Content, today: date) -> list[Item]:
    return [
        Item(
            id=f"{content.office.origin}corrections/#{one.id}",
            title=one.title,
            address=f"{content.office.origin}corrections/#{one.id}",
            published=_moment(content, one.on),
            updated=_moment(content, one.on),
            text="\n".join(filter(None, (one.detail, one.why))),
        )
        for one in corrections(content, today)
    ]


def last_day(moment: str) -> date:
    """Give the last day of a year, a month or a day written as precisely as its source is."""
    parts = [int(part) for part in moment.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) == 3 else calendar.monthrange(year, month)[1])  # noqa: PLR2004 - year, month and day


def _moment(content: Content, day: date) -> datetime:
    return datetime.combine(day, time(), content.office.time_zone)
