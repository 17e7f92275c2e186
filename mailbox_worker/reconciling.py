"""Compare the server with the ledger, mail by mail: `tenday mail reconcile`.

Receives the desk; hands on a Reconciliation. Looks at every mail in all folders of ours, read-only, and changes
nothing. A mail is the same when UID, size, internal date and Message-ID agree; else its bytes decide.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy import select

from mailbox_worker.desk import Desk
from mailbox_worker.intake.batching import batches
from mailbox_worker.intake.folders import Watched, watched_folders
from mailbox_worker.intake.receive import is_the_same
from mailbox_worker.intake.take_in import SLICE, imap_login
from mailbox_worker.ledger.folders import adopted_from
from mailbox_worker.ledger.places import known_places
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.mail.imap import PIECE, Glance, Mailbox

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Reconciliation:
    """What `mail reconcile` says (contract). server, ledger: how many mails each has.

    left_aside: how many more the server has that are older than what was adopted.
    missing: the ledger has it, no folder of ours does. unexpected: a folder has it, the ledger does not.
    """

    server: int = 0
    ledger: int = 0
    left_aside: int = 0
    missing: list[dict[str, Any]] = field(default_factory=list)
    unexpected: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give the contract's document."""
        return {
            "ok": not self.missing and not self.unexpected,
            "server": self.server,
            "ledger": self.ledger,
            "missing": self.missing,
            "unexpected": self.unexpected,
            "left_aside": self.left_aside,
        }


def reconcile(desk: Desk, progress: Progress) -> Reconciliation:
    """Look at every mail on both sides; raises the server's troubles."""
    found, result = set[int](), Reconciliation()
    with Mailbox(imap_login(desk), look_only=True) as mailbox:
        for folder in watched_folders(desk):
            if mailbox.status(folder.name) is not None:
                found |= _folder(desk, mailbox, folder, result, progress)
    with desk.ledger.read() as connection:
        columns = (arrivals.c.id, arrivals.c.internaldate, arrivals.c.size, arrivals.c.message_id, arrivals.c.letter)
        for row in connection.execution_options(yield_per=SLICE).execute(select(*columns).order_by(arrivals.c.id)):
            result.ledger += 1
            if row.id not in found:
                at = row.internaldate.isoformat()
                facts = {"arrival": row.id, "letter": row.letter, "at": at, "size": row.size}
                result.missing.append({**facts, "message_id": row.message_id})
    return result


def _folder(desk: Desk, mailbox: Mailbox, folder: Watched, result: Reconciliation, progress: Progress) -> set[int]:
    state, found = mailbox.select(folder.name), set[int]()
    uids = mailbox.uids()
    for start in range(0, len(uids), SLICE):
        glances = mailbox.glance(uids[start : start + SLICE])
        with desk.ledger.read() as connection:
            known = known_places(connection, folder.account, folder.name, state.uidvalidity, glances)
            since = adopted_from(connection)
        sure = {uid for uid, glance in glances.items() if uid in known and is_the_same(known[uid], glance)}
        by_bytes = _by_bytes(desk, mailbox, {uid: glances[uid] for uid in glances if uid not in sure})
        for uid, glance in sorted(glances.items()):
            arrival = known[uid].id if uid in sure else by_bytes.get(uid)
            if arrival is None and since is not None and glance.internaldate < since:
                result.left_aside += 1
                continue
            result.server += 1
            if arrival is None:
                at = glance.internaldate.isoformat()
                facts = {"folder": folder.name, "uid": uid, "at": at, "size": glance.size}
                result.unexpected.append({**facts, "message_id": glance.message_id})
            else:
                found.add(arrival)
        progress(min(start + SLICE, len(uids)), len(uids))
    return found


def _by_bytes(desk: Desk, mailbox: Mailbox, glances: dict[int, Glance]) -> dict[int, int]:
    found: dict[int, int] = {}
    for sizes in batches({uid: glance.size for uid, glance in glances.items()}):
        for mail in mailbox.fetch(sizes).mails:
            digest, at = _digest(mail.content), glances[mail.uid].internaldate
            query = select(arrivals.c.id).where(arrivals.c.sha256 == digest, arrivals.c.internaldate == at)
            with desk.ledger.read() as connection:
                arrival = connection.execute(query).scalar_one_or_none()
            if arrival is not None:
                found[mail.uid] = arrival
    return found


def _digest(content: bytes | IO[bytes]) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    digest = hashlib.sha256()
    with content:
        while piece := content.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
