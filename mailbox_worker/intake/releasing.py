"""What a person decides about a mail that no rule knew, or that could not be read.

Receives an arrival's number; hands on a letter, or a mail that the next pass reads again. Refuses what is a letter
already. The date of receipt stays the first one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from mailbox_worker.desk import Desk
from mailbox_worker.intake.look_up import look_up
from mailbox_worker.intake.opened import familiar_with, open_mails
from mailbox_worker.intake.register import Sighting, register
from mailbox_worker.intake.sorting import received
from mailbox_worker.ledger.arrivals import change_arrivals
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, unread
from mailbox_worker.ledger.vocabulary import QUARANTINED, Disposition

RELEASED = "a_person_released_it"
RELEASABLE = (Disposition.TO_PERSON, Disposition.AUTOMATIC, Disposition.BOUNCE, Disposition.DUPLICATE)


class NotReleasable(Exception):  # noqa: N818 - a state of affairs, said to a person
    """This mail cannot be made a letter, or read again; the message says why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits for a person."""

    arrival: int
    reason: str
    received_at: datetime
    size: int


def waiting(desk: Desk) -> list[Waiting]:
    """List what waits for a person's decision, oldest first."""
    query = select(arrivals).where((arrivals.c.disposition == Disposition.TO_PERSON) | arrivals.c.quarantined)
    with desk.ledger.read() as connection:
        rows = connection.execute(query.order_by(arrivals.c.id)).all()
    return [
        Waiting(row.id, row.reason or row.rule or "", row.received_at or row.internaldate, row.size) for row in rows
    ]


def release(desk: Desk, arrival: int, now: datetime) -> str:
    """Make a mail a letter; gives its number. Raises NotReleasable."""
    with desk.ledger.write(now) as writer:
        row = writer.connection.execute(select(arrivals).where(arrivals.c.id == arrival)).one_or_none()
        if row is None or not (row.quarantined or row.disposition in RELEASABLE):
            found = "no such mail" if row is None else f"it is a {row.disposition}"
            raise NotReleasable(f"{arrival}: {found}; expected a number that `tenday mail release` lists")
        mails, failed = open_mails(writer.connection, [arrival])
        if failed:
            raise NotReleasable(
                f"{arrival}: reading it fails ({failed[arrival]}); please report it, and `retry` it then"
            )
        (opened,) = mails
        seen = look_up(desk, writer, opened, familiar_with(writer.connection, [opened]))
        at = row.received_at or received(opened.mail, row.internaldate, desk.server)
        values = {"message_id": opened.mail.message_id, "body_digest": opened.body, "received_at": at}
        change_arrivals(
            writer,
            [arrival],
            disposition=Disposition.LETTER,
            rule=RELEASED,
            quarantined=False,
            reason=None,
            headers=[],
            **values,
        )
        writer.record("released", arrival=arrival, was=row.disposition or QUARANTINED)
        number = register(desk, writer, seen, Sighting(arrival, at))
        change_arrivals(writer, [arrival], letter=number)
    return number


def retry(desk: Desk, arrival: int | None, now: datetime) -> int:
    """Let the next pass try again: mails in quarantine, or one, and all that the server refused; gives how many.

    Raises NotReleasable for a number that is not in quarantine.
    """
    with desk.ledger.write(now) as writer:
        query = select(arrivals.c.id).where(arrivals.c.quarantined)
        if arrival is not None:
            query = query.where(arrivals.c.id == arrival)
        ids = list(writer.connection.execute(query).scalars())
        if arrival is not None and not ids:
            raise NotReleasable(f"{arrival}: found no such mail in quarantine; `tenday mail release` lists what waits")
        change_arrivals(writer, ids, quarantined=False, attempts=0, reason=None)
        for one in ids:
            writer.record("retried", arrival=one)
        return len(ids) + (_refused_again(writer, now) if arrival is None else 0)


def _refused_again(writer: Writer, now: datetime) -> int:
    count = int(writer.connection.execute(select(func.count()).select_from(unread)).scalar_one())
    writer.connection.execute(update(unread).values(next_try=now))
    return count
