"""Read what a mail server reports about a mail of ours: delivered, delayed, given up, and for whom.

Receives a ParsedMail and its bytes. Hands on a DeliveryReport by RFC 3464, or read from the words of servers that write
their own (QQ, 163, Exchange, Coremail, qmail, Exim). Which mail of ours it is about is said here only as far as the
report quotes one: the address that it came to may say more (VERP, sub_addresses.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mailbox_worker.mail import machine_marks as marks
from mailbox_worker.mail.addresses import addresses, identifier
from mailbox_worker.mail.header_text import decode_header
from mailbox_worker.mail.machines import machine_signs
from mailbox_worker.mail.parsed import ParsedMail

_LOOKED_AT = 1000
"""Characters of a report in its server's own words."""


class Outcome(StrEnum):
    """What a delivery report means for the mail it speaks of, the gravest last."""

    DELIVERED = "delivered"
    DELAYED = "delayed"  # the server keeps trying: not a failure, nothing to send again
    SOFT = "soft"  # given up, but for a reason that may pass
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What happened for one recipient; action in lower case (RFC 3464 2.3.3), status as `5.1.1`."""

    action: str
    status: str
    final_recipient: str
    diagnostic: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A report about one mail of ours: the fields of its gravest recipient, and all recipients.

    original_message_id is what the report itself quotes; None means that it cannot be tied to a mail.
    """

    action: str
    status: str
    original_message_id: str | None
    final_recipient: str
    diagnostic: str
    outcome: Outcome
    recipients: tuple[RecipientReport, ...]


_BLOCK_END = re.compile(r"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ \-#:,，]")
_QUOTED_ID = re.compile(rb"^(?:[> \t]*)message-id[ \t]*:\s*(<[^<>\r\n]{1,998}>)", re.MULTILINE | re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}", re.ASCII)
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_LONGEST_DIAGNOSTIC = 500


def delivery_report(raw_mail: ParsedMail, raw: bytes) -> DeliveryReport | None:
    """Return what *raw_mail* (read from *raw*) reports about a delivery; None if it is no such report.

    RFC 3464 where the server follows it; else the words and codes of a mail that a mail system sent.
    """
    status_part = next((a for a in raw_mail.attachments if a.media_type == "message/delivery-status"), None)
    if status_part is not None:
        recipients = tuple(_recipients(status_part.content.decode("utf-8", "replace")))
    else:
        recipients = _from_words(raw_mail)
    if not recipients:
        return None
    gravest = max(recipients, key=lambda recipient: list(Outcome).index(recipient.outcome))
    return DeliveryReport(
        gravest.action,
        gravest.status,
        _original_message_id(raw_mail, raw),
        gravest.final_recipient,
        gravest.diagnostic,
        gravest.outcome,
        recipients,
    )


def _recipients(content: str) -> Iterator[RecipientReport]:
    for block in _BLOCK_END.split(content):
        fields = {name.lower(): decode_header(value)[0] for name, value in reversed(_FIELD.findall(block))}
        action = fields.get("action", "").lower()
        if action not in _ACTIONS:
            continue  # the first block speaks of the whole mail
        diagnostic = fields.get("diagnostic-code", "")
        status = next(iter(_STATUS.findall(fields.get("status", "") + " " + diagnostic)), "")
        recipient = fields.get("final-recipient") or fields.get("original-recipient", "")
        yield RecipientReport(
            action,
            status,
            _address(recipient.rpartition(";")[2]),
            diagnostic.partition(";")[2].strip()[:_LONGEST_DIAGNOSTIC] or diagnostic[:_LONGEST_DIAGNOSTIC],
            _outcome(action, status),
        )


def _address(text: str) -> str:
    return next((address.addr_spec for address in addresses(text)), "")


def _outcome(action: str, status: str) -> Outcome:
    if action == "delayed":
        return Outcome.DELAYED
    if action == "failed":
        return Outcome.SOFT if status.startswith("4") else Outcome.HARD
    return Outcome.DELIVERED


def _from_words(mail: ParsedMail) -> tuple[RecipientReport, ...]:
    """Read a report that follows no standard: a mail system sent it and its subject speaks of failure."""
    signs = {sign.name for sign in machine_signs(mail)}
    by_system = signs & {"null-return-path", "mailer-daemon", "delivery-report"} or any(
        sender.addr_spec.lower().startswith("postmaster@") for sender in mail.senders
    )
    if not by_system or not signs & {"subject-bounce", "delivery-report"}:
        return ()
    lines = mail.text.split("\n")
    diagnostic = next((line.strip() for line in lines if _STATUS.search(line) or _REPLY_CODE.search(line)), "")
    status = next(iter(_STATUS.findall(diagnostic)), "")
    code = _REPLY_CODE.search(diagnostic)
    trying = marks.STILL_TRYING.search(mail.subject + "\n" + mail.text[:_LOOKED_AT])
    action = "delayed" if trying else "failed"
    recipient = _address(mail.header("X-Failed-Recipients") or "") or _recipient_named(mail)
    outcome = _outcome(action, status or (code[1] if code else ""))
    if outcome is Outcome.HARD and marks.MAY_PASS.search(mail.text[: 2 * _LOOKED_AT]):
        outcome = Outcome.SOFT
    return (RecipientReport(action, status, recipient, diagnostic[:_LONGEST_DIAGNOSTIC], outcome),)


def _recipient_named(mail: ParsedMail) -> str:
    """Return the first address in the server's own words that is neither the server's nor ours; "" without one."""
    known = {address.addr_spec.lower() for address in (*mail.senders, *mail.to)}
    found = (each.rstrip(".") for each in _ADDRESS.findall(mail.text[: 2 * _LOOKED_AT]))
    return next((_address(each) for each in found if each.lower() not in known), "")


def _original_message_id(mail: ParsedMail, raw: bytes) -> str | None:
    """Return the id of the mail sent back: from its own header lines, else from what refers to it."""
    for attachment in mail.attachments:
        if attachment.media_type in {"message/rfc822", "text/rfc822-headers"}:
            found = _QUOTED_ID.search(attachment.content)
            if found is not None:
                return identifier(found[1].decode("ascii", "replace"))
    head = re.search(rb"\n\r?\n", raw)
    found = _QUOTED_ID.search(raw, head.end()) if head else None
    if found is not None:
        return identifier(found[1].decode("ascii", "replace"))
    return next(iter((*mail.in_reply_to, *mail.references[-1:])), None)
