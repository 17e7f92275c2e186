"""Rotas: who takes a day must be there to take it, and no day may be nobody's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bureau.checks.ids import backwards, stranger, strangers
from bureau.faults import Fault
from bureau.rota import OneDay, Rota, Swap, turns
from bureau.source import Loc, Source


class Shared(Protocol):
    """What every rota has besides its order."""

    @property
    def swaps(self) -> tuple[Swap, ...]: ...  # noqa: D102 - see Swap
    @property
    def exceptions(self) -> tuple[OneDay, ...]: ...  # noqa: D102 - see OneDay


def check_order(source: Source, where: Loc, rota: Rota, known: Collection[str], home: str) -> list[Fault]:
    """Check one rota: known people, a span that ends after it begins."""
    faults = strangers(source, (*where, "order"), rota.order, known, home)
    return faults + backwards(source, (*where, "until"), rota.start, rota.until)


def check_gaps(source: Source, where: Loc, rotas: Sequence[Rota], days: Sequence[date]) -> list[Fault]:
    """Find due days since the first rota began that no rota covers: between two, or after one that has no successor."""
    first = min(rota.start for rota in rotas)
    covered = turns(rotas, days)
    gaps = [day for day in days if day >= first and day not in covered]
    return [source.fault(where, "rota_gap", found=day) for day in gaps]


@dataclass(frozen=True, slots=True)
class Plan:
    """What swaps and exceptions are checked against: the rotas, the due days, and who may take turns."""

    rotas: Sequence[Rota]
    days: Sequence[date]
    known: Collection[str]
    home: str  # the file where the people stand


def check_changes(source: Source, where: Loc, shared: Shared, plan: Plan) -> list[Fault]:
    """Check swaps and exceptions: each on a due day, by known people, and in place of whoever's turn it was."""
    taken = turns(plan.rotas, plan.days, shared.swaps)
    faults = []
    for index, swap in enumerate(shared.swaps):
        for turn, day in enumerate(swap.days):
            if day not in taken:
                faults.append(source.fault((*where, "swaps", index, "days", turn), "no_due_day", found=day))
        if swap.days[0] == swap.days[1]:
            faults.append(source.fault((*where, "swaps", index, "days"), "swap_with_itself", found=swap.days[0]))
    for index, change in enumerate(shared.exceptions):
        place = (*where, "exceptions", index)
        faults += stranger(source, (*place, "person"), change.person, plan.known, plan.home)
        planned = taken.get(change.day)
        if planned is None:
            faults.append(source.fault((*place, "day"), "no_due_day", found=change.day))
        elif planned.person != change.in_place_of:
            facts = {"found": change.in_place_of, "day": change.day, "expected": planned.person}
            faults.append(source.fault((*place, "in_place_of"), "not_their_turn", **facts))
    return faults


def known_until(years: Collection[int]) -> date | None:
    """Give the last day of the announced years, up to which days of a rota can be checked at all."""
    return date(max(years), 12, 31) if years else None
