"""Fetch what is new into the ledger: bytes and place, nothing else (the first of intake's three commits).

Receives UIDs of the selected folder; hands on rows in arrivals and places, and which arrival each UID is. Marks, moves
and answers nothing. A UID alone is never trusted: a known one is compared by size, internal date and Message-ID, and
where they differ, or the server gives no UIDVALIDITY, the mail is fetched and its bytes decide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from mailbox_worker.desk import Desk
from mailbox_worker.intake.alarms import tell_clerk
from mailbox_worker.intake.batching import batches
from mailbox_worker.intake.folders import Role, ToLookAt
from mailbox_worker.intake.older_ledger import refuse_an_older_ledger
from mailbox_worker.ledger.arrivals import Found, log_arrivals
from mailbox_worker.ledger.folders import Unread, adopted_from, forget_unread, keep_unread, unread_in
from mailbox_worker.ledger.places import Place, known_places
from mailbox_worker.ledger.store import Writer
from mailbox_worker.mail.imap import Batch, Glance, Mailbox

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)  # before a refused mail is asked for again

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Received:
    """What a slice of a folder turned out to be: UID to arrival, and how many mails came over the wire."""

    here: dict[int, int] = field(default_factory=dict)
    fetched: int = 0


def receive(desk: Desk, mailbox: Mailbox, look: ToLookAt, uids: Sequence[int], now: datetime) -> Received:
    """Log every mail of these UIDs that the ledger does not have."""
    glances = mailbox.glance(uids)
    received, wanted = _apart(desk, look, glances)
    _forget_gone(desk, look, [uid for uid in uids if uid not in glances], now)
    if wanted and look.folder.role is Role.PROCESSED:
        refuse_an_older_ledger(desk, mailbox, look, wanted)
    for sizes in batches({uid: glance.size for uid, glance in wanted.items()}):
        batch = mailbox.fetch(sizes)
        try:
            with desk.ledger.write(now) as writer:
                received.here |= _log(desk, writer, look, batch, wanted)
        finally:
            for mail in batch.mails:
                if not isinstance(mail.content, bytes):
                    mail.content.close()
        received.fetched += len(batch.mails)
    return received


def _apart(desk: Desk, look: ToLookAt, glances: dict[int, Glance]) -> tuple[Received, dict[int, Glance]]:
    """Tell mails that are known, mails that are left aside, and mails that are wanted."""
    folder = look.folder
    with desk.ledger.read() as connection:
        known = known_places(connection, folder.account, folder.name, look.state.uidvalidity, glances)
        since = adopted_from(connection)
    received, wanted = Received(), {}
    for uid, glance in sorted(glances.items()):
        row = known.get(uid)
        if row is not None and look.state.uidvalidity and is_the_same(row, glance):
            received.here[uid] = row.id
        elif since is None or glance.internaldate >= since:
            wanted[uid] = glance
    return received, wanted


def is_the_same(row: Row[Any], glance: Glance) -> bool:
    """Tell whether what lies at a UID is still what the ledger has of it (THREATS 15)."""
    seen = (glance.size, glance.internaldate, glance.message_id)
    return seen == (row.claimed_size, row.internaldate, row.message_id)


def _log(desk: Desk, writer: Writer, look: ToLookAt, batch: Batch, wanted: dict[int, Glance]) -> dict[int, int]:
    folder, uidvalidity = look.folder, look.state.uidvalidity
    refused_before = {m.uid: m for m in unread_in(writer.connection, folder.account, folder.name, uidvalidity)}
    found = []
    for mail in batch.mails:
        place, glance = Place(folder.account, folder.name, uidvalidity, mail.uid), wanted[mail.uid]
        found.append(Found(place, glance.internaldate, mail.content, glance.size))
        if mail.uid in refused_before:
            forget_unread(writer, folder.account, folder.name, uidvalidity, mail.uid)
    logged = log_arrivals(writer, found)
    here = {mail.uid: arrival for mail, arrival in zip(batch.mails, logged, strict=True)}
    for uid, reason in batch.refused.items():
        tries = refused_before[uid].tries + 1 if uid in refused_before else 1
        pause = min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE)
        keep_unread(writer, folder.account, folder.name, uidvalidity, Unread(uid, tries, writer.now + pause), reason)
        key = f"alarm:unread:{folder.account}:{folder.name}:{uidvalidity}:{uid}"
        tell_clerk(desk, writer, key, "server-refuses", at=wanted[uid].internaldate)
    return here


def _forget_gone(desk: Desk, look: ToLookAt, gone: list[int], now: datetime) -> None:
    if not gone:
        return
    folder = look.folder
    with desk.ledger.write(now) as writer:
        for uid in gone:
            forget_unread(writer, folder.account, folder.name, look.state.uidvalidity, uid)
