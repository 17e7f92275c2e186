"""The third place where a copy of our own mail may lie: the folder in which some servers file what they send.

Receives the mails of which nobody knows whether the server took them; hands on which of them lie there, by Message-ID
and body. Nothing else in that folder is read: what colleagues send out of the mailbox is their own. While no mail is in
doubt it is not asked at all.
"""

from datetime import datetime
from typing import IO, Any

from sqlalchemy import Row

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import change, in_states
from mailbox_worker.ledger.vocabulary import OutboxState
from mailbox_worker.mail.compose import body_digest
from mailbox_worker.mail.imap import Mailbox

DOUBTFUL = (OutboxState.UNKNOWN, OutboxState.HELD)


def look_for_sent_copies(desk: Desk, mailbox: Mailbox, now: datetime) -> None:
    """Mark as witnessed what the Sent folder has whole."""
    folder = desk.config.mailbox.imap.sent_folder
    with desk.ledger.read() as connection:
        doubtful = [row for row in in_states(connection, DOUBTFUL) if row.message_id and row.witnessed_at is None]
    if folder is None or not doubtful or mailbox.status(folder) is None:
        return
    mailbox.select(folder)
    for row in doubtful:
        if _lies_there(mailbox, row):
            with desk.ledger.write(now) as writer:
                change(writer, row.id, witnessed_at=now)
                writer.record("own-copy-seen", letter=row.letter, outbox=row.id, folder="sent")


def _lies_there(mailbox: Mailbox, row: Row[Any]) -> bool:
    found = mailbox.glance(mailbox.uids_with_id(row.message_id))
    sizes = {uid: glance.size for uid, glance in found.items() if glance.message_id == row.message_id}
    return any(body_digest(_bytes(mail.content)) == row.body_digest for mail in mailbox.fetch(sizes).mails)


def _bytes(content: bytes | IO[bytes]) -> bytes:
    if isinstance(content, bytes):
        return content
    with content:
        return content.read()
