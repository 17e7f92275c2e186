"""Open the mails of a batch, and ask once what the ledger may know of any of them.

Receives rows of arrivals; hands on what they say, and a Familiar: most letters are from somebody who has never written,
and of these nothing more need be asked. Decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, select, union_all

from mailbox_worker.ledger.arrivals import readable_of, rows_of
from mailbox_worker.ledger.places import folders_of
from mailbox_worker.ledger.tables import arrivals, letters, outbox
from mailbox_worker.letter.authenticity import sole_sender
from mailbox_worker.mail.compose import body_digest
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.read import read_mail


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail that was read: its row, its bytes or their beginning, what it says, and the digest of its body."""

    row: Row[Any]
    raw: bytes
    mail: ParsedMail
    body: str

    @property
    def arrival(self) -> int:
        """The number of its row."""
        return int(self.row.id)


@dataclass(frozen=True, slots=True)
class Familiar:
    """What the ledger may know of some mails; whatever is in none of these sets is new to it.

    message_ids: that an arrival or a mail of ours has. writers: addresses, in lower case, that a letter came from.
    doubled: digests of bytes that several arrivals have. folders: where each arrival was found.
    """

    message_ids: set[str]
    writers: set[str]
    doubled: set[str]
    folders: dict[int, set[str]]

    def add(self, opened: Opened) -> None:
        """Take in a mail of the batch itself, which from now on is known to the ledger."""
        self.message_ids.update([opened.mail.message_id] if opened.mail.message_id else [])
        sender = sole_sender(opened.mail)
        self.writers.update([sender.lower()] if sender else [])


def open_mails(connection: Connection, ids: Sequence[int]) -> tuple[list[Opened], dict[int, str]]:
    """Read mails that fit in memory together; gives them in order, and what raised instead, by arrival (F03)."""
    rows = rows_of(connection, ids)
    raws = readable_of(connection, ids)
    opened, failed = [], {}
    for row in rows:
        raw = raws.pop(row.id)
        try:
            opened.append(Opened(row, raw, _read(raw, row.size), body_digest(raw)))
        except Exception as fault:  # noqa: BLE001 - whatever a mail does, the others go on
            failed[row.id] = type(fault).__name__
    return opened, failed


def _read(raw: bytes, size: int) -> ParsedMail:
    mail = read_mail(raw)
    return mail if len(raw) == size else replace(mail, notes=(*mail.notes, f"cut at {len(raw)} of {size} bytes"))


def familiar_with(connection: Connection, mails: Sequence[Opened]) -> Familiar:
    """Ask what the ledger knows of these mails, with one question for each kind of knowledge."""
    ids = {each.mail.message_id for each in mails if each.mail.message_id}
    senders = {sender.lower() for each in mails if (sender := sole_sender(each.mail))}
    address, sha256 = func.lower(letters.c.writer_address), arrivals.c.sha256
    known = union_all(*(select(t.c.message_id).where(t.c.message_id.in_(ids)) for t in (arrivals, outbox)))
    wrote = select(address).where(address.in_(senders)).distinct()
    doubled = select(sha256).where(sha256.in_({each.row.sha256 for each in mails}))
    return Familiar(
        set(connection.execute(known).scalars()),
        set(connection.execute(wrote).scalars()),
        set(connection.execute(doubled.group_by(sha256).having(func.count() > 1)).scalars()),
        folders_of(connection, [each.arrival for each in mails]),
    )
