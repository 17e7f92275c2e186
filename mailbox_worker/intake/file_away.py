"""Move what the ledger has settled out of the inbox: exactly those UIDs, after the commit, never before.

Receives an open Mailbox; hands on nothing but an emptier folder. On a server that can move nothing safely the
mail stays, and the ledger knows it.
"""

from datetime import datetime

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import change_arrivals, known_places
from mailbox_worker.mail.imap import BATCH, Mailbox


def file_away(desk: Desk, mailbox: Mailbox, now: datetime) -> int:
    """Move settled mail to the processed folder; gives how many were moved."""
    with desk.ledger.read() as connection:
        known = known_places(connection, mailbox.login.username, mailbox.folder, mailbox.uidvalidity)
    settled = {uid: row for uid, row in known.items() if row.disposition is not None or row.quarantined}
    here = [uid for uid in mailbox.uids() if uid in settled]
    glances = mailbox.glance(here)
    sure = [
        uid
        for uid in here
        if uid in glances
        and (glances[uid].size, glances[uid].internaldate) == (settled[uid].size, settled[uid].internaldate)
    ]
    moved = 0
    for start in range(0, len(sure), BATCH):
        batch = sure[start : start + BATCH]
        if not mailbox.move(batch, desk.config.mailbox.imap.processed_folder):
            return moved
        with desk.ledger.write(now) as writer:
            change_arrivals(writer, [settled[uid].id for uid in batch], filed_at=now)
        moved += len(batch)
    return moved
