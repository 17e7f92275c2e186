"""Work done away from the desk: outreach visits (下访), the clean-up of open claims, inspections.

Receives content/outreach.yml and content/campaigns.yml. Numbers that are published as figures are named by id, not
written a second time.
"""

from typing import Annotated, Literal

from pydantic import Field

from bureau.sheet import Id, MonthOrDay, Sheet, Text

Count = Annotated[int, Field(ge=0)]
FigureRef = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")]


class Visit(Sheet):
    """One or several visits as the source tells of them; `persons` were met, `cases` were taken along."""

    id: Id
    since: MonthOrDay | None = None
    as_of: MonthOrDay
    places: tuple[Id, ...] = ()
    who: Text
    times: Count = 1
    cases: Count | None = None
    persons: Count | None = None
    approximate: bool = False
    result: Text | None = None
    figures: tuple[FigureRef, ...] = ()
    source: Text


class VisitFile(Sheet):
    """The visits of content/outreach.yml."""

    visits: tuple[Visit, ...]


class Campaign(Sheet):
    """A clean-up or inspection; its numbers are the published figures named as set/figure."""

    id: Id
    kind: Literal["claims-clean-up", "inspection"]
    title: Text
    since: MonthOrDay | None = None
    as_of: MonthOrDay
    figures: Annotated[tuple[FigureRef, ...], Field(min_length=1)]
    source: Text


class CampaignFile(Sheet):
    """The campaigns of content/campaigns.yml."""

    campaigns: tuple[Campaign, ...]
