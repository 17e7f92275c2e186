"""Prove the event chain: every entry in its place, nothing changed, nothing missing.

Receives a ledger; hands on a Verdict with every problem found. Changes nothing.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mailbox_worker.ledger.chain import GENESIS, data_digest, event_hash
from mailbox_worker.ledger.store import Ledger
from mailbox_worker.ledger.tables import event_data, events, heads, letters


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
        problems, entries, head = _walk(connection)
        problems += _numbers(connection)
    return Verdict(not problems, entries, head, tuple(problems))


def _walk(connection: Connection) -> tuple[list[str], int, str]:
    problems: list[str] = []
    seq, prev = 0, GENESIS
    rows = connection.execute(
        select(events, event_data.c.salt, event_data.c.by, event_data.c.data)
        .select_from(events.outerjoin(event_data, events.c.seq == event_data.c.seq))
        .order_by(events.c.seq)
    )
    for row in rows:
        seq += 1
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
    head = connection.execute(select(heads)).one()
    if (head.seq, head.hash) != (seq, prev):
        problems.append(f"the chain ends at entry {seq}, the heads row says {head.seq}: entries were cut off")
    return problems, seq, prev


def _numbers(connection: Connection) -> list[str]:
    """Compare the numbers given with the letters that are there: 1 to n of each year, none missing."""
    given: dict[str, int] = dict(connection.execute(select(heads.c.numbers)).scalar_one())
    found: dict[str, list[int]] = {year: [] for year in given}
    for number in connection.execute(select(letters.c.number)).scalars():
        year, serial = number.split("-")
        found.setdefault(year, []).append(int(serial))
    return [
        f"the letters of {year} are not numbered 1 to {given.get(year, 0)} without a gap"
        for year, serials in sorted(found.items())
        if sorted(serials) != list(range(1, given.get(year, 0) + 1))
    ]
