"""Arrived mail in the ledger: bytes and place first, what it is later."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrival_bytes, arrivals, places


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies on the server."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


def log_arrival(writer: Writer, place: Place, internaldate: datetime, raw: bytes) -> bool:
    """Log a mail's bytes and place; gives False when these bytes of this time are logged already (F02)."""
    digest = hashlib.sha256(raw).hexdigest()
    same = select(arrivals.c.id).where(arrivals.c.sha256 == digest, arrivals.c.internaldate == internaldate)
    known = writer.connection.execute(same).scalar_one_or_none()
    arrival = known
    if arrival is None:
        values = {"sha256": digest, "internaldate": internaldate, "size": len(raw), "logged_at": writer.now}
        made = writer.connection.execute(insert(arrivals).values(**values, attempts=0, quarantined=False))
        arrival = int(made.inserted_primary_key[0])  # type: ignore[index]  # an INSERT of one row has one
        writer.connection.execute(insert(arrival_bytes).values(arrival=arrival, part=0, bytes=raw))
    _add_place(writer, int(arrival), place)
    return known is None


def _add_place(writer: Writer, arrival: int, place: Place) -> None:
    columns = {
        "arrival": arrival,
        "account": place.account,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": place.uid,
    }
    found = writer.connection.execute(select(places.c.id).filter_by(**columns)).first()
    if found is None:
        writer.connection.execute(insert(places).values(**columns, seen_at=writer.now))


def known_places(connection: Connection, account: str, folder: str, uidvalidity: int) -> dict[int, Row[Any]]:
    """Give, by UID, the newest arrival that lay in a folder: its id, size, internal date, and whether it is settled."""
    query = (
        select(places.c.uid, arrivals.c.id, arrivals.c.size, arrivals.c.internaldate, arrivals.c.filed_at)
        .add_columns(arrivals.c.disposition, arrivals.c.quarantined)
        .join(arrivals, places.c.arrival == arrivals.c.id)
        .where(places.c.account == account, places.c.folder == folder, places.c.uidvalidity == uidvalidity)
        .order_by(places.c.id)
    )
    return {row.uid: row for row in connection.execute(query)}


def unsorted(connection: Connection) -> Sequence[Row[int, int]]:
    """List arrivals that nobody has decided about, oldest first: id and attempts."""
    query = select(arrivals.c.id, arrivals.c.attempts)
    query = query.where(arrivals.c.disposition.is_(None), arrivals.c.quarantined.is_(False)).order_by(arrivals.c.id)
    return connection.execute(query).all()


def raw_of(connection: Connection, arrival: int) -> bytes:
    """Give a mail's bytes; empty when they have been dropped."""
    query = select(arrival_bytes.c.bytes).where(arrival_bytes.c.arrival == arrival).order_by(arrival_bytes.c.part)
    return b"".join(connection.execute(query).scalars())


def drop_bytes(writer: Writer, arrival: int) -> None:
    """Drop the bytes of a settled staff mail or own copy: they hold tokens and codes; the digest stays."""
    writer.connection.execute(delete(arrival_bytes).where(arrival_bytes.c.arrival == arrival))


def change_arrivals(writer: Writer, ids: Collection[int], **values: Any) -> None:
    """Set columns of arrivals."""
    writer.connection.execute(update(arrivals).where(arrivals.c.id.in_(list(ids))).values(**values))


def count_attempt(writer: Writer, ids: Collection[int]) -> None:
    """Count one more attempt at reading, committed before the attempt."""
    writer.connection.execute(
        update(arrivals).where(arrivals.c.id.in_(list(ids))).values(attempts=arrivals.c.attempts + 1)
    )
