"""What search engines and other programs read: the office, its events and its data sets as schema.org describes them.

Receives the Site; hands on plain values for JSON-LD. Says nothing that the page does not say.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bureau.sheet import Hours
from generator.days_shown import Standing
from generator.series import Series
from generator.site import Site

CONTEXT = "https://schema.org"
SCHEDULED = "https://schema.org/EventScheduled"
CANCELLED = "https://schema.org/EventCancelled"


def office_data(site: Site) -> dict[str, Any]:
    """Describe the office: where it is, and when and how it can be reached."""
    hours = site.office.office_hours
    return {
        "@context": CONTEXT,
        "@type": "GovernmentOffice",
        "name": site.office.name,
        "url": site.office.origin,
        "email": site.office.mailbox,
        "telephone": site.office.phone,
        "address": site.office.postal_address,
        "openingHours": f"Mo-Fr {hours.start:%H:%M}-{hours.end:%H:%M}",
    }


def hotline_events(site: Site) -> dict[str, Any]:
    """List the hotline days to come whose date is settled."""
    name = f"{site.office.name}领导干部投诉热线接听日"
    place = {"@type": "VirtualLocation", "url": f"tel:{site.hotline.rule.number.replace(' ', '')}"}
    return _graph(
        _event(site, name, turn.day, site.hotline.rule.hours, place, called_off=turn.cancelled is not None)
        for turn in site.hotline.named
        if turn.standing is not Standing.PAST
    )


def reception_events(site: Site) -> dict[str, Any]:
    """List the office's reception days to come whose date is settled."""
    plan, receptions = site.reception, site.content.receptions
    if plan is None or receptions is None:
        return _graph([])
    place = {"@type": "Place", "name": plan.rule.place, "address": site.office.postal_address}
    name = f"{site.office.name}{receptions.title}"
    days = (day.day for day in plan.days if day.day >= site.today and not day.provisional)
    return _graph(_event(site, name, day, plan.rule.hours, place) for day in days)


def data_set(site: Site, series: Series) -> dict[str, Any]:
    """Describe one series of published figures."""
    latest, first = series.latest, series.entries[0]
    since = first.figure.since or first.as_of
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": series.title,
        "description": f"{latest.figure.definition}。来源：{latest.figure.source or latest.set.source}",
        "url": f"{site.office.origin}statistics/{series.path}/",
        "creator": {"@type": "GovernmentOrganization", "name": site.office.name},
        "temporalCoverage": since if since == latest.as_of else f"{since}/{latest.as_of}",
        "variableMeasured": {"@type": "PropertyValue", "name": series.title, "unitText": latest.figure.unit},
        "isAccessibleForFree": True,
    }


def _graph(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"@context": CONTEXT, "@graph": list(items)}


def _event(
    site: Site, name: str, day: date, hours: Hours, place: dict[str, str], *, called_off: bool = False
) -> dict[str, Any]:
    zone = site.office.time_zone
    return {
        "@type": "Event",
        "name": name,
        "startDate": datetime.combine(day, hours.start, zone).isoformat(),
        "endDate": datetime.combine(day, hours.end, zone).isoformat(),
        "eventStatus": CANCELLED if called_off else SCHEDULED,
        "location": place,
        "organizer": {"@type": "GovernmentOrganization", "name": site.office.name, "url": site.office.origin},
    }
