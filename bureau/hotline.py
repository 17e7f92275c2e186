"""The hotline days of a year: which days, which hours, which numbers, who answers.

Receives the rule and the rota from content/hotline.yml and the workday calendar; hands on one HotlineDay a day.
The model is the rule of 江西省保险业领导干部投诉热线接听日制度: the 5th, 15th and 25th that is a workday. Who answers a
call is responsible for it to the end (谁接听、谁负责).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from bureau.rota import OneDay, Rota, Swap, reaching, turns
from bureau.sheet import Hours, Phone, Sheet, Text
from bureau.workdays import Workdays

DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class Cancelled(Sheet):
    """A hotline day that was called off; whose turn it was has had it."""

    day: date
    why: Text
    decided: date


class HotlineRule(Sheet):
    """The office's hotline days as data; rotas that ended stand in `earlier_rotas`."""

    number: Phone
    hours: Hours
    days_of_month: Annotated[tuple[DayOfMonth, ...], Field(min_length=1)]
    not_a_workday: Literal["skip", "postpone"]
    rota: Rota
    earlier_rotas: tuple[Rota, ...] = ()
    swaps: tuple[Swap, ...] = ()
    exceptions: tuple[OneDay, ...] = ()
    cancelled: tuple[Cancelled, ...] = ()
    source: Text

    @property
    def rotas(self) -> tuple[Rota, ...]:
        """All rotas, the present one last."""
        return (*self.earlier_rotas, self.rota)


@dataclass(frozen=True, slots=True)
class HotlineDay:
    """One day on which leaders answer; `planned_for` differs from `day` only when it was postponed.

    `in_place_of`, `why` and `decided` tell of a swap or an exception.
    """

    day: date
    planned_for: date
    answered_by: str
    provisional: bool
    in_place_of: str | None = None
    why: str | None = None
    decided: date | None = None
    table: str = ""  # version of the workday table it was reckoned with


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day that the rule makes a hotline day, whoever answers."""

    day: date
    planned_for: date
    provisional: bool
    table: str  # version of the workday table it was reckoned with


def hotline_days(rule: HotlineRule, workdays: Workdays, first: date, last: date) -> tuple[HotlineDay, ...]:
    """List the hotline days from first to last, both included, oldest first.

    Days that nobody's rota covers and days called off are left out.
    """
    until = reaching(last, rule.swaps)
    due = due_days(rule, workdays, min(rota.start for rota in rule.rotas), until)
    taken = turns(rule.rotas, [one.day for one in due], rule.swaps, rule.exceptions)
    off = {one.day for one in rule.cancelled}
    return tuple(
        HotlineDay(
            day=one.day,
            planned_for=one.planned_for,
            answered_by=taken[one.day].person,
            provisional=one.provisional,
            in_place_of=taken[one.day].in_place_of,
            why=taken[one.day].why,
            decided=taken[one.day].decided,
            table=one.table,
        )
        for one in due
        if first <= one.day <= last and one.day in taken and one.day not in off
    )


def due_days(rule: HotlineRule, workdays: Workdays, first: date, last: date) -> tuple[DueDay, ...]:
    """List the days that the rule makes hotline days from first to last, both included, oldest first.

    Two days postponed to the same workday are held once.
    """
    found: dict[date, DueDay] = {}
    for one in _days(rule, workdays, first, last):
        found.setdefault(one.day, one)
    return tuple(found[day] for day in sorted(found))


def _days(rule: HotlineRule, workdays: Workdays, first: date, last: date) -> Iterator[DueDay]:
    planned = first
    while planned <= last:
        if planned.day in rule.days_of_month:
            day = planned
            if rule.not_a_workday == "postpone" and not workdays.counts_as_workday(planned):
                day = workdays.add_workdays(planned, 1)
            if workdays.counts_as_workday(day) and day <= last:
                yield DueDay(day, planned, workdays.provisional(planned, day), workdays.version)
        planned += timedelta(days=1)
