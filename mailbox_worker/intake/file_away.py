"""Move what the ledger has settled out of the inbox: exactly those UIDs, after the commit, never before.

Receives an open Mailbox and which arrival each UID is; hands on nothing but an emptier folder. On a server that can
move nothing safely the mail stays, and the ledger knows it.
"""

from datetime import datetime

from mailbox_worker.desk import Desk
from mailbox_worker.intake.folders import Role, ToLookAt
from mailbox_worker.ledger.arrivals import change_arrivals, not_filed, settled
from mailbox_worker.ledger.folders import LookedThrough, keep_looked_through, looked_through
from mailbox_worker.ledger.places import Place, add_new_places, claimed_sizes
from mailbox_worker.ledger.store import Writer
from mailbox_worker.mail.imap import Mailbox, Moved

MAILS_A_MOVE = 100


def file_away(desk: Desk, mailbox: Mailbox, look: ToLookAt, here: dict[int, int], now: datetime) -> int:
    """Move settled mail to the processed folder; gives how many were moved."""
    if look.folder.role is Role.PROCESSED:
        _note_found(desk, here, now)
    if look.folder.role is not Role.INBOX or not mailbox.can_move or not here:
        return 0
    with desk.ledger.read() as connection:
        done = settled(connection, here.values())
    uids = sorted(uid for uid, arrival in here.items() if arrival in done)
    moved = 0
    for start in range(0, len(uids), MAILS_A_MOVE):
        batch = uids[start : start + MAILS_A_MOVE]
        answer = mailbox.move(batch, desk.config.mailbox.imap.processed_folder)
        with desk.ledger.write(now) as writer:
            _note(desk, writer, look, here, answer)
        moved += len(answer.uids)
    return moved


def _note_found(desk: Desk, here: dict[int, int], now: datetime) -> None:
    """Log that mail has been filed which a killed pass had moved without coming to say so."""
    with desk.ledger.read() as connection:
        found = not_filed(connection, here.values())
    if found:
        with desk.ledger.write(now) as writer:
            change_arrivals(writer, found, filed_at=now)


def _note(desk: Desk, writer: Writer, look: ToLookAt, here: dict[int, int], answer: Moved) -> None:
    """Log that mails were filed, and where they lie now, as far as the server says."""
    change_arrivals(writer, {here[uid] for uid in answer.uids}, filed_at=writer.now)
    account, folder = look.folder.account, desk.config.mailbox.imap.processed_folder
    sizes = claimed_sizes(writer.connection, [here[uid] for uid in answer.uids])
    new = {target: here[uid] for uid, target in answer.uids.items() if target is not None}
    add_new_places(
        writer,
        [(arrival, Place(account, folder, answer.uidvalidity, uid), sizes[arrival]) for uid, arrival in new.items()],
    )
    before = looked_through(writer.connection, account, folder)
    known = before is not None and before.uidvalidity == answer.uidvalidity
    # Only where nobody else has put anything in between is the folder still one that we know to the last mail.
    if before is not None and known and new and sorted(new) == list(range(before.uidnext, before.uidnext + len(new))):
        state = LookedThrough(answer.uidvalidity, max(new) + 1, before.mails + len(new), before.at)
        keep_looked_through(writer, account, folder, state)
