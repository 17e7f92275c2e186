"""What stands now: brakes on sending, the last signs of life, alarms that were raised and are not over.

Receives names and instants; hands on one row a name. It is no record, so a row may be replaced and taken away; whoever
puts a brake on or lifts it records an event beside it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import standing

HOLD = "hold"  # a person stopped all mail to writers
THROTTLED = "throttled"  # the mail server wants us slower
POLLED, SENT = "polled", "sent"  # the last time that each of the two servers did what it was asked


@dataclass(frozen=True, slots=True)
class Standing:
    """A row: since when, until when (None: until it is taken away), and a word more."""

    at: datetime
    until: datetime | None
    detail: str


def stands(connection: Connection, name: str) -> Standing | None:
    """Give what stands under a name."""
    row = connection.execute(select(standing).where(standing.c.name == name)).one_or_none()
    return None if row is None else Standing(row.at, row.until, row.detail)


def all_standing(connection: Connection, prefix: str) -> dict[str, Standing]:
    """Give everything whose name begins so."""
    query = select(standing).where(standing.c.name.startswith(prefix, autoescape=True)).order_by(standing.c.name)
    return {row.name: Standing(row.at, row.until, row.detail) for row in connection.execute(query)}


def put(writer: Writer, name: str, *, until: datetime | None = None, detail: str = "") -> None:
    """Let it stand from now on."""
    take_away(writer, name)
    writer.connection.execute(insert(standing).values(name=name, at=writer.now, until=until, detail=detail))


def take_away(writer: Writer, name: str) -> bool:
    """Let it stand no longer; gives whether it did."""
    return writer.connection.execute(delete(standing).where(standing.c.name == name)).rowcount > 0


def hold_sending(writer: Writer, by: str) -> bool:
    """Stop all mail to writers until somebody resumes it; gives False when it is stopped already."""
    if stands(writer.connection, HOLD) is not None:
        return False
    put(writer, HOLD, detail=by)
    writer.record("sending-held", by=by)
    return True


def resume_sending(writer: Writer, by: str) -> bool:
    """Let mail to writers go again; gives False when nothing was stopped."""
    if not take_away(writer, HOLD):
        return False
    writer.record("sending-resumed", by=by)
    return True
