"""What mails say of a draft: the request for one, the request to sign it off, and the receipt.

Receives an Occasion; hands on values of templates. Renders nothing, decides nothing.
"""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from bureau.office import Person
from mailbox_worker.ledger.draft_files import files_of
from mailbox_worker.ledger.letters import Draft, drafts_of
from mailbox_worker.ledger.tables import event_data, events
from mailbox_worker.letter.changes import changes
from mailbox_worker.letter.rights import somebody_may_sign_off, who_signs_off
from mailbox_worker.letter.states import Step
from mailbox_worker.mail.words import short_day, words
from mailbox_worker.reply.letter_values import promised, whole_letter
from mailbox_worker.reply.occasion import Occasion
from mailbox_worker.reply.shown_files import shown_to_clerk


def draft_request(occasion: Occasion) -> dict[str, Any]:
    """Give the values of the request to draft."""
    staff, arguments = occasion.desk.content.staff, occasion.row.arguments
    drafts = drafts_of(occasion.connection, occasion.about.number)
    signer = who_signs_off(staff, occasion.category.id, occasion.about.restricted, occasion.desk.config.away)
    other = next((c for c in staff.categories.values() if c.id != occasion.category.id), occasion.category)
    return {
        "because": arguments.get("because"),
        "comment": arguments.get("comment", ""),
        "said_by": occasion.name_of(arguments.get("said_by")),
        "deputy": signer,
        "nobody_signs": not somebody_may_sign_off(staff, occasion.about.restricted),
        "other_category": other.name,
        "previous": drafts[-1] if drafts else None,
        **whole_letter(occasion),
        "enclosed": frozenset(file.sha256 for file in shown_to_clerk(occasion.connection, occasion.about.number)),
        "snippets": [
            snippet.title
            for snippet in occasion.desk.content.snippets
            if not snippet.categories or occasion.category.id in snippet.categories
        ],
        **promised(occasion),
    }


def sign_off_request(occasion: Occasion) -> dict[str, Any]:
    """Give the values of the request to sign off."""
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
        **whole_letter(occasion),
    }


def _clerk_behind(occasion: Occasion, drafter: Person | None) -> Person:
    """Give whom a return goes to: the drafter, or the clerk where a leader changed the draft."""
    if drafter is not None and drafter.post == "clerk":
        return drafter
    return occasion.desk.clerk_of(occasion.about)


def _earlier_returns(connection: Connection, number: str) -> list[str]:
    query = (
        select(event_data.c.data)
        .join(events, events.c.seq == event_data.c.seq)
        .where(events.c.letter == number, events.c.kind == Step.RETURNED)
        .order_by(events.c.seq)
    )
    return [str(json.loads(data)["comment"]) for data in connection.execute(query).scalars()]


def receipt(occasion: Occasion) -> dict[str, Any]:
    """Give the values of the receipt: what was understood, and how to stop it."""
    arguments = occasion.row.arguments
    outcome = str(arguments["outcome"])
    staff = occasion.desk.content.staff
    category = staff.categories.get(str(arguments.get("category")))
    now = outcome == "signed-off" and not arguments.get("hold_minutes")
    said = words("outcomes")["signed-off-now" if now else outcome].format(
        version=arguments.get("version"),
        number=occasion.about.number,
        outside=occasion.outside,
        hold_minutes=arguments.get("hold_minutes"),
        asked=occasion.name_of(arguments.get("asked")),
        category=category.name if category is not None else "",
        nature=words("natures").get(str(arguments.get("nature")), {"name": ""})["name"],
        until=short_day(date.fromisoformat(str(arguments["until"]))) if "until" in arguments else "",
    )
    draft = _draft(occasion, arguments.get("version"))
    return {
        "said": said,
        "to_deliver": outcome == "to-deliver",
        "how_to_stop": "" if now else words("how-to-stop").get(outcome, ""),
        "comment": arguments.get("comment", ""),
        "draft": draft,
        "files": files_of(occasion.connection, draft.letter, draft.version) if draft is not None else (),
    }


def _draft(occasion: Occasion, version: int | None) -> Draft | None:
    drafts = drafts_of(occasion.connection, occasion.about.number)
    return next((draft for draft in drafts if draft.version == version), None)
