"""Tell the clerk on duty what a person must look at; one mail for one cause, however often it is found again.

Receives the writing transaction in which the cause is noted; hands on a planned alarm. Says nothing of a letter's text.
Whoever floods the mailbox does not flood the clerk: beyond so many mails of a kind in an hour one says that there are
more (THREATS: mail-bombing).
"""

from datetime import datetime

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.standing import put, stands
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.mail.words import words

AN_HOUR = 20  # alarms of one kind about single mails


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
    arguments: dict[str, object] = {"reason": reason, "from": sender, "at": (at or writer.now).isoformat()}
    if arrival is not None:
        arguments["arrival"] = arrival
        if not _is_within_the_hours_measure(writer, reason):
            key = f"alarm:more:{reason}:{_hour(writer.now)}"
            arguments = {"reason": "more", "at": writer.now.isoformat(), "why": words("alarms")[reason]}
    clerk = desk.clerk_on(writer.now)
    plan(writer, Plan(key, MailKind.ALARM, person=clerk.id, arguments=arguments))


def _is_within_the_hours_measure(writer: Writer, reason: str) -> bool:
    """Count one more alarm of this kind in this hour; gives whether it may still be told by itself."""
    name = f"told:{reason}"
    row = stands(writer.connection, name)
    told = int(row.detail) if row is not None and _hour(row.at) == _hour(writer.now) else 0
    if told < AN_HOUR:
        put(writer, name, detail=str(told + 1))
    return told < AN_HOUR


def _hour(at: datetime) -> str:
    return at.strftime("%Y%m%d%H")
