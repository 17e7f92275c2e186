"""Compare a site with yesterday's: what the office published once must not vanish without a word.

Receives both folders and the content's tombstones; hands on findings. Pages, feeds, data and calendars keep their
addresses; entries of calendars keep their UID, and their SEQUENCE never falls (RFC 5545, section 3.8.7.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import icalendar

from bureau.exits import Exit, Stop
from bureau.withdrawn import Withdrawn
from generator.inspection.findings import Finding, Place, finding
from generator.words import message

KEPT = (".html", ".ics", ".atom", ".csv", ".json", ".jsonld", ".xlsx")
LISTS = (
    "notices/page/",
    "notices/year/",
    "notices/kind/",
)  # they shrink with what they list; each record counts itself
OUR_FOLDERS = ("calendars/", "feeds/", "data/")
TOMBSTONES = "withdrawn.yml"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What clients compare of an entry."""

    sequence: int
    span: tuple[str, str]
    status: str


def compare(previous: Path, site: Path, withdrawn: Withdrawn, content: Path) -> tuple[Finding, ...]:
    """Find what vanished or changed in silence since yesterday. Raises Stop when there was no site yesterday."""
    if not (previous / "index.html").is_file():
        raise Stop(Exit.BAD_CONFIGURATION, message("no_previous", folder=previous))
    place = Place(str(content / TOMBSTONES), 1)
    return (*_pages(previous, site, withdrawn, place), *_calendars(previous, site, withdrawn, place))


def _pages(previous: Path, site: Path, withdrawn: Withdrawn, place: Place) -> Iterator[Finding]:
    gone = {page.path for page in withdrawn.pages}
    for path in sorted(previous.rglob("*")):
        name = path.relative_to(previous).as_posix()
        lasting = (name.endswith(".html") and not name.startswith(LISTS)) or (
            name.endswith(KEPT) and name.startswith(OUR_FOLDERS)
        )
        if lasting and path.is_file() and not (site / name).is_file():
            address = name.removesuffix("index.html")
            if not {name, address} & gone:
                yield finding("vanished_page", place, path=address)


def _calendars(previous: Path, site: Path, withdrawn: Withdrawn, place: Place) -> Iterator[Finding]:
    tombstones = {(calendar, entry.uid) for entry in withdrawn.entries for calendar in entry.calendars}
    for path in sorted((previous / "calendars").rglob("*.ics")):
        name = path.relative_to(previous).as_posix()
        if not (site / name).is_file():
            continue
        before, after = _entries(path), _entries(site / name)
        for uid, old in before.items():
            new = after.get(uid)
            if (name, uid) in tombstones:
                continue
            if new is None:
                yield finding("vanished_entry", place, calendar=name, uid=uid)
            elif new.sequence < old.sequence:
                yield finding("sequence_back", place, calendar=name, uid=uid)
            elif new.sequence == old.sequence and (new.span, new.status) != (old.span, old.status):
                yield finding("silent_change", place, calendar=name, uid=uid)


def _entries(path: Path) -> dict[str, _Seen]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    return {
        str(event["uid"]): _Seen(
            int(event.get("sequence", 0)),
            (str(event.start), str(event.end)),
            str(event.get("status", "")),
        )
        for event in calendar.events
    }
