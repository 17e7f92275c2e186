"""Notice that an older ledger was restored, before it gives a number away twice (THREATS 20).

Receives mails of the processed folder that the ledger does not know. Only a worker moves mail there, after it has
logged it. Where the mailbox also holds mail of ours that the outbox has never made, a newer ledger has been at work:
raises LedgerUnusable. Without that, somebody has moved a mail by hand, and it is logged like any other.
"""

from collections.abc import Collection

from sqlalchemy import select

from mailbox_worker.desk import Desk
from mailbox_worker.intake.folders import ToLookAt
from mailbox_worker.ledger.tables import arrivals, outbox
from mailbox_worker.ledger.troubles import LedgerUnusable
from mailbox_worker.mail.imap import Glance, Mailbox

OUR_MARK = "X-Tenday-Kind"
AT_ONCE = 200


def refuse_an_older_ledger(desk: Desk, mailbox: Mailbox, look: ToLookAt, unknown: dict[int, Glance]) -> None:
    """Raise LedgerUnusable when the mailbox knows mail of ours that this ledger has never made."""
    marked = set(mailbox.uids_with_header(OUR_MARK)) & set(unknown)
    ids = {unknown[uid].message_id for uid in marked}
    mailbox.select(desk.config.mailbox.imap.folder)
    newest = mailbox.uids_with_header(OUR_MARK)[-AT_ONCE:]
    ids |= {glance.message_id for glance in mailbox.glance(newest).values()}
    mailbox.select(look.folder.name)
    strange = _never_made(desk, {one for one in ids if one is not None})
    if strange:
        raise LedgerUnusable(
            f"the mailbox holds {len(strange)} mails of ours, and {len(unknown)} processed ones, that this ledger does "
            "not know: an older ledger was restored, and it would give their numbers away again. Nothing was done. "
            "Restore the newest backup; if there is none, move what `tenday mail reconcile` lists out of "
            f"{look.folder.name} and {desk.config.mailbox.imap.folder}, and let a person see to it"
        )


def _never_made(desk: Desk, ids: Collection[str]) -> set[str]:
    with desk.ledger.read() as connection:
        made = connection.execute(select(outbox.c.message_id).where(outbox.c.message_id.in_(ids))).scalars()
        # A forged one was logged when it came, and is no proof of anything.
        seen = connection.execute(select(arrivals.c.message_id).where(arrivals.c.message_id.in_(ids))).scalars()
        return set(ids) - set(made) - set(seen)
