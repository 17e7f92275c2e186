"""The rows of each table, as mappings from field to value; None is an empty cell.

A notice's body, and everything private that content never holds, is not here: what a table may show, the catalog says.
"""

from datetime import date, time
from decimal import Decimal
from typing import Any

from bureau.content import Content
from bureau.figures import FigureSet
from bureau.roster import Answerer, RosterDay
from bureau.sheet import Sheet
from generator.subscriptions.corrections import corrections
from generator.subscriptions.hotline_days import certain_days
from generator.subscriptions.receptions import certain_receptions

Row = dict[str, str | int | Decimal | bool | date | time | None]
BUREAU = "bureau"


def every_table(content: Content, today: date) -> dict[str, list[Row]]:
    """Give the rows of each table by its name in the catalog."""
    every = (*content.published, *content.figures)
    return {
        "hotline-days": [_hotline_day(day, one) for day in certain_days(content, today) for one in day.answerers],
        "reception-days": _receptions(content),
        "insurers": [
            _same(one, "id", "name", "short", "line", "number", "invented")
            | {"general_manager": one.leader(one.general_manager).name}
            for one in content.insurers
        ],
        "branches": [
            _same(branch, "id", "name", "place", "address", "phone") | {"insurer": one.id}
            for one in content.insurers
            for branch in one.branches
        ],
        "places": [_same(place, "id", "name", "kind", "within") for place in content.places],
        "notices": _notices(content),
        "figures": [row for figures in every for row in _figures(figures)],
        "figure-points": [row for figures in every for row in _points(figures)],
        "corrections": [
            {name: getattr(one, name) for name in ("id", "on", "kind", "title", "old", "new", "why")}
            | {"detail": one.detail or None}
            for one in corrections(content, today)
        ],
        "releases": [
            _same(one, "id", "title", "announced", "due", "published")
            | {"cancelled_on": one.cancelled.on if one.cancelled else None}
            for one in (content.releases.releases if content.releases else ())
        ],
        "promises": [
            _same(one, "id", "name", "days", "counting", "in_force_from", "in_force_until", "source")
            for one in content.promises
        ],
        "days-off": _days_off(content),
    }


def _same(sheet: Sheet, *names: str) -> Row:
    return {name: getattr(sheet, name) for name in names}


def _hotline_day(day: RosterDay, one: Answerer) -> Row:
    return {
        "day": day.day,
        "insurer": one.insurer or BUREAU,
        "planned_for": day.planned_for,
        "starts": day.hours.start,
        "ends": day.hours.end,
        "organisation": one.organisation,
        "person": one.name,
        "post": one.title,
        "number": one.number,
        "changed_because": one.turn.why,
        "changed_on": one.turn.decided,
        "cancelled_because": day.cancelled.why if day.cancelled else None,
        "report": one.report.value,
        "calls": one.calls,
    }


def _receptions(content: Content) -> list[Row]:
    return [
        {
            "day": day.day,
            "body": one.insurer.id if one.insurer else BUREAU,
            "planned_for": day.planned_for,
            "starts": one.rule.hours.start,
            "ends": one.rule.hours.end,
            "place": one.rule.place,
        }
        for one in certain_receptions(content)
        for day in one.days
    ]


def _notices(content: Content) -> list[Row]:
    names = ("id", "title", "kind", "issuer", "number", "index", "dated", "published")
    return [
        _same(one, *names, "valid_from", "valid_until", "supersedes")
        | {
            "cancelled_on": one.cancelled.on if one.cancelled else None,
            "address": f"{content.office.origin}notices/{one.id}/",
        }
        for one in content.notices
    ]


def _figures(figures: FigureSet) -> list[Row]:
    names = ("id", "label", "value", "unit", "since", "at_least", "approximate", "preliminary")
    return [
        _same(one, *names, "denominator", "definition")
        | {
            "set": figures.id,
            "as_of": one.as_of or figures.as_of,
            "counted": one.rate.counted if one.rate else None,
            "of": one.rate.of if one.rate else None,
            "source": one.source or figures.source,
        }
        for one in figures.figures
    ]


def _points(figures: FigureSet) -> list[Row]:
    return [
        {"set": figures.id, "figure": one.id, "label": point.label, "value": point.value}
        for one in figures.figures
        for point in one.points
    ]


def _days_off(content: Content) -> list[Row]:
    found: dict[date, Row] = {}
    for notice in content.workday_notices:
        kinds: dict[str, Any] = {"day-off": notice.days_off, "workday": notice.workdays}
        for kind, days in kinds.items():
            for day in days:
                found[day] = {"day": day, "kind": kind, "year": notice.year, "notice": notice.notice}
    return list(found.values())
