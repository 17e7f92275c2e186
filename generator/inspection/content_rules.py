"""Rules about what the office has written: dates that have not come, columns nobody has written in, what runs out.

Each rule receives the content's files, Mending and today; hands on findings. The spans are those of the inspection
(国办秘函〔2019〕19号): the home page two weeks, statistics three months, notices half a year, letters three months.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from bureau.figures import FigureSet
from bureau.files import Files
from bureau.reading import Read
from generator.inspection.findings import Finding, Level, Mending, Place, finding
from generator.subscriptions.items import last_day

HOME = timedelta(days=14)
REPLIES = timedelta(days=60)
STATISTICS = timedelta(days=92)
NOTICES = timedelta(days=183)
UNANSWERED = 90  # days
EXPIRY_WARNING = timedelta(days=30)


def future_dates(files: Files, mending: Mending, today: date) -> Iterator[Finding]:
    """Find dates of things that are said to have happened and have not: an inspector calls them forged."""
    for day, place in _dates(files, mending):
        if day > today:
            yield finding("future", place, day=day, today=today)


def _dates(files: Files, mending: Mending) -> Iterator[tuple[date, Place]]:
    for read in (*files.figures, *files.published):
        yield from _dates_of_figures(read, mending)
    yield from _held_days(files, mending)
    if files.releases:
        for index, release in enumerate(files.releases.sheet.releases):
            if release.published:
                yield release.published, mending.at(files.releases.source, "releases", index, "published")


def _dates_of_figures(read: Read[FigureSet], mending: Mending) -> Iterator[tuple[date, Place]]:
    # A month or year that is not over yet may be the day on which it was counted: only whole days are judged.
    if _is_day(read.sheet.as_of):
        yield last_day(read.sheet.as_of), mending.at(read.source, "as_of")
    for index, figure in enumerate(read.sheet.figures):
        if figure.as_of and _is_day(figure.as_of):
            yield last_day(figure.as_of), mending.at(read.source, "figures", index, "as_of")
        for turn, revision in enumerate(figure.revisions):
            yield revision.on, mending.at(read.source, "figures", index, "revisions", turn, "on")


def _is_day(moment: str) -> bool:
    return moment.count("-") == 2  # noqa: PLR2004 - year, month and day


def stale_columns(files: Files, mending: Mending, today: date) -> Iterator[Finding]:
    """Find columns with nothing new for longer than the inspection allows; their newest line is named."""
    columns = (
        (NOTICES, [one for one in _notice_days(files, mending) if one[0] <= today]),
        (STATISTICS, [(last_day(read.sheet.as_of), mending.at(read.source, "as_of")) for read in files.published]),
        (REPLIES, list(_held_days(files, mending))),
    )
    for allowed, written in columns:
        yield from _stale("stale", written, allowed, today)
    yield from _stale("stale_home", [one for _, written in columns for one in written], HOME, today)


def _stale(rule: str, written: Collection[tuple[date, Place]], allowed: timedelta, today: date) -> Iterator[Finding]:
    if not written:
        return
    day, place = max(written)
    if today - day > allowed:
        yield finding(rule, place, Level.HINT, day=day, allowed=allowed.days)


def _held_days(files: Files, mending: Mending) -> Iterator[tuple[date, Place]]:
    for held in files.held:
        for index, one in enumerate(held.sheet.held):
            yield one.day, mending.at(held.source, "held", index, "day")


def _notice_days(files: Files, mending: Mending) -> Iterator[tuple[date, Place]]:
    for read in files.notices:
        for index, notice in enumerate(read.sheet.notices):
            yield notice.published, mending.at(read.source, "notices", index, "published")
            for turn, change in enumerate(notice.changes):
                yield change.on, mending.at(read.source, "notices", index, "changes", turn, "on")


def unanswered_letters(files: Files, mending: Mending, today: date) -> Iterator[Finding]:
    """Find letters that have waited for more than three months, by the worker's own figures."""
    del today
    for read in files.published:
        for index, figure in enumerate(read.sheet.figures):
            if figure.id == "oldest-open-days" and figure.value > UNANSWERED:
                place = mending.at(read.source, "figures", index, "value")
                yield finding("unanswered", place, Level.HINT, days=figure.value)


def security_contact(files: Files, mending: Mending, today: date) -> Iterator[Finding]:
    """Find a security.txt that is not there, has run out, or will within thirty days (RFC 9116, section 2.5.5)."""
    if files.office is None:
        return
    contact = files.office.sheet.security
    if contact is None:
        yield finding("no_security", mending.file("office.yml"), Level.HINT)
        return
    place = mending.at(files.office.source, "security", "expires")
    if contact.expires <= today:
        yield finding("security_expired", place, day=contact.expires)
    elif contact.expires - today <= EXPIRY_WARNING:
        yield finding("security_expires", place, Level.HINT, day=contact.expires)
