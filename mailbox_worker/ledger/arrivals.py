"""Arrived mail in the ledger: bytes and place first, what it is later."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrival_bytes, arrivals, places

ROW = 2**20  # bytes in one row: no statement holds a whole large mail
# Built once: for a letter a dozen statements are run, and building one costs as much as running it.
SAME = select(arrivals.c.id).where(
    arrivals.c.sha256 == bindparam("sha256"),
    arrivals.c.internaldate == bindparam("at", type_=arrivals.c.internaldate.type),
)
NEW_ARRIVAL, NEW_BYTES, NEW_PLACE = insert(arrivals), insert(arrival_bytes), insert(places)
CHANGE_ONE = update(arrivals).where(arrivals.c.id == bindparam("this_one"))
FOLDERS = select(places.c.folder).where(places.c.arrival == bindparam("arrival"))
AT_ONCE = 500  # ids in one question; SQLite once took 999 parameters at most


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies on the server."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Logged:
    """The arrival that a mail is, and whether it was new."""

    arrival: int
    new: bool


def log_arrival(
    writer: Writer, place: Place, internaldate: datetime, raw: bytes | IO[bytes], claimed_size: int | None = None
) -> Logged:
    """Log a mail's bytes and place; the same bytes of the same time are one arrival, wherever they lie (F02).

    `raw` may be an open file, read from its start, for what is too large to be held in memory. `claimed_size` is the
    server's word, by default the true size.
    """
    digest, size = _digest(raw)
    known = writer.connection.execute(SAME, {"sha256": digest, "at": internaldate}).scalar_one_or_none()
    arrival = known
    if arrival is None:
        values = {"sha256": digest, "internaldate": internaldate, "size": size, "logged_at": writer.now}
        made = writer.connection.execute(NEW_ARRIVAL, {**values, "attempts": 0, "quarantined": False})
        arrival = int(made.inserted_primary_key[0])  # type: ignore[index]  # an INSERT of one row has one
        for part, piece in enumerate(_pieces(raw)):
            writer.connection.execute(NEW_BYTES, {"arrival": arrival, "part": part, "bytes": piece})
    claimed = size if claimed_size is None else claimed_size
    if known is None:
        _insert_place(writer, int(arrival), place, claimed)
    else:
        add_place(writer, int(arrival), place, claimed)
    return Logged(int(arrival), known is None)


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


def add_place(writer: Writer, arrival: int, place: Place, claimed_size: int) -> None:
    """Log that an arrival lies at a place; saying it twice says it once."""
    query = select(places.c.id).filter_by(arrival=arrival, **asdict(place))
    if writer.connection.execute(query).first() is None:
        _insert_place(writer, arrival, place, claimed_size)


def add_new_places(writer: Writer, found: Collection[tuple[int, Place, int]]) -> None:
    """Log places that the server has only just made: arrival, place and claimed size of each."""
    values = [
        {"arrival": arrival, **asdict(place), "claimed_size": size, "seen_at": writer.now}
        for arrival, place, size in found
    ]
    if values:
        writer.connection.execute(insert(places), values)


def _insert_place(writer: Writer, arrival: int, place: Place, claimed_size: int) -> None:
    values = {"arrival": arrival, **asdict(place), "claimed_size": claimed_size, "seen_at": writer.now}
    writer.connection.execute(NEW_PLACE, values)


def known_places(
    connection: Connection, account: str, folder: str, uidvalidity: int, uids: Collection[int]
) -> dict[int, Row[Any]]:
    """Give, for those of these UIDs that are known, the newest arrival that lay there: what identifies it."""
    known: dict[int, Row[Any]] = {}
    wanted = sorted(uids)
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(places.c.uid, places.c.claimed_size, arrivals.c.id, arrivals.c.internaldate, arrivals.c.message_id)
            .join(arrivals, places.c.arrival == arrivals.c.id)
            .where(places.c.account == account, places.c.folder == folder, places.c.uidvalidity == uidvalidity)
            .where(places.c.uid.in_(wanted[start : start + AT_ONCE]))
            .order_by(places.c.id)
        )
        known |= {row.uid: row for row in connection.execute(query)}
    return known


def settled(connection: Connection, ids: Collection[int]) -> set[int]:
    """Tell which of these arrivals have a disposition or are in quarantine."""
    found: set[int] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        query = select(arrivals.c.id).where(arrivals.c.id.in_(wanted[start : start + AT_ONCE]))
        query = query.where(arrivals.c.disposition.is_not(None) | arrivals.c.quarantined)
        found |= set(connection.execute(query).scalars())
    return found


def not_filed(connection: Connection, ids: Collection[int]) -> set[int]:
    """Tell which of these arrivals are not yet known to have left the inbox."""
    found: set[int] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        query = select(arrivals.c.id).where(arrivals.c.id.in_(wanted[start : start + AT_ONCE]))
        found |= set(connection.execute(query.where(arrivals.c.filed_at.is_(None))).scalars())
    return found


def claimed_sizes(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Give what the server said last of the size of each of these arrivals."""
    found: dict[int, int] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        query = select(places.c.arrival, places.c.claimed_size).order_by(places.c.id)
        rows = connection.execute(query.where(places.c.arrival.in_(wanted[start : start + AT_ONCE])))
        found |= {row.arrival: row.claimed_size for row in rows}
    return found


def folders_of(connection: Connection, arrival: int) -> set[str]:
    """Name the folders in which a mail was found."""
    return set(connection.execute(FOLDERS, {"arrival": arrival}).scalars())


def unsorted(connection: Connection) -> Sequence[Row[int, int]]:
    """List arrivals that nobody has decided about, oldest first: id and attempts."""
    query = select(arrivals.c.id, arrivals.c.attempts)
    query = query.where(arrivals.c.disposition.is_(None), arrivals.c.quarantined.is_(False)).order_by(arrivals.c.id)
    return connection.execute(query).all()


def raw_of(connection: Connection, arrival: int, parts: int | None = None) -> bytes:
    """Give a mail's bytes, or its first `parts` rows; empty when they have been dropped."""
    query = select(arrival_bytes.c.bytes).where(arrival_bytes.c.arrival == arrival).order_by(arrival_bytes.c.part)
    return b"".join(connection.execute(query.limit(parts)).scalars())


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
