"""What the ledger remembers of the server's folders: how far it has looked, and which mails it could not get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import folders, heads, unread


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A folder as it stood when every mail in it was known; a folder that still stands so needs no look."""

    uidvalidity: int
    uidnext: int
    mails: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that the server would not give."""

    uid: int
    tries: int
    next_try: datetime


def looked_through(connection: Connection, account: str, folder: str) -> LookedThrough | None:
    """Give what was known of a folder when it was last looked through."""
    query = select(folders).where(folders.c.account == account, folders.c.folder == folder)
    row = connection.execute(query).one_or_none()
    return None if row is None else LookedThrough(row.uidvalidity, row.uidnext, row.mails, row.looked_through_at)


def keep_looked_through(writer: Writer, account: str, folder: str, state: LookedThrough) -> None:
    """Remember how a folder stands; every mail below uidnext is logged, left aside or listed as unread."""
    values = {
        "uidvalidity": state.uidvalidity,
        "uidnext": state.uidnext,
        "mails": state.mails,
        "looked_through_at": state.at,
    }
    changed = writer.connection.execute(
        update(folders).where(folders.c.account == account, folders.c.folder == folder).values(**values)
    )
    if changed.rowcount == 0:
        writer.connection.execute(insert(folders).values(account=account, folder=folder, **values))


def unread_in(connection: Connection, account: str, folder: str, uidvalidity: int) -> Sequence[Unread]:
    """List the mails of a folder that the server would not give."""
    query = select(unread.c.uid, unread.c.tries, unread.c.next_try).where(
        unread.c.account == account, unread.c.folder == folder, unread.c.uidvalidity == uidvalidity
    )
    return [Unread(*row) for row in connection.execute(query)]


def keep_unread(writer: Writer, account: str, folder: str, uidvalidity: int, mail: Unread, reason: str) -> None:
    """Remember a refused mail, and when to ask for it again."""
    forget_unread(writer, account, folder, uidvalidity, mail.uid)
    key = {"account": account, "folder": folder, "uidvalidity": uidvalidity, "uid": mail.uid}
    writer.connection.execute(insert(unread).values(**key, tries=mail.tries, reason=reason, next_try=mail.next_try))


def forget_unread(writer: Writer, account: str, folder: str, uidvalidity: int, uid: int) -> None:
    """Take a mail off the list of refused ones: it was given, or it has gone."""
    writer.connection.execute(
        delete(unread).where(
            unread.c.account == account,
            unread.c.folder == folder,
            unread.c.uidvalidity == uidvalidity,
            unread.c.uid == uid,
        )
    )


def adopted_from(connection: Connection) -> datetime | None:
    """Give the instant before which mail is none of our business, if one was named."""
    found: datetime | None = connection.execute(select(heads.c.adopt_from)).scalar_one()
    return found


def adopt_from(writer: Writer, instant: datetime) -> None:
    """Say that mail of before this instant was there before us and is left where it lies."""
    writer.connection.execute(update(heads).values(adopt_from=instant))
    writer.record("adopted", adopt_from=instant.isoformat())
    # What was left aside by another date must be looked at anew.
    writer.connection.execute(delete(folders))
