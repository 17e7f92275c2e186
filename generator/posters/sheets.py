"""What stands on the notices for the wall of each insurer's branch.

Receives Content and the day of the build; hands on one yearly notice a branch (dates, numbers, the process) and monthly
ones (names): on one sheet for both, each swap of two people would make the whole year stale. Pure.

The version is the first 16 hex digits of the SHA-256 of the notice's canonical data: equal notices have equal versions,
whoever builds them and whenever.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bureau.content import Content
from bureau.insurers import Branch, Insurer
from bureau.roster import RosterDay
from bureau.workdays import years_to_plan
from generator.subscriptions.hotline_days import certain_days, decided_on
from generator.words import catalog

DIGITS = 16


@dataclass(frozen=True, slots=True)
class Poster:
    """One notice for one wall; `facts` are all that is printed but the version and the code."""

    id: str  # such as demo-life-ruijin-2026-03
    branch: str
    period: str
    last_day: date
    facts: dict[str, Any]

    @property
    def version(self) -> str:
        """Give the version that is printed on it."""
        canonical = json.dumps(self.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]

    @property
    def path(self) -> str:
        """Give the address of the PDF below the site."""
        return f"posters/{self.branch}/{self.id}.pdf"

    def address(self, origin: str) -> str:
        """Give the address that the QR code opens: the branch's page, at this version."""
        return f"{origin}posters/{self.branch}/#v-{self.version}"


def posters(content: Content, today: date) -> tuple[Poster, ...]:
    """Decide every notice that should hang today or soon: this year's, this month's and the next month's."""
    days = certain_days(content, today)
    first = today.replace(day=1)
    months = [first, (first + timedelta(days=31)).replace(day=1)]
    made: list[Poster] = []
    for insurer in content.insurers:
        own = [day for day in days if any(one.insurer == insurer.id for one in day.answerers)]
        for branch in insurer.branches:
            for year in years_to_plan(today):  # the next year's is put up before that begins
                made += _yearly(content, insurer, branch, [day for day in own if day.day.year == year])
            for month in months:
                within = [day for day in own if (day.day.year, day.day.month) == (month.year, month.month)]
                made += _monthly(content, insurer, branch, within)
    return tuple(made)


def _yearly(content: Content, insurer: Insurer, branch: Branch, days: list[RosterDay]) -> Iterator[Poster]:
    if not days:
        return
    year = days[0].day.year
    held = [day for day in days if day.cancelled is None]
    months = []
    for month in range(1, 13):
        names = [_day(day) for day in held if day.day.month == month]
        months.append({"name": _say("month_name", month=month), "days": "、".join(names) or _say("dash")})
    paired = [months[place] for row in range(6) for place in (row, row + 6)]  # read down the left half first
    off = [day.cancelled.decided for day in days if day.cancelled]
    facts = _common(content, insurer, branch, _say("year", year=year), max((_begins(content, insurer), *off)))
    facts |= {"kind": "year", "months": paired, "hours": str(days[0].hours)}
    yield Poster(f"{branch.id}-{year}", branch.id, facts["period"], date(year, 12, 31), facts)


def _monthly(content: Content, insurer: Insurer, branch: Branch, days: list[RosterDay]) -> Iterator[Poster]:
    if not days:
        return
    year, month = days[0].day.year, days[0].day.month
    changes = [decided for day in days for decided in decided_on(content, day, frozenset({insurer.id}))]
    period = _say("month", year=year, month=month)
    facts = _common(content, insurer, branch, period, max((_begins(content, insurer), *changes)))
    rows = [{"date": _date_of(day.day), "ours": _leader(day, insurer.id), "theirs": _leader(day, None)} for day in days]
    facts |= {"kind": "month", "days": rows, "hours": str(days[0].hours)}
    last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    yield Poster(f"{branch.id}-{year}-{month:02}", branch.id, period, last, facts)


def _common(content: Content, insurer: Insurer, branch: Branch, period: str, dated: date) -> dict[str, Any]:
    office, promise = content.office, content.mailbox_promise
    numbers = [{"label": _say("company_number", name=insurer.short), "number": insurer.number}]
    if branch.phone:
        numbers.append({"label": _say("branch_number", address=branch.address), "number": branch.phone})
    numbers.append({"label": _say("bureau_number", office=office.name), "number": content.hotline.number})
    if office.phone != content.hotline.number:
        label = _say("bureau_office", office=office.name, hours=office.office_hours)
        numbers.append({"label": label, "number": office.phone})
    unit = _say(f"unit_{promise.counting}")
    letter = _say("step_letter", office=office.name, days=promise.days, unit=unit)
    return {
        "heading": _say("heading"),
        "title": _say("title", branch=branch.name, period=period),
        "period": period,
        "office": office.name,
        "office_hours": str(office.office_hours),
        "insurer": insurer.short,
        "source": content.hotline.source,
        "numbers": numbers,
        "mailbox": {"label": _say("mailbox", office=office.name), "address": office.mailbox},
        "steps": [_say("step_tell"), _say("step_record"), _say("step_answer"), letter],
        "signed": branch.name,
        "dated": _say("date", year=dated.year, month=dated.month, day=dated.day),
        "demonstration": office.demonstration,
    }


def _begins(content: Content, insurer: Insurer) -> date:
    return max(content.hotline.rota.start, insurer.rota.start)


def _day(day: RosterDay) -> str:
    if day.day == day.planned_for:
        return _say("day", day=day.day.day)
    return _say("moved_day", day=day.day.day, planned=f"{day.planned_for.month}.{day.planned_for.day}")


def _date_of(day: date) -> str:
    return _say("weekday_date", month=day.month, day=day.day, weekday=_say("weekdays")[day.weekday()])


def _leader(day: RosterDay, insurer: str | None) -> str:
    if day.cancelled:
        return _say("called_off")
    found = next((one for one in day.answerers if one.insurer == insurer), None)
    return _say("leader", name=found.name, title=found.title) if found else _say("dash")


def _say(kind: str, **facts: object) -> str:
    return catalog("posters")[kind].format(**facts)
