"""Tell a colleague what became of a mail: the clerk on duty, or the next one whose own mail it is not.

Receives an outgoing mail's row and a reason; hands on one planned alarm a matter. A mail that failed never causes
another one to the same address (F52), and a colleague whose mail comes back is stood in for at once (F94).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, find_letter
from mailbox_worker.ledger.outbox import plan_alarm
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.letter.rights import who_may_see


def tell(desk: Desk, now: datetime, matter: str, reason: str, row: Row[Any], **facts: Any) -> None:
    """Plan an alarm about a mail that went wrong, once a matter; nobody left to tell: the record must do."""
    with desk.ledger.read() as connection:
        query = select(outbox.c.id).where(outbox.c.key == f"alarm:{matter}")
        if connection.execute(query).first() is not None:
            return
        letter = find_letter(connection, row.letter) if row.letter is not None else None
    person = next((p for p in _in_turn(desk, letter, now) if p != row.person), None)
    if person is None:
        return
    if row.person is not None:
        facts["colleague"] = row.person
    with desk.ledger.write(now) as writer:
        plan_alarm(writer, f"alarm:{matter}", person, reason, letter=row.letter, **facts)


def _in_turn(desk: Desk, letter: Letter | None, now: datetime) -> Iterator[str]:
    staff, restricted = desk.content.staff, letter.restricted if letter is not None else ()
    yield (desk.clerk_of(letter) if letter is not None else desk.clerk_on(now)).id
    for post in ("clerk", "deputy-director", "director"):
        for person in staff.people.values():
            reachable = desk.config.address_of(person.id) is not None and person.id not in desk.config.away
            if person.post == post and reachable and who_may_see(restricted, person.id):
                yield person.id
