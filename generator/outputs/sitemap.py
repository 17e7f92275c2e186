"""The sitemap, with the content's own dates.

The renderer would stamp every page with the day of the build, which an official site must not pass off as a date of
its content; so this file is put in place after the renderer has run. A page whose content has no date gets none.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import jinja2

from bureau.notices import Notice
from generator.series import Series
from generator.site import Site
from generator.subscriptions.corrections import corrections
from generator.subscriptions.items import last_day


def render(site: Site, templates: jinja2.Environment, files: Sequence[str]) -> Mapping[str, bytes]:
    """List every page."""
    places = sorted(_place(name) for name in files if name.endswith(".md"))
    text = templates.get_template("sitemap.xml").render(site=site, places=places, dates=_dates(site))
    return {"sitemap.xml": text.encode()}


def _dates(site: Site) -> dict[str, date]:
    """Give the day of the last change by the page's address: of notices, series, and the lists of what has dates."""
    told = {f"notices/{notice.id}/": _of_notice(notice) for notice in site.notices}
    told["notices/"] = [day for days in told.values() for day in days]
    told |= {f"statistics/{series.path}/": _of_series(series) for series in site.series}
    told["corrections/"] = [one.on for one in corrections(site.content, site.today)]
    happened = {place: [day for day in days if day <= site.today] for place, days in told.items()}
    return {place: max(days) for place, days in happened.items() if days}


def _of_notice(notice: Notice) -> list[date]:
    cancelled = [notice.cancelled.on] if notice.cancelled else []
    return [notice.published, *(change.on for change in notice.changes), *cancelled]


def _of_series(series: Series) -> list[date]:
    revised = (revision.on for entry in series.entries for revision in entry.figure.revisions)
    return [*(last_day(entry.as_of) for entry in series.entries), *revised]


def _place(page: str) -> str:
    stem = page.removesuffix(".md")
    return stem.removesuffix("index") if stem.rpartition("/")[2] == "index" else f"{stem}/"
