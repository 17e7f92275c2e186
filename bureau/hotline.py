"""The hotline days of a year: which days, which hours, who answers.

Receives the rule and the rota from content/hotline.yml and the workday calendar; hands on one HotlineDay a day.
The model is the rule of 江西省保险业领导干部投诉热线接听日制度: the 5th, 15th and 25th that is a workday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from bureau.sheet import Hours, Id, Sheet, Text
from bureau.workdays import DayKind, Workdays

DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class Rota(Sheet):
    """Who answers in turn, one a hotline day, from the first hotline day on or after `start`."""

    start: date
    order: tuple[Id, ...]


class HotlineRule(Sheet):
    """The office's hotline days as data."""

    number: Text
    hours: Hours
    days_of_month: tuple[DayOfMonth, ...]
    not_a_workday: Literal["skip", "postpone"]
    rota: Rota
    source: Text


@dataclass(frozen=True, slots=True)
class HotlineDay:
    """One day on which leaders answer; `planned_for` differs from `day` only when it was postponed."""

    day: date
    planned_for: date
    answered_by: str
    provisional: bool


def hotline_days(rule: HotlineRule, workdays: Workdays, first: date, last: date) -> tuple[HotlineDay, ...]:
    """List the hotline days from first to last, both included, oldest first.

    Days before the rota's start have nobody who answers, so they are left out.
    """
    days = list(_days(rule, workdays, rule.rota.start, last))
    named = [
        HotlineDay(day, planned, rule.rota.order[turn % len(rule.rota.order)], provisional)
        for turn, (day, planned, provisional) in enumerate(days)
    ]
    return tuple(hotline_day for hotline_day in named if hotline_day.day >= first)


def _days(rule: HotlineRule, workdays: Workdays, first: date, last: date) -> Iterator[tuple[date, date, bool]]:
    planned = first
    while planned <= last:
        if planned.day in rule.days_of_month:
            day = planned
            if rule.not_a_workday == "postpone" and not workdays.counts_as_workday(planned):
                day = workdays.add_workdays(planned, 1)
            if workdays.counts_as_workday(day) and day <= last:
                yield day, planned, workdays.kind(day) is DayKind.NOT_ANNOUNCED
        planned += timedelta(days=1)
