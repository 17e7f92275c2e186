"""Log a letter: number, dates, category, fields; plan its acknowledgement and the clerk's draft request.

Receives a sorted mail inside the sorting transaction; hands on a letter in `drafting` (or `unanswerable`) and
two plans.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bureau.forms import read_fields
from bureau.office import Staff
from bureau.promise import due
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, add_letter
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.letter.authenticity import sole_sender
from mailbox_worker.letter.rights import who_drafts
from mailbox_worker.letter.rules import Seen, reasons_not_to_acknowledge
from mailbox_worker.letter.signed_text import signed_form


@dataclass(frozen=True, slots=True)
class Sighting:
    """A mail's arrival row and the time that its promise runs from."""

    arrival: int
    received_at: datetime


def register(desk: Desk, writer: Writer, seen: Seen, sighting: Sighting) -> str:
    """Log the letter and plan what follows; gives its number."""
    letter = _letter(desk, writer, seen, sighting)
    add_letter(writer, letter)
    writer.record(
        "letter-logged",
        letter=letter.number,
        received_at=letter.received_at.isoformat(),
        category=letter.category,
        state=letter.state,
        due_on=letter.due_on.isoformat(),
        work_by=letter.work_by.isoformat(),
        provisional=letter.provisional,
        workday_table=letter.workday_table,
        follows=letter.follows,
        notes=list(seen.mail.notes),
    )
    _plan_acknowledgement(desk, writer, seen, letter)
    ask_for_draft(desk, writer, letter, key="first")
    return letter.number


def ask_for_draft(desk: Desk, writer: Writer, letter: Letter, *, key: str, because: str | None = None) -> None:
    """Plan a draft request to the clerk on duty; `because` names why there is another one."""
    clerk = who_drafts(desk.content.staff, letter.restricted, desk.config.away)
    arguments = {} if because is None else {"because": because}
    plan(
        writer,
        Plan(
            f"draft-request:{letter.number}:{key}",
            MailKind.DRAFT_REQUEST,
            letter=letter.number,
            person=clerk.id,
            arguments=arguments,
        ),
    )


def _letter(desk: Desk, writer: Writer, seen: Seen, sighting: Sighting) -> Letter:
    mail, content = seen.mail, desk.content
    dates = due(sighting.received_at, content.mailbox_promise, content.workdays, desk.zone)
    fields = read_fields(content.letter_form, mail.text)
    address = sole_sender(mail)
    subject = " ".join(signed_form(mail.subject).split())
    return Letter(
        number=writer.next_number(dates.received_on.year),
        arrival=sighting.arrival,
        channel="form" if fields else "mail",
        deliver_by="mail",
        category=_category(content.staff, subject, mail.text, fields),
        restricted=(),
        state=LetterState.DRAFTING if address else LetterState.UNANSWERABLE,
        received_at=sighting.received_at,
        promise=content.mailbox_promise.id,
        due_on=dates.due_on,
        work_by=dates.work_by,
        provisional=dates.provisional,
        workday_table=dates.table,
        writer_name=fields.get("name") or _display_name(seen),
        writer_address=address,
        message_id=mail.message_id,
        subject=subject,
        text=mail.text,
        fields=fields,
        follows=seen.continues,
        answered_at=None,
    )


def _display_name(seen: Seen) -> str:
    name = seen.mail.senders[0].name if seen.mail.senders else ""
    return " ".join(signed_form(name).split())


def _category(staff: Staff, subject: str, text: str, fields: dict[str, str]) -> str:
    """Choose by the form's own answer, else by the most keyword hits, else the default."""
    for category in staff.categories.values():
        if category.name in fields.values():
            return category.id
    words = f"{subject}\n{text}"
    hits = {category.id: sum(words.count(word) for word in category.keywords) for category in staff.categories.values()}
    best = max(hits, key=lambda category: hits[category])
    return best if hits[best] else staff.default_category.id


def _plan_acknowledgement(desk: Desk, writer: Writer, seen: Seen, letter: Letter) -> None:
    reasons = reasons_not_to_acknowledge(seen, acknowledged_today=_acknowledged_today(desk, writer, letter))
    if reasons:
        writer.record("not-acknowledged", letter=letter.number, reasons=list(reasons))
        return
    plan(
        writer,
        Plan(
            f"acknowledgement:{letter.number}",
            MailKind.ACKNOWLEDGEMENT,
            letter=letter.number,
            recipient=letter.writer_address,
        ),
    )


def _acknowledged_today(desk: Desk, writer: Writer, letter: Letter) -> bool:
    query = select(outbox.c.planned_at).where(
        outbox.c.kind == MailKind.ACKNOWLEDGEMENT, outbox.c.recipient == letter.writer_address
    )
    today = desk.day(writer.now)
    return any(desk.day(at) == today for at in writer.connection.execute(query).scalars())
