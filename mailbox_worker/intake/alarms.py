"""Tell the clerk on duty what a person must look at; one mail for one cause, however often it is found again.

Receives the writing transaction in which the cause is noted; hands on a planned alarm. Says nothing of a letter's text.
"""

from datetime import datetime

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.rights import who_drafts


def tell_clerk(
    desk: Desk,
    writer: Writer,
    key: str,
    reason: str,
    *,
    arrival: int | None = None,
    sender: str = "",
    at: datetime | None = None,
) -> None:
    """Plan an alarm; `reason` is a key of `alarms` in words.yml, `key` says what it is about."""
    clerk = who_drafts(desk.content.staff, (), desk.config.away)
    arguments: dict[str, object] = {"reason": reason, "from": sender, "at": (at or writer.now).isoformat()}
    if arrival is not None:
        arguments["arrival"] = arrival
    plan(writer, Plan(key, MailKind.ALARM, person=clerk.id, arguments=arguments))
