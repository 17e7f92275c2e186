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
READABLE = 24  # rows that are read of a mail: reading costs some times its input in memory
# Built once: building a statement costs as much as running it.
NEW_ARRIVALS = insert(arrivals).returning(arrivals.c.id, sort_by_parameter_order=True)
NEW_BYTES, NEW_PLACES = insert(arrival_bytes), insert(places)
CHANGE_ONE = update(arrivals).where(arrivals.c.id == bindparam("this_one"))
AT_ONCE = 500  # ids in one question; SQLite once took 999 parameters at most


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies on the server."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as it was fetched. claimed_size is the server's word, in bytes; None stands for the true size.

    content may be an open file, read from its start, for what is too large to be held in memory.
    """

    place: Place
    internaldate: datetime
    content: bytes | IO[bytes]
    claimed_size: int | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """The arrival that a mail is, and whether it was new."""

    arrival: int
    new: bool


def log_arrivals(writer: Writer, mails: Sequence[Found]) -> list[Logged]:
    """Log bytes and place of some mails, in their order, with a handful of statements for all of them.

    The same bytes of the same time are one arrival, wherever they lie (F02).
    """
    digests = [_digest(mail.content) for mail in mails]
    identities = [(sha256, mail.internaldate) for mail, (sha256, _) in zip(mails, digests, strict=True)]
    known = _known_identities(writer.connection, [sha256 for sha256, _ in digests])
    new: dict[tuple[str, datetime], tuple[Found, int]] = {}
    for mail, identity, (_, size) in zip(mails, identities, digests, strict=True):
        if identity not in known:
            new.setdefault(identity, (mail, size))
    made = _insert_arrivals(writer, new)
    ids, logged = known | made, []
    fresh: list[tuple[int, Place, int]] = []
    for mail, identity, (_, size) in zip(mails, identities, digests, strict=True):
        claimed = size if mail.claimed_size is None else mail.claimed_size
        if identity in known:
            add_place(writer, ids[identity], mail.place, claimed)
        else:
            fresh.append((ids[identity], mail.place, claimed))
        logged.append(Logged(ids[identity], identity in new and new[identity][0] is mail))
    add_new_places(writer, fresh)
    return logged


def log_arrival(
    writer: Writer, place: Place, internaldate: datetime, raw: bytes | IO[bytes], claimed_size: int | None = None
) -> Logged:
    """Log one mail."""
    return log_arrivals(writer, [Found(place, internaldate, raw, claimed_size)])[0]


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


def add_place(writer: Writer, arrival: int, place: Place, claimed_size: int) -> None:
    """Log that an arrival lies at a place; saying it twice says it once."""
    query = select(places.c.id).filter_by(arrival=arrival, **asdict(place))
    if writer.connection.execute(query).first() is None:
        add_new_places(writer, [(arrival, place, claimed_size)])


def add_new_places(writer: Writer, found: Collection[tuple[int, Place, int]]) -> None:
    """Log places that are not in the ledger yet: arrival, place and claimed size of each."""
    values = [
        {"arrival": arrival, **asdict(place), "claimed_size": size, "seen_at": writer.now}
        for arrival, place, size in found
    ]
    if values:
        writer.connection.execute(NEW_PLACES, values)


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


def folders_of(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """Name the folders in which each of these mails was found."""
    found: dict[int, set[str]] = {arrival: set() for arrival in ids}
    query = select(places.c.arrival, places.c.folder).where(places.c.arrival.in_(list(ids)))
    for row in connection.execute(query):
        found[row.arrival].add(row.folder)
    return found


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
