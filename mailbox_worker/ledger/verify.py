"""Prove the event chain: every entry in its place, nothing changed, nothing missing.

Receives a ledger; hands on a Verdict with every problem found. Changes nothing.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, String, select, type_coerce

from mailbox_worker.ledger.chain import GENESIS, data_digest, event_hash
from mailbox_worker.ledger.store import Ledger
from mailbox_worker.ledger.tables import event_data, events, heads, letters

NUMBER = re.compile(r"(?P<year>\d{4})-(?P<serial>\d{6,})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `tenday mail verify` says; `head` is the hash of the last entry."""

    ok: bool
    entries: int
    head: str
    problems: tuple[str, ...]


def verify(ledger: Ledger) -> Verdict:
    """Walk the chain from the first entry to the head."""
    with ledger.read() as connection:
        problems, entries, last, head = _walk(connection)
        heads_row = connection.execute(select(heads)).one_or_none()
        if heads_row is None:
            problems.append("the heads row is missing: nothing says where the chain ends")
        else:
            problems += _end(heads_row, last, head) + _numbers(connection, heads_row.numbers)
    return Verdict(not problems, entries, head, tuple(problems))


def _walk(connection: Connection) -> tuple[list[str], int, int, str]:
    """Give the problems, how many entries there are, the last one's place and its hash."""
    problems: list[str] = []
    entries, seq, prev = 0, 0, GENESIS
    columns = (events.c.seq, events.c.kind, events.c.letter, events.c.digest, events.c.prev, events.c.hash)
    at = type_coerce(events.c.at, String).label("at")  # as it stands: a changed time need not be one
    rows = connection.execute(
        select(*columns, at, event_data.c.salt, event_data.c.by, event_data.c.data)
        .select_from(events.outerjoin(event_data, events.c.seq == event_data.c.seq))
        .order_by(events.c.seq)
    )
    for row in rows:
        entries, seq = entries + 1, seq + 1
        if row.seq != seq:
            problems.append(f"entry {seq} is missing; the next one is {row.seq}")
            seq = row.seq
        if row.prev != prev:
            problems.append(f"entry {row.seq} does not follow the entry before it")
        if event_hash(row.seq, row.at, row.kind, row.letter, row.digest, row.prev) != row.hash:
            problems.append(f"entry {row.seq} was changed")
        if row.salt is None:
            problems.append(f"entry {row.seq} has lost its data")
        elif data_digest(row.salt, row.by, row.data) != row.digest:
            problems.append(f"the data of entry {row.seq} was changed")
        prev = row.hash
    return problems, entries, seq, prev


def _end(heads_row: Row[Any], last: int, head: str) -> list[str]:
    if (heads_row.seq, heads_row.hash) == (last, head):
        return []
    if heads_row.seq == last:
        return [f"the heads row does not name entry {last} as it stands"]
    return [f"the chain ends at entry {last}, the heads row says {heads_row.seq}: entries were cut off or slipped in"]


def _numbers(connection: Connection, given: dict[str, int]) -> list[str]:
    """Compare the numbers given with the letters that are there: 1 to n of each year, none missing."""
    problems: list[str] = []
    found: dict[str, list[int]] = {year: [] for year in given}
    for number in connection.execute(select(letters.c.number)).scalars():
        written = NUMBER.fullmatch(number)
        if written is None:
            problems.append(f"{number} is no letter number")
        else:
            found.setdefault(written["year"], []).append(int(written["serial"]))
    return problems + [
        f"the letters of {year} are not numbered 1 to {given.get(year, 0)} without a gap"
        for year, serials in sorted(found.items())
        if sorted(serials) != list(range(1, given.get(year, 0) + 1))
    ]
