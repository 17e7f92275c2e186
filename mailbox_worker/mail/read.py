"""Read the bytes of a mail into a ParsedMail.

Receives whatever arrived. Hands on what can be read of it, with a note for all that was repaired or cut.
Never raises: a mail that defeats the reader is handed on as its header lines and its raw text. The stdlib is not asked:
policy.default raises on headers that really occur, and compat32 alone costs as much as all that is done here.
"""

from collections.abc import Sequence

from mailbox_worker.mail.addresses import addresses, identifier, identifiers, moment
from mailbox_worker.mail.characters import decode_header, unfold
from mailbox_worker.mail.controls import readable_line, readable_text
from mailbox_worker.mail.limits import (
    MAX_HEADERS,
    MAX_MAIL_BYTES,
    MAX_TEXT_CHARACTERS,
)
from mailbox_worker.mail.parsed import Address, ParsedMail
from mailbox_worker.mail.parts import Parts, gather
from mailbox_worker.mail.structure import read_structure

_TRACE_FIELDS = frozenset(
    {"received", "return-path", "received-spf", "dkim-signature", "delivered-to", "x-original-to"}
    | {"authentication-results", "arc-authentication-results", "arc-seal", "arc-message-signature"}
)
"""Machines write these from what strangers sent; decoding a word in them could forge a `; dmarc=pass`."""


_SHORT = 1000
"""Characters of a field that may not be cut."""


def read_mail(raw: bytes) -> ParsedMail:
    """Return what can be read of *raw*; see ParsedMail for every field."""
    notes = []
    if len(raw) > MAX_MAIL_BYTES:
        notes.append(f"cut at {MAX_MAIL_BYTES} of {len(raw)} bytes")
        raw = raw[:MAX_MAIL_BYTES]
    mail = read_structure(raw)
    parts = Parts(notes=notes)
    try:
        gather(mail, parts)
    except Exception as fault:  # noqa: BLE001 a stranger's bytes never stop the worker
        parts.texts = parts.texts or [raw[:MAX_TEXT_CHARACTERS].decode("utf-8", "replace")]
        parts.notes.append(f"parts unreadable: {type(fault).__name__}")
    return _parsed(mail.fields, parts)


def _parsed(raw_headers: Sequence[tuple[str, str]], parts: Parts) -> ParsedMail:
    notes = parts.notes
    if len(raw_headers) > MAX_HEADERS:
        notes.append(f"{len(raw_headers)} header fields, {MAX_HEADERS} read")
        raw_headers = raw_headers[:MAX_HEADERS]
    first: dict[str, str] = {}
    headers, senders, subject = [], list[Address](), None
    for name, value in raw_headers:
        key = name.lower()
        first.setdefault(key, value)
        if key == "from":
            senders += addresses(value)
        if value.isascii() and value.isprintable() and "=?" not in value and len(value) < _SHORT:  # nearly all
            text = value if "  " not in value else readable_line(value)
        else:
            text, repairs = _header_value(key, value)
            notes += [f"header {name[:80]} {repair}" for repair in repairs]
        headers.append((name, text))
        if key == "subject" and subject is None:
            subject = text
    return ParsedMail(
        message_id=identifier(first.get("message-id", "")),
        in_reply_to=identifiers(first.get("in-reply-to", "")),
        references=identifiers(first.get("references", "")),
        senders=tuple(senders),
        reply_to=addresses(first.get("reply-to", "")),
        to=addresses(first.get("to", "")),
        cc=addresses(first.get("cc", "")),
        subject=subject or "",
        date=moment(first["date"]) if "date" in first else None,
        return_path=_return_path(first.get("return-path")),
        headers=tuple(headers),
        text=_whole_text(parts),
        html_only=parts.html_used and not parts.plain_used,
        attachments=tuple(parts.attachments),
        notes=tuple(dict.fromkeys(notes)),
    )


def _header_value(key: str, value: str) -> tuple[str, tuple[str, ...]]:
    if key in _TRACE_FIELDS:
        text, notes = unfold(value)
        return readable_line(text), notes
    return decode_header(value)


def _return_path(value: str | None) -> str | None:
    if value is None:
        return None
    if not value.strip().strip("<>").strip():
        return ""
    return next((address.addr_spec for address in addresses(value)), None)


def _whole_text(parts: Parts) -> str:
    text = readable_text("\n\n".join(text.strip("\r\n") for text in parts.texts if text.strip()))
    if len(text) > MAX_TEXT_CHARACTERS:
        parts.notes.append(f"text cut at {MAX_TEXT_CHARACTERS} characters")
        text = text[:MAX_TEXT_CHARACTERS]
    if not text.strip():
        sealed = next((a.name for a in parts.attachments if a.media_type == "application/ms-tnef"), None)
        parts.notes += [f"text unreadable: {sealed}"] if sealed else []
        return ""
    return text
