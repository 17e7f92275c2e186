"""Everything that was changed after the office had published it: what, when, why, newest first.

Receives Content; hands on Corrections for the page, the feed and the open data. Nothing here is typed a second time:
revisions of figures, changes of notices, of the rota and of the release calendar stand beside what they change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bureau.content import Content
from bureau.hotline import HotlineRule
from bureau.insurers import Insurer
from generator.words import said

Kind = Literal["figure", "notice", "rota", "release"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One change; `old` and `new` are there where a value was replaced by another, `page` is below the site."""

    id: str
    kind: Kind
    on: date
    title: str
    detail: str
    why: str
    page: str
    old: str | None = None
    new: str | None = None


def corrections(content: Content, today: date) -> tuple[Correction, ...]:
    """List every change up to today, the newest first."""
    found = [*_figures(content), *_notices(content), *_rotas(content), *_releases(content)]
    happened = [one for one in found if one.on <= today]
    return tuple(sorted(happened, key=lambda one: (one.on, one.id), reverse=True))


def _figures(content: Content) -> Iterator[Correction]:
    for figures in (*content.published, *content.figures):
        for figure in figures.figures:
            for turn, revision in enumerate(figure.revisions, start=1):
                old, new = (f"{value:f}{figure.unit}" for value in (revision.old, revision.new))
                title = said("corrected_figure", title=figures.title, label=figure.label, old=old, new=new)
                number = f"figure-{figures.id}-{figure.id}-{turn}"
                page = f"statistics/#{figures.id}"
                yield Correction(number, "figure", revision.on, title, "", revision.why, page, old, new)


def _notices(content: Content) -> Iterator[Correction]:
    for notice in content.notices:
        page = f"notices/{notice.id}/"
        for turn, change in enumerate(notice.changes, start=1):
            title = said("changed_notice", title=notice.title)
            yield Correction(f"notice-{notice.id}-{turn}", "notice", change.on, title, change.what, change.why, page)
        if notice.cancelled:
            title, why = said("annulled_notice", title=notice.title), notice.cancelled.why
            yield Correction(f"notice-{notice.id}-cancelled", "notice", notice.cancelled.on, title, "", why, page)


def _rotas(content: Content) -> Iterator[Correction]:
    names = {person.id: person.name for person in content.staff.people.values()}
    yield from _turns(content.hotline, content.office.id, content.office.name, names)
    for insurer in content.insurers:
        leaders = {leader.id: leader.name for leader in insurer.leaders}
        yield from _turns(insurer, insurer.id, insurer.short, leaders)
    for off in content.hotline.cancelled:
        title = said("called_off_day", day=off.day)
        yield Correction(f"rota-cancelled-{off.day}", "rota", off.decided, title, "", off.why, "hotline/")


def _turns(body: HotlineRule | Insurer, body_id: str, name: str, names: dict[str, str]) -> Iterator[Correction]:
    for swap in body.swaps:
        days = "、".join(str(day) for day in swap.days)
        title = said("changed_turn", organisation=name, day=days)
        number = f"rota-{body_id}-swap-{min(swap.days)}-{swap.decided}"
        yield Correction(number, "rota", swap.decided, title, "", swap.why, "hotline/")
    for change in body.exceptions:
        title = said("changed_turn", organisation=name, day=change.day)
        new, old = names.get(change.person, change.person), names.get(change.in_place_of, change.in_place_of)
        detail = said("changed_turn_detail", name=new, planned=old)
        number = f"rota-{body_id}-{change.day}-{change.decided}"
        yield Correction(number, "rota", change.decided, title, detail, change.why, "hotline/", old, new)


def _releases(content: Content) -> Iterator[Correction]:
    for release in content.releases.releases if content.releases else ():
        dues = [*(change.was for change in release.changes[1:]), release.due]
        for turn, (change, due) in enumerate(zip(release.changes, dues, strict=False), start=1):
            title = said("moved_release", title=release.title)
            detail = said("moved_release_detail", was=change.was, due=due)
            number = f"release-{release.id}-{turn}"
            old, new = str(change.was), str(due)
            yield Correction(number, "release", change.on, title, detail, change.why, "releases/", old, new)
        if release.cancelled:
            title, why = said("annulled_release", title=release.title), release.cancelled.why
            yield Correction(
                f"release-{release.id}-cancelled", "release", release.cancelled.on, title, "", why, "releases/"
            )
