"""Ids and references, the same everywhere: no id twice, no reference to nowhere."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from bureau.faults import Fault
from bureau.source import Loc, Source

T = TypeVar("T")


def doubles(
    source: Source, where: Loc, records: Iterable[T], key: Callable[[T], object], field: str | None = "id"
) -> list[Fault]:
    """Find records whose key was there before; `where` is the list that holds them, `field` what in them is the key."""
    seen: set[object] = set()
    faults = []
    for index, record in enumerate(records):
        if key(record) in seen:
            place = (*where, index) if field is None else (*where, index, field)
            faults.append(source.fault(place, "duplicate_id", found=key(record)))
        seen.add(key(record))
    return faults


def strangers(source: Source, where: Loc, named: Iterable[str], known: Collection[str], home: str) -> list[Fault]:
    """Find the entries of a list of ids that are not known; home is the file where they should stand."""
    return [
        source.fault((*where, index), "unknown_reference", found=name, where=home)
        for index, name in enumerate(named)
        if name not in known
    ]


def stranger(source: Source, where: Loc, name: str | None, known: Collection[str], home: str) -> list[Fault]:
    """Find out whether one id is not known; None names nobody."""
    if name is None or name in known:
        return []
    return [source.fault(where, "unknown_reference", found=name, where=home)]


def backwards(source: Source, where: Loc, first: object, last: object) -> list[Fault]:
    """Find out whether a span ends before it begins; works for anything that sorts, None being open."""
    if first is None or last is None or first <= last:  # type: ignore[operator] # days with days, texts with texts
        return []
    return [source.fault(where, "ends_before", found=last, first=first)]
