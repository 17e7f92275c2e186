"""How many letters were acknowledged today although nothing proves who sent them: the brake on a relay (F54).

Receives the transaction in which a letter is logged; hands on today's counts, to one domain and to all. One row that
stands for a day, so that a flood of forged senders costs no more than a few letters.
"""

import json
from collections import Counter
from datetime import datetime

from sqlalchemy import Connection

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.standing import put, stands
from mailbox_worker.ledger.store import Writer

UNPROVED = "unproved"


def unproved_today(desk: Desk, connection: Connection, now: datetime, address: str) -> tuple[int, int]:
    """Count today's acknowledgements to unproved senders: of this address's domain, and of all."""
    spent = _spent(desk, connection, now)
    return spent[_domain(address)], spent.total()


def spend_unproved(desk: Desk, writer: Writer, address: str) -> None:
    """Count one more."""
    spent = _spent(desk, writer.connection, writer.now)
    spent[_domain(address)] += 1
    put(writer, UNPROVED, detail=json.dumps(spent))


def _spent(desk: Desk, connection: Connection, now: datetime) -> Counter[str]:
    row = stands(connection, UNPROVED)
    return Counter(json.loads(row.detail)) if row is not None and desk.day(row.at) == desk.day(now) else Counter()


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
