"""Where arrived mails lie on the server: one mail may have several places, and a number may be given twice.

As with arrivals, one question names some hundred mails at most.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, places

NEW_PLACES = insert(places)  # built once: building a statement costs as much as running it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies on the server."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


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
    query = (
        select(places.c.uid, places.c.claimed_size, arrivals.c.id, arrivals.c.internaldate, arrivals.c.message_id)
        .join(arrivals, places.c.arrival == arrivals.c.id)
        .where(places.c.account == account, places.c.folder == folder, places.c.uidvalidity == uidvalidity)
        .where(places.c.uid.in_(list(uids)))
        .order_by(places.c.id)
    )
    known: dict[int, Row[Any]] = {}
    known |= {row.uid: row for row in connection.execute(query)}
    return known


def claimed_sizes(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Give what the server said last of the size of each of these arrivals."""
    query = select(places.c.arrival, places.c.claimed_size).where(places.c.arrival.in_(list(ids)))
    return {row.arrival: row.claimed_size for row in connection.execute(query.order_by(places.c.id))}


def folders_of(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """Name the folders in which each of these mails was found."""
    found: dict[int, set[str]] = {arrival: set() for arrival in ids}
    query = select(places.c.arrival, places.c.folder).where(places.c.arrival.in_(list(ids)))
    for row in connection.execute(query):
        found[row.arrival].add(row.folder)
    return found
