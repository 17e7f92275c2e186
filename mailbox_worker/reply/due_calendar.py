"""The due dates of open letters as a file for a clerk's own calendar (iCalendar, RFC 5545).

Receives what a clerk has to do; hands on one file, attached to the weekly mail. An entry says a number and a day, never
what a letter is about: a calendar is shared more easily than a mailbox. Importing the next file moves the entries that
have moved, by their UID.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import icalendar

from bureau.office import Person
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.mail.parsed import Attachment
from mailbox_worker.mail.words import short_day, words
from mailbox_worker.reply.occasion import Occasion
from mailbox_worker.todo import to_do

A_DAY = timedelta(days=1)


def due_calendar(occasion: Occasion) -> tuple[Attachment, ...]:
    """Give the weekly file of a clerk with open letters; nobody else's mail has one."""
    person = occasion.person
    if person is None or not goes_to_calendar(person, occasion.row.arguments):
        return ()
    lines = to_do(occasion.desk, occasion.connection, person, occasion.now).letters
    if not lines:
        return ()
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tenday//mailbox//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for line in lines:
        calendar.add_component(_entry(line.letter, occasion.now, occasion.desk.config.domain))
    content = calendar.to_ical()
    name = words("calendar")["file"]
    return (Attachment(name, "text/calendar", len(content), hashlib.sha256(content).hexdigest(), content),)


def goes_to_calendar(person: Person, arguments: Mapping[str, Any]) -> bool:
    """Tell whether a digest is a clerk's first of the week."""
    return person.post == "clerk" and bool(arguments.get("weekly"))


def _entry(letter: Letter, now: datetime, domain: str) -> icalendar.Event:
    text, event = words("calendar"), icalendar.Event()
    event.add("uid", f"{letter.number}@{domain}")
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()) // 60)  # the newer file wins, whatever moved between the two
    event.add("dtstart", letter.work_by)
    event.add("dtend", letter.work_by + A_DAY)
    event.add("summary", text["event"].format(number=letter.number))
    event.add("description", text["due"].format(due_on=short_day(letter.due_on)))
    event.add("transp", "TRANSPARENT")
    return event
