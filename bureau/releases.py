"""When figures will be published, and how old the worker's figures may be before readers are told.

Receives content/releases.yml. A date that was announced is never silently moved: the change stands beside it, with its
reason.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from bureau.sheet import Id, Sheet, Text


class ReleaseChange(Sheet):
    """The announced date was another one until this day."""

    on: date
    was: date
    why: Text


class ReleaseCancelled(Sheet):
    """The release will not take place."""

    on: date
    why: Text


class Release(Sheet):
    """One announced publication; `figures` names the set once it is out, `published` the day on which it came out."""

    id: Id
    title: Text
    announced: date
    due: date
    published: date | None = None
    figures: Id | None = None
    changes: tuple[ReleaseChange, ...] = ()
    cancelled: ReleaseCancelled | None = None


class Releases(Sheet):
    """All of content/releases.yml; the worker's figures are published at least every `mailbox_figures_days` days."""

    mailbox_figures_days: Annotated[int, Field(ge=1, le=366)]
    responsible: Text
    releases: tuple[Release, ...] = ()
