"""What mails say of a letter itself: what was promised and how it was reckoned, and all that a colleague must know.

Receives an Occasion; hands on values of templates. Renders nothing, decides nothing.
"""

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bureau.explanation import explain
from bureau.promise import due
from mailbox_worker.ledger.arrivals import raw_of, size_of
from mailbox_worker.ledger.letters import letter_by_number
from mailbox_worker.ledger.tables import arrivals, letters
from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.letter.authenticity import sender_failed
from mailbox_worker.letter.category import INFORMATION_REQUEST
from mailbox_worker.letter.crockford import digest
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.urgency import is_urgent
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.words import words
from mailbox_worker.reply.occasion import Occasion

CODE = re.compile(r"[0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4}){3}")  # as new_query_code writes one


def promised(occasion: Occasion) -> dict[str, Any]:
    """Give what the writer was promised, and what the letter lacks."""
    letter, content = occasion.about, occasion.desk.content
    promise = occasion.desk.promise(letter.promise)
    dates = due(letter.received_at, promise, content.workdays, occasion.desk.zone)
    # 办理时限 is what staff are held to; the writer was promised the due date.
    form, urgent = content.letter_form, content.urgent
    missing = [f.label for f in form.fields if f.required and not letter.fields.get(f.id)]
    return {
        "explanation": explain(replace(dates, work_by=dates.due_on)),
        "missing": missing if letter.channel == "form" else [],
        "numbers": urgent.numbers if urgent is not None and is_urgent(letter, urgent) else (),
    }


def _particulars(occasion: Occasion) -> dict[str, Any]:
    """Give what a colleague must know before reading: urgency, nature, who may not see it, what it goes on from."""
    letter, content = occasion.about, occasion.desk.content
    nature = words("natures").get(letter.nature or "")
    return {
        "urgent": is_urgent(letter, content.urgent),
        "nature": nature["name"] if nature is not None else None,
        "information_request": letter.nature == INFORMATION_REQUEST,
        "kept_from": [occasion.name_of(person) for person in letter.restricted],
        "greeted": [occasion.name_of(person) for person in letter.greeted],
        "outside": content.organisations.outside_office if content.staff.director.id in letter.restricted else None,
    }


def whole_letter(occasion: Occasion) -> dict[str, Any]:
    """Give the letter with all that belongs to it."""
    letter = occasion.about
    arguments = occasion.row.arguments
    raw = raw_of(occasion.connection, letter.arrival)
    mail, size = read_mail(raw), size_of(occasion.connection, letter.arrival)
    follow_ups = occasion.connection.execute(
        select(arrivals.c.id)
        .where(arrivals.c.letter == letter.number, arrivals.c.disposition == Disposition.FOLLOW_UP)
        .order_by(arrivals.c.id)
    ).scalars()
    codes = _codes_of(occasion)
    return {
        "letter": replace(letter, text=_without_codes(letter.text, codes)),
        "instead_of": occasion.name_of(arguments["instead_of"]) if "instead_of" in arguments else "",
        "why": arguments.get("why"),
        "codes": occasion.desk.config.sign_off.uses("totp"),
        "earlier_letters": _earlier_letters(occasion),
        "enclosed": frozenset(),
        **_particulars(occasion),
        "forged": sender_failed(mail, occasion.desk.server),
        **_reading(mail),
        "unread": max(size - len(raw), 0),
        "attachments": mail.attachments,
        "follow_ups": [
            _without_codes(read_mail(raw_of(occasion.connection, follow_up)).text, codes) for follow_up in follow_ups
        ],
    }


def _codes_of(occasion: Occasion) -> set[str]:
    """Give the digests of the query codes that a writer may quote: this letter's, and those it goes on from."""
    letter = occasion.about
    before = [letter_by_number(occasion.connection, number) for number in (letter.follows, letter.repeats) if number]
    return {str(each.code_digest) for each in (letter, *before) if each.code_digest is not None}


def _without_codes(text: str, digests: set[str]) -> str:
    """Mask query codes that a writer quotes from our mail: they are for nobody but the writer."""
    mask = words("masked")["code"]
    return CODE.sub(lambda found: mask if digest(found[0].upper()) in digests else found[0], text)


def _reading(mail: ParsedMail) -> dict[str, Any]:
    """Give what a colleague must know of how the letter could be read."""
    senders = {sender.addr_spec.lower() for sender in mail.senders}
    return {
        "unreadable": any(note.startswith("text unreadable") for note in mail.notes),
        "damaged": any(note.endswith("decoded with loss") for note in mail.notes),
        "reply_to": [other.addr_spec for other in mail.reply_to if other.addr_spec.lower() not in senders],
    }


def _earlier_letters(occasion: Occasion) -> list[str]:
    """List the numbers of what the same address wrote before: 初信 or 重信 is seen at a glance."""
    letter = occasion.about
    if letter.writer_address is None:
        return []
    query = select(letters.c.number).where(
        letters.c.writer_address == letter.writer_address, letters.c.arrival < letter.arrival
    )
    numbers = occasion.connection.execute(query.order_by(letters.c.arrival.desc()).limit(5)).scalars()
    return [number for number in numbers if _may_name(occasion, number)]


def _may_name(occasion: Occasion, number: str) -> bool:
    """Ask whether this person may know of another letter: not even its number otherwise."""
    other = letter_by_number(occasion.connection, number)
    return occasion.person is not None and who_may_see(other.restricted, occasion.person.id)
