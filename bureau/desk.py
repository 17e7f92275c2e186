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
    days = turn_days(duty, workdays, reaching(day, duty.swaps))
    if duty.turn == "workday":
        return _latest(turns((duty.rota,), days, duty.swaps, duty.exceptions), day)
    changed = {change.day: change.person for change in duty.exceptions}
    return changed.get(day) or _latest(turns((duty.rota,), days, duty.swaps), day)


def turn_days(duty: DutyRota, workdays: Workdays, last: date) -> list[date]:
    """List the days on which a turn begins, up to last: every workday, or the first day of every week."""
    span = (duty.rota.start + timedelta(days=offset) for offset in range((last - duty.rota.start).days + 1))
    if duty.turn == "workday":
        return [day for day in span if workdays.counts_as_workday(day)]
    return [day for day in span if day.weekday() == duty.rota.start.weekday()]


def _latest(taken: dict[date, Turn], day: date) -> str | None:
    past = [one for one in taken if one <= day]
    return taken[max(past)].person if past else None
