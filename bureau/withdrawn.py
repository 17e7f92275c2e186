"""What was published once and is no more: pages taken down and calendar entries called off, each with its reason.

Receives content/withdrawn.yml. Nothing that the office published vanishes without a word: a page leaves a note at its
address, an entry stays in people's calendars as cancelled (RFC 5545 knows no deletion).
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from bureau.sheet import Sheet, Text

SitePath = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*/?$")]


class WithdrawnPage(Sheet):
    """An address below the site's root, such as notices/hotline-2026/ or calendars/insurers/demo-life.ics."""

    path: SitePath
    on: date
    why: Text


class WithdrawnEntry(Sheet):
    """A calendar entry by its UID, in every calendar that held it."""

    uid: Text
    calendars: Annotated[tuple[SitePath, ...], Field(min_length=1)]
    day: date
    on: date
    why: Text


class Withdrawn(Sheet):
    """All of content/withdrawn.yml."""

    pages: tuple[WithdrawnPage, ...] = ()
    entries: tuple[WithdrawnEntry, ...] = ()
