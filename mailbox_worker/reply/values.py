"""What each kind of mail says: from ledger and content to the values of its template.

Receives a planned mail and its letter; hands on the values. Renders nothing, decides nothing.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bureau.explanation import explain
from bureau.office import Person
from bureau.promise import due
from mailbox_worker.ledger.arrivals import raw_of
from mailbox_worker.ledger.draft_files import files_of
from mailbox_worker.ledger.letters import Draft, drafts_of, letter_by_number
from mailbox_worker.ledger.tables import arrivals, event_data, events, letters
from mailbox_worker.ledger.vocabulary import Disposition, MailKind
from mailbox_worker.letter.category import INFORMATION_REQUEST
from mailbox_worker.letter.changes import changes
from mailbox_worker.letter.rights import who_drafts, who_may_see, who_signs_off
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.urgency import many_signed
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.words import short_day, words
from mailbox_worker.reply.occasion import Occasion
from mailbox_worker.reply.shown_files import shown_to_clerk
from mailbox_worker.reply.watch_values import alarm, digest, escalation, reminder, survey

ASKS_DECISION = ("empty", "quotes", "no-decision", "unknown-person", "cannot-sign-off", "two-faces")


def template_values(occasion: Occasion) -> dict[str, Any]:
    """Give everything that the template of this kind of mail names, but for tokens and codes."""
    desk = occasion.desk
    values: dict[str, Any] = {
        "office": desk.content.office,
        "today": desk.day(occasion.now),
        "person": occasion.person,
        "letter": occasion.letter,
    }
    if occasion.letter is not None:
        values["category"] = occasion.category
        values["received_on"] = desk.day(occasion.letter.received_at)
    return values | SPECIAL[MailKind(occasion.row.kind)](occasion)


def _acknowledgement(occasion: Occasion) -> dict[str, Any]:
    letter, content = occasion.about, occasion.desk.content
    promise = occasion.desk.promise(letter.promise)
    dates = due(letter.received_at, promise, content.workdays, occasion.desk.zone)
    # 办理时限 is what staff are held to; the writer was promised the due date.
    form, urgent = content.letter_form, content.urgent
    missing = [f.label for f in form.fields if f.required and not letter.fields.get(f.id)]
    return {
        "explanation": explain(replace(dates, work_by=dates.due_on)),
        "missing": missing if letter.channel == "form" else [],
        "numbers": urgent.numbers if urgent is not None and _is_urgent(occasion) else (),
    }


def _is_urgent(occasion: Occasion) -> bool:
    letter = occasion.about
    return bool(letter.urgent) or many_signed(occasion.desk.content.urgent, letter.people)


def _particulars(occasion: Occasion) -> dict[str, Any]:
    """Give what a colleague must know before reading: urgency, nature, who may not see it, what it goes on from."""
    letter, content = occasion.about, occasion.desk.content
    nature = words("natures").get(letter.nature or "")
    return {
        "urgent": _is_urgent(occasion),
        "nature": nature["name"] if nature is not None else None,
        "information_request": letter.nature == INFORMATION_REQUEST,
        "kept_from": [occasion.name_of(person) for person in letter.restricted],
        "greeted": [occasion.name_of(person) for person in letter.greeted],
        "outside": content.organisations.outside_office if content.staff.director.id in letter.restricted else None,
    }


def _whole_letter(occasion: Occasion) -> dict[str, Any]:
    letter = occasion.about
    arguments = occasion.row.arguments
    mail = read_mail(raw_of(occasion.connection, letter.arrival))
    follow_ups = occasion.connection.execute(
        select(arrivals.c.id)
        .where(arrivals.c.letter == letter.number, arrivals.c.disposition == Disposition.FOLLOW_UP)
        .order_by(arrivals.c.id)
    ).scalars()
    return {
        "instead_of": occasion.name_of(arguments["instead_of"]) if "instead_of" in arguments else "",
        "why": arguments.get("why"),
        "codes": occasion.desk.config.sign_off.uses("totp"),
        "earlier_letters": _earlier_letters(occasion),
        "enclosed": frozenset(),
        **_particulars(occasion),
        **_reading(mail),
        "attachments": mail.attachments,
        "follow_ups": [read_mail(raw_of(occasion.connection, follow_up)).text for follow_up in follow_ups],
    }


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


def _draft_request(occasion: Occasion) -> dict[str, Any]:
    staff, arguments = occasion.desk.content.staff, occasion.row.arguments
    drafts = drafts_of(occasion.connection, occasion.about.number)
    other = next((c for c in staff.categories.values() if c.id != occasion.category.id), occasion.category)
    return {
        "because": arguments.get("because"),
        "comment": arguments.get("comment", ""),
        "said_by": occasion.name_of(arguments.get("said_by")),
        "deputy": who_signs_off(staff, occasion.category.id, occasion.about.restricted, occasion.desk.config.away),
        "other_category": other.name,
        "previous": drafts[-1] if drafts else None,
        **_whole_letter(occasion),
        "enclosed": frozenset(file.sha256 for file in shown_to_clerk(occasion.connection, occasion.about.number)),
        "snippets": [
            snippet.title
            for snippet in occasion.desk.content.snippets
            if not snippet.categories or occasion.category.id in snippet.categories
        ],
        **_acknowledgement(occasion),
    }


def _sign_off_request(occasion: Occasion) -> dict[str, Any]:
    letter, arguments = occasion.about, occasion.row.arguments
    staff, drafts = occasion.desk.content.staff, drafts_of(occasion.connection, letter.number)
    draft = next((draft for draft in drafts if draft.version == arguments["version"]), None)
    drafter = staff.people.get(draft.author) if draft is not None else None
    days_left = (letter.due_on - occasion.desk.day(occasion.now)).days
    urgency = words("urgency")["left" if days_left > 0 else "today" if days_left == 0 else "over"]
    new = staff.categories.get(str(arguments.get("category")), staff.default_category)
    before = next((old for old in reversed(drafts) if draft is not None and old.version < draft.version), None)
    return {
        "about": arguments["about"],
        "draft": draft,
        "files": files_of(occasion.connection, letter.number, draft.version) if draft is not None else (),
        "drafter": _clerk_behind(occasion, drafter),
        "edited_by_you": drafter is not None and occasion.person is not None and drafter.id == occasion.person.id,
        "summary": (draft.summary if draft is not None else "") or letter.subject,
        "urgency": urgency.format(days=abs(days_left)),
        "line_count": len(draft.text.splitlines()) if draft else 0,
        "character_count": len("".join(draft.text.split())) if draft else 0,
        "changes": changes(before.text, draft.text) if before is not None and draft is not None else [],
        "compared_with": before.version if before is not None else None,
        "earlier_returns": _earlier_returns(occasion.connection, letter.number),
        "said_by": occasion.name_of(arguments.get("said_by")),
        "new_category": new,
        "new_deputy": staff.people[new.deputy],
        **_whole_letter(occasion),
    }


def _clerk_behind(occasion: Occasion, drafter: Person | None) -> Person:
    """Give whom a return goes to: the drafter, or the clerk where a leader changed the draft."""
    if drafter is not None and drafter.post == "clerk":
        return drafter
    return who_drafts(occasion.desk.content.staff, occasion.about.restricted, ())


def _earlier_returns(connection: Connection, number: str) -> list[str]:
    query = (
        select(event_data.c.data)
        .join(events, events.c.seq == event_data.c.seq)
        .where(events.c.letter == number, events.c.kind == Step.RETURNED)
        .order_by(events.c.seq)
    )
    return [str(json.loads(data)["comment"]) for data in connection.execute(query).scalars()]


def _receipt(occasion: Occasion) -> dict[str, Any]:
    arguments = occasion.row.arguments
    outcome = str(arguments["outcome"])
    staff = occasion.desk.content.staff
    category = staff.categories.get(str(arguments.get("category")))
    now = outcome == "signed-off" and not arguments.get("hold_minutes")
    said = words("outcomes")["signed-off-now" if now else outcome].format(
        version=arguments.get("version"),
        number=occasion.about.number,
        hold_minutes=arguments.get("hold_minutes"),
        asked=occasion.name_of(arguments.get("asked")),
        category=category.name if category is not None else "",
        nature=words("natures").get(str(arguments.get("nature")), {"name": ""})["name"],
        until=short_day(date.fromisoformat(str(arguments["until"]))) if "until" in arguments else "",
    )
    draft = _draft(occasion, arguments.get("version"))
    return {
        "said": said,
        "how_to_stop": "" if now else words("how-to-stop").get(outcome, ""),
        "comment": arguments.get("comment", ""),
        "draft": draft,
        "files": files_of(occasion.connection, draft.letter, draft.version) if draft is not None else (),
    }


def _confirmation_request(occasion: Occasion) -> dict[str, Any]:
    return {"outcome": occasion.row.arguments["outcome"], "text": occasion.row.arguments["text"]}


def _not_understood(occasion: Occasion) -> dict[str, Any]:
    outcome, said = occasion.row.arguments["outcome"], str(occasion.row.arguments["said"])
    return {
        "said_back": words("doubts")[outcome].format(said=said),
        "asks_decision": outcome in ASKS_DECISION,
    }


def _refusal(occasion: Occasion) -> dict[str, Any]:
    return {"outcome": occasion.row.arguments["outcome"]}


def _draft(occasion: Occasion, version: int | None) -> Draft | None:
    drafts = drafts_of(occasion.connection, occasion.about.number)
    return next((draft for draft in drafts if draft.version == version), None)


def _probe(occasion: Occasion) -> dict[str, Any]:
    until = datetime.fromisoformat(occasion.row.arguments["until"])
    return {"until": until.astimezone(occasion.desk.zone), "codes": occasion.row.arguments["codes"]}


SPECIAL: dict[MailKind, Callable[[Occasion], dict[str, Any]]] = {
    MailKind.ACKNOWLEDGEMENT: _acknowledgement,
    MailKind.DRAFT_REQUEST: _draft_request,
    MailKind.SIGN_OFF_REQUEST: _sign_off_request,
    MailKind.RECEIPT: _receipt,
    MailKind.CONFIRMATION_REQUEST: _confirmation_request,
    MailKind.NOT_UNDERSTOOD: _not_understood,
    MailKind.REFUSAL: _refusal,
    MailKind.REMINDER: reminder,
    MailKind.ESCALATION: escalation,
    MailKind.ALARM: alarm,
    MailKind.DIGEST: digest,
    MailKind.SURVEY: survey,
    MailKind.PROBE: _probe,
}
