"""Reckon due dates anew when a workday notice has changed, with a trail and word to the owners.

Receives open letters that were reckoned with another table than today's; hands on new dates, an event old -> new with
both tables' versions, and one mail to each owner whose dates moved. Answered letters keep the dates they had.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from bureau.promise import Due, due, extended
from mailbox_worker.deadlines.days import Action
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, change_letter, letter_by_number
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import letters
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.todo import UNANSWERED, owner


def recompute(desk: Desk, now: datetime) -> None:
    """Bring every open letter to today's table."""
    version = desk.content.workdays.version
    query = select(letters.c.number).where(letters.c.state.in_(UNANSWERED), letters.c.workday_table != version)
    with desk.ledger.read() as connection:
        old = list(connection.execute(query.order_by(letters.c.number)).scalars())
    if not old:
        return
    with desk.ledger.write(now) as writer:
        moved: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        for number in old:
            letter = letter_by_number(writer.connection, number)
            dates = _reckoned(desk, letter)
            _write_down(writer, letter, dates)
            if (dates.due_on, dates.work_by) != (letter.due_on, letter.work_by):
                item = {
                    "letter": number,
                    "action": Action.DUE_CHANGED,
                    "on": dates.due_on.isoformat(),
                    "old_due_on": letter.due_on.isoformat(),
                    "old_work_by": letter.work_by.isoformat(),
                }
                clerk = desk.clerk_of(letter)
                for person in {clerk.id, owner(desk, letter).id}:
                    moved[person].append(item)
        for person, items in sorted(moved.items()):
            _tell(writer, person, items, version)


def _reckoned(desk: Desk, letter: Letter) -> Due:
    promise, workdays = desk.promise(letter.promise), desk.content.workdays
    dates, days = due(letter.received_at, promise, workdays, desk.zone), letter.extended_days
    return extended(dates, promise, days, workdays) if days else dates


def _write_down(writer: Writer, letter: Letter, dates: Due) -> None:
    change_letter(
        writer,
        letter.number,
        due_on=dates.due_on,
        work_by=dates.work_by,
        provisional=dates.provisional,
        workday_table=dates.table,
    )
    writer.record(
        "due-recomputed",
        letter=letter.number,
        old={"due_on": letter.due_on.isoformat(), "work_by": letter.work_by.isoformat(), "table": letter.workday_table},
        new={"due_on": dates.due_on.isoformat(), "work_by": dates.work_by.isoformat(), "table": dates.table},
        provisional=dates.provisional,
    )


def _tell(writer: Writer, person: str, items: list[dict[str, str]], version: str) -> None:
    alone = items[0]["letter"] if len(items) == 1 else None
    arguments = {"items": items}
    key = f"due-changed:{version}:{person}:{writer.now.isoformat()}"
    plan(writer, Plan(key, MailKind.REMINDER, letter=alone, person=person, arguments=arguments))
