"""Arrived mail in the ledger: its bytes first, what it is later; where it lies, places.py keeps.

Who asks about many mails asks slice by slice: one question names some hundred of them at most (SQLite once took 999).
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from mailbox_worker.ledger.places import Place, add_new_places, add_place
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrival_bytes, arrivals

ROW = 2**20  # bytes in one row: no statement holds a whole large mail
READABLE = 24  # rows that are read of a mail: reading costs some times its input in memory
# Built once: building a statement costs as much as running it.
NEW_ARRIVALS = insert(arrivals).returning(arrivals.c.id, sort_by_parameter_order=True)
NEW_BYTES = insert(arrival_bytes)
CHANGE_ONE = update(arrivals).where(arrivals.c.id == bindparam("this_one"))


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as it was fetched. claimed_size is the server's word, in bytes; None stands for the true size.

    content may be an open file, read from its start, for what is too large to be held in memory.
    """

    place: Place
    internaldate: datetime
    content: bytes | IO[bytes]
    claimed_size: int | None = None


def log_arrivals(writer: Writer, mails: Sequence[Found]) -> list[int]:
    """Log bytes and place of some mails with a handful of statements; gives the arrival of each, in their order.

    The same bytes of the same time are one arrival, wherever they lie (F02).
    """
    digests = [_digest(mail.content) for mail in mails]
    identities = [(sha256, mail.internaldate) for mail, (sha256, _) in zip(mails, digests, strict=True)]
    known = _known_identities(writer.connection, [sha256 for sha256, _ in digests])
    new: dict[tuple[str, datetime], tuple[Found, int]] = {}
    for mail, identity, (_, size) in zip(mails, identities, digests, strict=True):
        if identity not in known:
            new.setdefault(identity, (mail, size))
    ids = known | _insert_arrivals(writer, new)
    fresh: list[tuple[int, Place, int]] = []
    for mail, identity, (_, size) in zip(mails, identities, digests, strict=True):
        claimed = size if mail.claimed_size is None else mail.claimed_size
        if identity in known:
            add_place(writer, ids[identity], mail.place, claimed)
        else:
            fresh.append((ids[identity], mail.place, claimed))
    add_new_places(writer, fresh)
    return [ids[identity] for identity in identities]


def _known_identities(connection: Connection, digests: Sequence[str]) -> dict[tuple[str, datetime], int]:
    query = select(arrivals.c.id, arrivals.c.sha256, arrivals.c.internaldate).where(arrivals.c.sha256.in_(digests))
    return {(row.sha256, row.internaldate): row.id for row in connection.execute(query)}


def _insert_arrivals(
    writer: Writer, new: dict[tuple[str, datetime], tuple[Found, int]]
) -> dict[tuple[str, datetime], int]:
    if not new:
        return {}
    rows = [
        {"sha256": sha256, "internaldate": at, "size": size, "logged_at": writer.now, "attempts": 0}
        for (sha256, at), (_, size) in new.items()
    ]
    made = writer.connection.execute(NEW_ARRIVALS, [{**row, "quarantined": False} for row in rows]).scalars()
    ids = dict(zip(new, made, strict=True))
    small: list[dict[str, Any]] = []
    for identity, (mail, _) in new.items():
        parts = ({"arrival": ids[identity], "part": n, "bytes": p} for n, p in enumerate(_pieces(mail.content)))
        if isinstance(mail.content, bytes):
            small += parts
        else:  # a file, because it does not fit in memory whole
            for part in parts:
                writer.connection.execute(NEW_BYTES, part)
    if small:
        writer.connection.execute(NEW_BYTES, small)
    return ids


def _digest(raw: bytes | IO[bytes]) -> tuple[str, int]:
    if isinstance(raw, bytes):
        return hashlib.sha256(raw).hexdigest(), len(raw)
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(raw):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(raw: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(raw, bytes):
        yield from (raw[start : start + ROW] for start in range(0, max(len(raw), 1), ROW))
        return
    raw.seek(0)
    while piece := raw.read(ROW):
        yield piece


def settled(connection: Connection, ids: Collection[int]) -> set[int]:
    """Tell which of these arrivals have a disposition or are in quarantine."""
    query = select(arrivals.c.id).where(arrivals.c.id.in_(list(ids)))
    query = query.where(arrivals.c.disposition.is_not(None) | arrivals.c.quarantined)
    return set(connection.execute(query).scalars())


def not_filed(connection: Connection, ids: Collection[int]) -> set[int]:
    """Tell which of these arrivals are not yet known to have left the inbox."""
    query = select(arrivals.c.id).where(arrivals.c.id.in_(list(ids)), arrivals.c.filed_at.is_(None))
    return set(connection.execute(query).scalars())


def unsorted(connection: Connection) -> Sequence[Row[int, int, int]]:
    """List arrivals that nobody has decided about, oldest first: id, attempts, size in bytes."""
    query = select(arrivals.c.id, arrivals.c.attempts, arrivals.c.size)
    query = query.where(arrivals.c.disposition.is_(None), arrivals.c.quarantined.is_(False)).order_by(arrivals.c.id)
    return connection.execute(query).all()


def rows_of(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Give the rows of these arrivals, in the order of logging."""
    return connection.execute(select(arrivals).where(arrivals.c.id.in_(list(ids))).order_by(arrivals.c.id)).all()


def raw_of(connection: Connection, arrival: int) -> bytes:
    """Give what is read of a mail's bytes; empty when they have been dropped."""
    return readable_of(connection, [arrival])[arrival]


def readable_of(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """Give of each of these mails what is read of it: all, or of a huge one the first READABLE rows.

    The caller sees to it that together they fit in memory.
    """
    query = select(arrival_bytes.c.arrival, arrival_bytes.c.bytes)
    query = query.where(arrival_bytes.c.arrival.in_(list(ids)), arrival_bytes.c.part < READABLE)
    pieces: dict[int, list[bytes]] = {arrival: [] for arrival in ids}
    for row in connection.execute(query.order_by(arrival_bytes.c.arrival, arrival_bytes.c.part)):
        pieces[row.arrival].append(row.bytes)
    return {arrival: b"".join(each) for arrival, each in pieces.items()}


def size_of(connection: Connection, arrival: int) -> int:
    """Give how many bytes a mail has on its server."""
    return int(connection.execute(select(arrivals.c.size).where(arrivals.c.id == arrival)).scalar_one())


def drop_bytes(writer: Writer, arrival: int) -> None:
    """Drop the bytes of a settled staff mail or own copy: they hold tokens and codes; the digest stays."""
    writer.connection.execute(delete(arrival_bytes).where(arrival_bytes.c.arrival == arrival))


def change_arrivals(writer: Writer, ids: Collection[int], **values: Any) -> None:
    """Set columns of arrivals."""
    if len(ids) == 1:
        writer.connection.execute(CHANGE_ONE, {"this_one": next(iter(ids)), **values})
        return
    writer.connection.execute(update(arrivals).where(arrivals.c.id.in_(list(ids))).values(**values))


def count_attempt(writer: Writer, ids: Collection[int], by: int = 1) -> None:
    """Count one more attempt at reading, committed before the attempt; -1 takes one back."""
    writer.connection.execute(
        update(arrivals).where(arrivals.c.id.in_(list(ids))).values(attempts=arrivals.c.attempts + by)
    )
