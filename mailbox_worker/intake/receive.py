"""Fetch what is new into the ledger: bytes and place, nothing else (the first of intake's three commits).

Receives an open Mailbox; hands on rows in arrivals and places. Marks, moves and answers nothing. A UID alone is never
trusted: a known one is compared by size and internal date, and where they differ the mail is fetched as new.
"""

from collections.abc import Callable
from datetime import datetime

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import Place, known_places, log_arrival
from mailbox_worker.mail.imap import Mailbox

Progress = Callable[[int, int], None]


def receive(desk: Desk, mailbox: Mailbox, now: datetime, progress: Progress) -> int:
    """Log every mail of the folder that the ledger does not have; gives how many were fetched."""
    uids = mailbox.uids()
    new = _new_uids(desk, mailbox, uids)
    fetched = 0
    for batch in mailbox.fetch(new):
        with desk.ledger.write(now) as writer:
            for mail in batch:
                log_arrival(writer, place_of(mailbox, mail.uid), mail.internaldate, mail.raw)
        fetched += len(batch)
        progress(fetched, len(new))
    return fetched


def place_of(mailbox: Mailbox, uid: int) -> Place:
    """Name a mail's place in this mailbox."""
    return Place(mailbox.login.username, mailbox.folder, mailbox.uidvalidity, uid)


def _new_uids(desk: Desk, mailbox: Mailbox, uids: list[int]) -> list[int]:
    if mailbox.uidvalidity == 0:
        return uids  # a server without UIDVALIDITY: only the bytes can tell (THREATS: UIDs lie)
    with desk.ledger.read() as connection:
        known = known_places(connection, mailbox.login.username, mailbox.folder, mailbox.uidvalidity)
    seen_again = [uid for uid in uids if uid in known]
    glances = mailbox.glance(seen_again)
    lying = {
        uid
        for uid, glance in glances.items()
        if (glance.size, glance.internaldate) != (known[uid].size, known[uid].internaldate)
    }
    return [uid for uid in uids if uid not in known or uid in lying]
