"""Plan the daily digest: once a workday, when the office opens, to each colleague who has something to know.

Receives the ledger; hands on planned mails. Who has nothing to know gets one mail a week all the same, on its first
workday: a mailbox that says nothing for longer has stopped.
"""

from datetime import datetime

from sqlalchemy import select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.todo import is_workweeks_first_day, to_do


def plan_digests(desk: Desk, now: datetime) -> None:
    """Plan today's digests; the caller knows that the office is open."""
    if not desk.config.daily_digest:
        return
    today = desk.day(now)
    weekly = is_workweeks_first_day(desk, today)
    due = []
    with desk.ledger.read() as connection:
        keys = {f"digest:{entry.person}:{today}": entry.person for entry in desk.config.staff if not entry.away}
        planned = set(connection.execute(select(outbox.c.key).where(outbox.c.key.in_(keys))).scalars())
        for key, identity in keys.items():
            person = desk.content.staff.people.get(identity)
            if key in planned or person is None or person.post_on(today) is None:
                continue
            if weekly or not to_do(desk, connection, person, now).is_empty:
                due.append((key, identity))
    if not due:
        return
    with desk.ledger.write(now) as writer:
        for key, identity in due:
            plan(writer, Plan(key, MailKind.DIGEST, person=identity, arguments={"about": "day", "weekly": weekly}))
