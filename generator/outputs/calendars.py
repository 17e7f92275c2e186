"""Calendars to subscribe to, in iCalendar (RFC 5545, RFC 7986).

Times are written in UTC: every entry is one single span, so that no client needs a table of time zones to place it.
DTSTAMP is the content's own date, so that two builds of one commit are the same bytes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

import icalendar
import jinja2

from generator.site import Site
from generator.subscriptions.entries import Diary, Entry, diaries

A_DAY = timedelta(days=1)


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write every calendar that has an entry."""
    del templates
    made = diaries(site.content, site.today)
    return {diary.path: _calendar(diary, site.office.origin) for diary in made if diary.entries}


@lru_cache(maxsize=512)  # the slowest of all outputs; a preview writes it again at every save
def _calendar(diary: Diary, origin: str) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tenday//portal//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", diary.title)
    calendar.add("x-wr-calname", diary.title)  # what most clients still read instead of NAME
    calendar.add("refresh-interval", A_DAY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    calendar.add("source", origin + diary.path, parameters={"VALUE": "URI"})
    for entry in diary.entries:
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    changed = datetime.combine(entry.changed, time(), UTC)
    start, end = entry.hours or (entry.day, entry.day + A_DAY)
    event.add("uid", entry.uid)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", entry.sequence)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", entry.address)
    for name, text in (("description", entry.description), ("location", entry.location)):
        if text:
            event.add(name, text)
    return event
