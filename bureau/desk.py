"""What clerks work with: who is on duty, ready-made sentences, and the words that make a letter urgent.

Receives content/duty.yml, snippets.yml and urgent.yml. Pure facts: when the worker acts on them is its own affair.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from bureau.office import NamedNumber
from bureau.rota import OneDay, Rota, Swap, Turn, reaching, turns
from bureau.sheet import Id, Sheet, Text
from bureau.workdays import Workdays


class DutyRota(Sheet):
    """Which clerk reads the mailbox: turns change every workday or every week (from the weekday of `start`)."""

    turn: Literal["workday", "week"]
    rota: Rota
    swaps: tuple[Swap, ...] = ()
    exceptions: tuple[OneDay, ...] = ()


class Snippet(Sheet):
    """A sentence that clerks put into drafts; without categories it is for all of them."""

    id: Id
    title: Text
    categories: tuple[Id, ...] = ()
    text: Text


class SnippetFile(Sheet):
    """The snippets of content/snippets.yml."""

    snippets: tuple[Snippet, ...]


class Urgent(Sheet):
    """What makes a letter urgent (信访工作条例第二十五条), and the numbers its acknowledgement then carries."""

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    signers: Annotated[int, Field(ge=2)]
    numbers: Annotated[tuple[NamedNumber, ...], Field(min_length=1)]
    source: Text


def clerk_on(duty: DutyRota, workdays: Workdays, day: date) -> str | None:
    """Tell which clerk is on duty on a day: on a day off, whoever had the workday before; None before the start."""
    until = reaching(day, duty.swaps)
    if duty.turn == "workday":
        days = _workdays(workdays, duty.rota.start, until)
        taken = turns((duty.rota,), days, duty.swaps, duty.exceptions)
        return _latest(taken, day)
    changed = {change.day: change.person for change in duty.exceptions}
    return changed.get(day) or _latest(turns((duty.rota,), _weeks(duty.rota.start, until), duty.swaps), day)


def _latest(taken: dict[date, Turn], day: date) -> str | None:
    past = [one for one in taken if one <= day]
    return taken[max(past)].person if past else None


def _workdays(workdays: Workdays, first: date, last: date) -> list[date]:
    span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in span if workdays.counts_as_workday(day)]


def _weeks(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]
