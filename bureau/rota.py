"""Whose turn it is: an order that repeats, the swaps and exceptions that people agreed on, and why.

Receives the days on which somebody is due and the rota; hands on who it is for each of them. The same rules serve the
bureau's leaders, those of an insurer, and the clerks on duty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from bureau.sheet import Id, Sheet, Text


class Rota(Sheet):
    """Who takes turns, one a day, from the first due day on or after `start` until `until`, both included."""

    start: date
    until: date | None = None
    order: Annotated[tuple[Id, ...], Field(min_length=1)]


class Swap(Sheet):
    """Two people exchanged their days."""

    days: Annotated[tuple[date, ...], Field(min_length=2, max_length=2)]
    why: Text
    decided: date


class OneDay(Sheet):
    """Somebody took one day in place of the person whose turn it was."""

    day: date
    person: Id
    in_place_of: Id
    why: Text
    decided: date


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is responsible on a day; the last three are there when it was not that person's turn."""

    person: str
    in_place_of: str | None = None
    why: str | None = None
    decided: date | None = None


def turns(
    rotas: Sequence[Rota], days: Sequence[date], swaps: Sequence[Swap] = (), exceptions: Sequence[OneDay] = ()
) -> dict[date, Turn]:
    """Give each due day its turn. A day that no rota covers is left out: whether that is a gap, the check says.

    The days must reach far enough to hold both days of every swap that matters; `reaching` says how far.
    """
    plain = _in_order(rotas, days)
    result = {day: Turn(person) for day, person in plain.items()}
    for swap in swaps:
        one, other = swap.days
        if one in plain and other in plain:
            result[one] = Turn(plain[other], plain[one], swap.why, swap.decided)
            result[other] = Turn(plain[one], plain[other], swap.why, swap.decided)
    for change in exceptions:
        if change.day in result:
            result[change.day] = Turn(change.person, result[change.day].person, change.why, change.decided)
    return result


def reaching(last: date, swaps: Sequence[Swap]) -> date:
    """Give the day up to which due days must be known so that swaps into the future show on the days before last."""
    return max([last, *(day for swap in swaps for day in swap.days if min(swap.days) <= last)])


def _in_order(rotas: Sequence[Rota], days: Sequence[date]) -> dict[date, str]:
    plain: dict[date, str] = {}
    ordered = sorted(rotas, key=lambda rota: rota.start)
    for index, rota in enumerate(ordered):
        following = ordered[index + 1].start if index + 1 < len(ordered) else None
        covered = [
            day
            for day in sorted(days)
            if rota.start <= day
            and (rota.until is None or day <= rota.until)
            and (following is None or day < following)
        ]
        plain |= {day: rota.order[turn % len(rota.order)] for turn, day in enumerate(covered)}
    return plain
