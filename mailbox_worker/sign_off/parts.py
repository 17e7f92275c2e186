"""What follows when a text was sent that does not answer the letter: it is drafted on, and 延期告知 moves the due date.

Receives accepted replies of purpose interim, extension and more-information; hands on a draft request and new dates,
each once.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, change_letter, drafts_of, letter_by_number
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import letters, outbox
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, OutboxState, Purpose
from mailbox_worker.letter.extension import longer

PARTS = (Purpose.INTERIM, Purpose.EXTENSION, Purpose.MORE_INFORMATION)


def go_on_after_parts(desk: Desk, now: datetime) -> None:
    """Ask the clerk to go on with every letter of which a part was sent."""
    query = (
        select(outbox)
        .join(letters, letters.c.number == outbox.c.letter)
        .where(
            outbox.c.kind == MailKind.REPLY,
            outbox.c.purpose.in_(list(PARTS)),
            outbox.c.state == OutboxState.ACCEPTED,
            letters.c.state == LetterState.DRAFTING,
        )
        .order_by(outbox.c.id)
    )
    with desk.ledger.read() as connection:
        sent = connection.execute(query).all()
    for row in sent:
        with desk.ledger.write(now) as writer:
            _go_on(desk, writer, row)


def _go_on(desk: Desk, writer: Writer, row: Row[Any]) -> None:
    letter = letter_by_number(writer.connection, row.letter)
    clerk = desk.clerk_of(letter)
    key = f"draft-request:{letter.number}:after:{row.id}"
    puts_off = row.purpose == Purpose.EXTENSION and not letter.extended_days
    # Told after the due date it puts off nothing: the letter is late.
    late = puts_off and desk.day(row.handed_over_at or writer.now) > letter.due_on
    arguments = {"because": f"sent-{row.purpose}{'-late' if late else ''}"}
    new = plan(writer, Plan(key, MailKind.DRAFT_REQUEST, letter=letter.number, person=clerk.id, arguments=arguments))
    if new and puts_off and not late:
        _extend(desk, writer, letter, row)


def _extend(desk: Desk, writer: Writer, letter: Letter, row: Row[Any]) -> None:
    """Move the due date by what the sent text says; the draft holds the days."""
    draft = next(draft for draft in drafts_of(writer.connection, letter.number) if draft.digest == row.digest)
    promise = desk.promise(letter.promise)
    dates = longer(letter, promise, draft.extension_days, desk.content.workdays, desk.zone)
    change_letter(
        writer,
        letter.number,
        due_on=dates.due_on,
        work_by=dates.work_by,
        provisional=dates.provisional,
        extended_days=draft.extension_days,
    )
    old, new = letter.due_on.isoformat(), dates.due_on.isoformat()
    writer.record("due-extended", letter=letter.number, old=old, new=new, version=draft.version)
