"""Log a letter: number, dates, what it is and whom it names; plan its acknowledgement and the clerk's draft request.

Receives a sorted mail inside the sorting transaction; hands on a letter in `drafting` (or `unanswerable`) and
two plans. A follow-up adds to its letter what it says: missing answers of the form, and whom it names.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from bureau.forms import read_fields
from bureau.promise import due
from mailbox_worker.desk import Desk
from mailbox_worker.intake.unproved import spend_unproved
from mailbox_worker.ledger.letters import Letter, add_letter, change_letter, find_letter, letter_by_number
from mailbox_worker.ledger.outbox import Plan, plan, plan_new
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import requests
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.letter.authenticity import sole_sender
from mailbox_worker.letter.category import category_of, nature_of
from mailbox_worker.letter.persons import named_in, together
from mailbox_worker.letter.rules import Seen, reasons_not_to_acknowledge
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.letter.signers import signers_of
from mailbox_worker.letter.traditional import simplified
from mailbox_worker.letter.urgency import urgent_words
from mailbox_worker.mail.enclosed_text import enclosed_text
from mailbox_worker.mail.words import words


@dataclass(frozen=True, slots=True)
class Sighting:
    """A mail's arrival row and the time that its promise runs from."""

    arrival: int
    received_at: datetime


def register(desk: Desk, writer: Writer, seen: Seen, sighting: Sighting) -> str:
    """Log the letter and plan what follows; gives its number."""
    letter = _kept_from_whom_it_names(desk, writer, _letter(desk, writer, seen, sighting), enclosed_text(seen.mail))
    add_letter(writer, letter)
    writer.record(
        "letter-logged",
        letter=letter.number,
        received_at=letter.received_at.isoformat(),
        category=letter.category,
        nature=letter.nature,
        restricted=list(letter.restricted),
        greeted=list(letter.greeted),
        urgent=list(letter.urgent),
        people=letter.people,
        state=letter.state,
        due_on=letter.due_on.isoformat(),
        work_by=letter.work_by.isoformat(),
        provisional=letter.provisional,
        workday_table=letter.workday_table,
        follows=letter.follows,
        repeats=letter.repeats,
        notes=list(seen.mail.notes),
    )
    acknowledgement = _acknowledgement(desk, writer, seen, letter)
    request = _draft_request(desk, letter, key="first")
    plan_new(writer, [request] if acknowledgement is None else [acknowledgement, request])
    return letter.number


def take_follow_up(desk: Desk, writer: Writer, seen: Seen, number: str, arrival: int) -> None:
    """Add what a follow-up says to its letter, and ask the clerk for a draft that knows of it."""
    letter, mail = letter_by_number(writer.connection, number), seen.mail
    named = named_in(mail.subject, mail.text, enclosed_text(mail), desk.content.staff)
    restricted = together(letter.restricted, named.about)
    greeted = tuple(person for person in letter.greeted if person not in named.about)
    fields = {**read_fields(desk.content.letter_form, mail.text), **letter.fields}
    urgent = together(letter.urgent, urgent_words(desk.content.urgent, simplified(mail.subject), simplified(mail.text)))
    change_letter(
        writer,
        number,
        restricted=list(restricted),
        greeted=list(greeted),
        fields=fields,
        urgent=list(urgent),
        people=max(letter.people, signers_of(simplified(mail.text))),
    )
    _take_requests_from(writer, number, [person for person in restricted if person not in letter.restricted])
    writer.record("follow-up-joined", letter=number, arrival=arrival, restricted=list(restricted), urgent=list(urgent))
    letter = letter_by_number(writer.connection, number)
    plan(writer, _draft_request(desk, letter, key=f"follow-up:{arrival}", because="follow-up"))


def _draft_request(desk: Desk, letter: Letter, *, key: str, because: str | None = None) -> Plan:
    """Give a draft request to the clerk on duty; `because` names why there is another one."""
    clerk = desk.clerk_of(letter)
    return Plan(
        f"draft-request:{letter.number}:{key}",
        MailKind.DRAFT_REQUEST,
        letter=letter.number,
        person=clerk.id,
        arguments={} if because is None else {"because": because},
    )


def _letter(desk: Desk, writer: Writer, seen: Seen, sighting: Sighting) -> Letter:
    mail, content = seen.mail, desk.content
    dates = due(sighting.received_at, content.mailbox_promise, content.workdays, desk.zone)
    fields = read_fields(content.letter_form, mail.text)
    address = sole_sender(mail)
    subject = " ".join(signed_form(mail.subject).split())
    title, text = simplified(subject), simplified(mail.text)  # what rules look for is written so
    chosen = [fields.get(field.id, "") for field in content.letter_form.fields if field.kind == "choice"]
    return Letter(
        number=writer.next_number(dates.received_on.year),
        arrival=sighting.arrival,
        channel="form" if fields else "mail",
        deliver_by="mail",
        category=category_of(content.staff, title, text, chosen),
        nature=nature_of(words("natures"), title, text),
        restricted=(),
        urgent=urgent_words(content.urgent, title, text),
        people=signers_of(text),
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
        repeats=seen.repeats or seen.joins,  # an answer to our mail that its server found forged only may belong to it
        answered_at=None,
    )


def _kept_from_whom_it_names(desk: Desk, writer: Writer, letter: Letter, enclosed: str) -> Letter:
    """Set whom the letter is kept from: whom it names, and whom the letter that it goes on from is kept from."""
    named = named_in(letter.subject, letter.text, enclosed, desk.content.staff)
    numbers = [number for number in (letter.follows, letter.repeats) if number is not None]
    before = [found for number in numbers if (found := find_letter(writer.connection, number)) is not None]
    about = together(named.about, *(set(each.restricted) - set(each.greeted) for each in before))
    restricted = together(about, named.greeted, *(each.restricted for each in before))
    return replace(letter, restricted=restricted, greeted=tuple(p for p in restricted if p not in about))


def _take_requests_from(writer: Writer, number: str, people: list[str]) -> None:
    """Close what was asked of people whom the letter is now kept from."""
    query = update(requests).where(
        requests.c.letter == number, requests.c.person.in_(people), requests.c.closed_at.is_(None)
    )
    writer.connection.execute(query.values(closed_at=writer.now, closed_by="superseded"))


def _display_name(seen: Seen) -> str:
    name = seen.mail.senders[0].name if seen.mail.senders else ""
    return " ".join(signed_form(name).split())


def _acknowledgement(desk: Desk, writer: Writer, seen: Seen, letter: Letter) -> Plan | None:
    reasons = reasons_not_to_acknowledge(seen, acknowledged_today=seen.acknowledged_today)
    if reasons:
        writer.record("not-acknowledged", letter=letter.number, reasons=list(reasons))
        return None
    if seen.unproved_today is not None:
        spend_unproved(desk, writer, str(letter.writer_address))
    key, to = f"acknowledgement:{letter.number}", letter.writer_address
    return Plan(key, MailKind.ACKNOWLEDGEMENT, letter=letter.number, recipient=to)
