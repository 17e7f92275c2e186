"""Which folders are watched, and which mails in them need a look.

Receives an open Mailbox; hands on UIDs. A folder that stands as it was left needs none: a poll of a quiet mailbox costs
the same however many mails lie in it. Once a day each is looked through all the same, because UIDs lie.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from mailbox_worker.desk import Desk
from mailbox_worker.intake.alarms import tell_clerk
from mailbox_worker.ledger.folders import LookedThrough, keep_looked_through, looked_through, unread_in
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.mail.imap import FolderState, Mailbox

FULL_LOOK = timedelta(days=1)


class Role(StrEnum):
    """What a folder is for us."""

    PROCESSED = "processed"  # what the ledger has settled; anything else in it was put there by hand
    INBOX = "inbox"
    JUNK = "junk"  # what the server took for advertising: logged, never moved, a person decides about letters


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder of ours on the server."""

    account: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """The folder as selected, and the UIDs in it that need a look, oldest first."""

    folder: Watched
    state: FolderState
    uids: list[int]


def watched_folders(desk: Desk) -> list[Watched]:
    """List our folders; the processed one first: there an older ledger shows before it numbers anything anew."""
    imap = desk.config.mailbox.imap
    folders = [
        Watched(imap.username, imap.processed_folder, Role.PROCESSED),
        Watched(imap.username, imap.folder, Role.INBOX),
    ]
    return folders + ([Watched(imap.username, imap.junk_folder, Role.JUNK)] if imap.junk_folder else [])


def to_look_at(desk: Desk, mailbox: Mailbox, folder: Watched, now: datetime) -> ToLookAt | None:
    """Find what may be new in a folder; None when it stands as it was left, or is not there."""
    inbox = folder.role is Role.INBOX  # to be without it is a fault that SELECT names; the others need not exist
    state = mailbox.select(folder.name) if inbox else mailbox.status(folder.name)
    if state is None:
        return None
    with desk.ledger.read() as connection:
        before = looked_through(connection, folder.account, folder.name)
        again = [
            m.uid for m in unread_in(connection, folder.account, folder.name, state.uidvalidity) if m.next_try <= now
        ]
        anything_logged = connection.execute(select(arrivals.c.id).limit(1)).first() is not None
    if before is None and folder.role is Role.PROCESSED and not anything_logged:
        # A first run: what other programs have filed there is none of our business.
        _keep(desk, folder, state, now)
        return None
    same = before is not None and state.uidvalidity != 0 and before.uidvalidity == state.uidvalidity
    recent = before is not None and now - before.at < FULL_LOOK
    if same and recent and not again and before is not None and _stands(before, state):
        return None
    if not inbox:
        state = mailbox.select(folder.name)
    if before is not None and not same and state.uidvalidity:
        _renumbered(desk, folder, before, state, now)
    new = mailbox.uids(before.uidnext) if same and recent and before is not None and state.uidnext else None
    if new is not None and before is not None and before.mails + len(new) == state.exists:
        return ToLookAt(folder, state, sorted({*new, *again}))
    return ToLookAt(folder, state, mailbox.uids())


def remember(desk: Desk, look: ToLookAt, moved: int, now: datetime) -> None:
    """Note that a folder was looked through; what arrives from now on changes its next UID or its number of mails."""
    late = sum(1 for uid in look.uids if look.state.uidnext and uid >= look.state.uidnext)
    uidnext = max([look.state.uidnext, *(uid + 1 for uid in look.uids[-1:])])
    after = FolderState(look.state.uidvalidity, uidnext, look.state.exists + late - moved)
    if after.uidvalidity:  # without one nothing can be relied on: the next pass looks again
        _keep(desk, look.folder, after, now)


def _keep(desk: Desk, folder: Watched, state: FolderState, now: datetime) -> None:
    kept = LookedThrough(state.uidvalidity, state.uidnext, state.exists, now)
    with desk.ledger.write(now) as writer:
        keep_looked_through(writer, folder.account, folder.name, kept)


def _stands(before: LookedThrough, state: FolderState) -> bool:
    return (before.uidnext, before.mails) == (state.uidnext, state.exists)


def _renumbered(desk: Desk, folder: Watched, before: LookedThrough, state: FolderState, now: datetime) -> None:
    """Tell that the server has numbered a folder anew: every mail in it is fetched again and known by its bytes."""
    with desk.ledger.write(now) as writer:
        writer.record("folder-renumbered", folder=folder.name, before=before.uidvalidity, now=state.uidvalidity)
        key = f"alarm:renumbered:{folder.account}:{folder.name}:{state.uidvalidity}"
        tell_clerk(desk, writer, key, "folder-renumbered")
