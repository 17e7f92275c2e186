"""What each kind of mail says: from ledger and content to the values of its template.

Receives a planned mail and its letter; hands on the values. Renders nothing, decides nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.mail.words import words
from mailbox_worker.reply.draft_values import draft_request, receipt, sign_off_request
from mailbox_worker.reply.letter_values import promised
from mailbox_worker.reply.occasion import Occasion
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


def _confirmation_request(occasion: Occasion) -> dict[str, Any]:
    return {"outcome": occasion.row.arguments["outcome"], "text": occasion.row.arguments["text"]}


def _not_understood(occasion: Occasion) -> dict[str, Any]:
    outcome, said = occasion.row.arguments["outcome"], str(occasion.row.arguments["said"])
    return {
        "said_back": words("doubts")[outcome].format(said=said, outside=occasion.outside),
        "asks_decision": outcome in ASKS_DECISION,
        "nobody_signs": outcome == "nobody-signs",
    }


def _refusal(occasion: Occasion) -> dict[str, Any]:
    return {"outcome": occasion.row.arguments["outcome"]}


def _probe(occasion: Occasion) -> dict[str, Any]:
    until = datetime.fromisoformat(occasion.row.arguments["until"])
    return {"until": until.astimezone(occasion.desk.zone), "codes": occasion.row.arguments["codes"]}


SPECIAL: dict[MailKind, Callable[[Occasion], dict[str, Any]]] = {
    MailKind.ACKNOWLEDGEMENT: promised,
    MailKind.DRAFT_REQUEST: draft_request,
    MailKind.SIGN_OFF_REQUEST: sign_off_request,
    MailKind.RECEIPT: receipt,
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
