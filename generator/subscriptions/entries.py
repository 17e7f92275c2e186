"""Calendar entries as values: which days stand in which calendar, under which identity, changed how often.

Receives Content and the day of the build; hands on calendars by their path below the site. An entry keeps its UID for
ever; a change raises its sequence, a day called off stays as cancelled. No date of a build gets into an entry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from bureau.content import Content
from bureau.insurers import Insurer, Place
from bureau.roster import Answerer, RosterDay
from bureau.sheet import Hours
from bureau.withdrawn import WithdrawnEntry
from generator.subscriptions.hotline_days import certain_days, decided_on
from generator.subscriptions.receptions import Reception, certain_receptions
from generator.words import said

MILLENNIUM = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One day in a calendar; `hours` is None for a whole day, `changed` is the content's own date."""

    uid: str
    day: date
    hours: tuple[datetime, datetime] | None  # aware, UTC
    summary: str
    description: str
    location: str
    address: str  # of the page that says more
    sequence: int
    changed: date
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Diary:
    """One calendar to subscribe to."""

    path: str  # below the site, such as calendars/hotline.ics
    title: str
    entries: tuple[Entry, ...]


def diaries(content: Content, today: date) -> tuple[Diary, ...]:
    """Decide every calendar: all hotline days, one for each insurer and each place, reception days, releases."""
    days = certain_days(content, today)
    every = frozenset(insurer.id for insurer in content.insurers)
    made = [
        Diary(
            "calendars/hotline.ics",
            said("all_days", office=content.office.name),
            tuple(_hotline(content, day, every) for day in days),
        )
    ]
    made += [_of_insurer(content, days, insurer) for insurer in content.insurers]
    made += [_of_place(content, days, place) for place in places_with_branches(content)]
    made.append(_receptions(content))
    if content.releases:
        made.append(_releases(content))
    return tuple(_with_withdrawn(diary, content) for diary in made)


def places_with_branches(content: Content) -> tuple[Place, ...]:
    """List the cities and counties where some insurer has a branch; a city has those of its counties."""
    return tuple(place for place in content.places if place.kind != "province" and _branches(content, place))


def _branches(content: Content, place: Place) -> dict[str, list[str]]:
    within = {place.id} | {other.id for other in content.places if other.within == place.id}
    return {
        insurer.id: names
        for insurer in content.insurers
        if (names := [branch.name for branch in insurer.branches if branch.place in within])
    }


def _of_insurer(content: Content, days: Iterable[RosterDay], insurer: Insurer) -> Diary:
    only = frozenset({insurer.id})
    entries = [
        _hotline(content, day, only, f"-{insurer.id}", insurer.short)
        for day in days
        if any(answerer.insurer == insurer.id for answerer in day.answerers)
    ]
    for reception in certain_receptions(content):
        if reception.insurer is insurer:
            entries += _reception(content, reception)
    return Diary(f"calendars/insurers/{insurer.id}.ics", said("insurer_days", name=insurer.short), tuple(entries))


def _of_place(content: Content, days: Iterable[RosterDay], place: Place) -> Diary:
    branches = _branches(content, place)
    entries = tuple(_hotline(content, day, frozenset(branches), f"-{place.id}", place.name) for day in days)
    return Diary(f"calendars/places/{place.id}.ics", said("place_days", name=place.name), entries)


def _hotline(
    content: Content, day: RosterDay, insurers: frozenset[str], suffix: str = "", name: str | None = None
) -> Entry:
    answerers = [one for one in day.answerers if one.insurer is None or one.insurer in insurers]
    changes = decided_on(content, day, insurers)
    lines = [_answers(one) for one in answerers] + [said("who_answers_is_responsible")]
    if day.cancelled:
        lines.insert(0, said("called_off", why=day.cancelled.why))
    return Entry(
        uid=f"hotline-{day.planned_for}{suffix}@{host(content)}",
        day=day.day,
        hours=_span(content, day.day, day.hours),
        summary=said("hotline_day", name=name or content.office.name),
        description="\n".join(lines),
        location=said("by_telephone", number=content.hotline.number),
        address=content.office.origin + "hotline/",
        sequence=len(changes),
        changed=max((content.hotline.rotas[0].start, *changes)),
        cancelled=day.cancelled is not None,
    )


def _answers(one: Answerer) -> str:
    line = said("answers", organisation=one.organisation, number=one.number, name=one.name, title=one.title)
    return line + (said("in_place", why=one.turn.why) if one.turn.why else "")


def _receptions(content: Content) -> Diary:
    entries = tuple(entry for one in certain_receptions(content) for entry in _reception(content, one))
    return Diary("calendars/reception.ics", said("reception_days", office=content.office.name), entries)


def _reception(content: Content, reception: Reception) -> Iterator[Entry]:
    body = reception.insurer or content.office
    name = reception.insurer.short if reception.insurer else content.office.name
    for day in reception.days:
        yield Entry(
            uid=f"reception-{day.planned_for}-{body.id}@{host(content)}",
            day=day.day,
            hours=_span(content, day.day, reception.rule.hours),
            summary=said("reception_day", name=name),
            description=said("postponed", planned=day.planned_for) if day.day != day.planned_for else "",
            location=reception.rule.place,
            address=content.office.origin + "reception/",
            sequence=0,
            changed=reception.start,
        )


def _releases(content: Content) -> Diary:
    entries = []
    for release in content.releases.releases if content.releases else ():
        changed = [*(change.on for change in release.changes), *([release.cancelled.on] if release.cancelled else [])]
        reasons = [said("moved", on=change.on, was=change.was, why=change.why) for change in release.changes]
        reasons += [said("called_off", why=release.cancelled.why)] if release.cancelled else []
        entries.append(
            Entry(
                uid=f"release-{release.id}@{host(content)}",
                day=release.due,
                hours=None,
                summary=said("release_day", title=release.title),
                description="\n".join(reasons),
                location="",
                address=content.office.origin + "releases/",
                sequence=len(changed),
                changed=max((release.announced, *changed)),
                cancelled=release.cancelled is not None,
            )
        )
    return Diary("calendars/releases.ics", said("release_days", office=content.office.name), tuple(entries))


def _with_withdrawn(diary: Diary, content: Content) -> Diary:
    gone = [_withdrawn(content, entry) for entry in content.withdrawn.entries if diary.path in entry.calendars]
    uids = {entry.uid for entry in gone}
    entries = [*(entry for entry in diary.entries if entry.uid not in uids), *gone]
    return Diary(diary.path, diary.title, tuple(sorted(entries, key=lambda entry: (entry.day, entry.uid))))


def _withdrawn(content: Content, entry: WithdrawnEntry) -> Entry:
    return Entry(
        uid=entry.uid,
        day=entry.day,
        hours=None,
        summary=said("withdrawn_entry"),
        description=said("called_off", why=entry.why),
        location="",
        address=content.office.origin + "hotline/",
        sequence=(entry.on - MILLENNIUM).days,  # above any number of changes that the entry may have had
        changed=entry.on,
        cancelled=True,
    )


def _span(content: Content, day: date, hours: Hours) -> tuple[datetime, datetime]:
    zone = content.office.time_zone
    start, end = (datetime.combine(day, moment, zone).astimezone(UTC) for moment in (hours.start, hours.end))
    return start, end


def host(content: Content) -> str:
    """Give the host of the office's site: what makes an id the office's own."""
    return urlsplit(content.office.origin).hostname or content.office.id
