"""Read the bytes of a mail into a ParsedMail.

Receives whatever arrived. Hands on what can be read of it, with a note for all that was repaired or cut.
Never raises: a mail that defeats the reader is handed on as its header lines and its raw text. The stdlib is not asked:
policy.default raises on headers that really occur, and compat32 alone costs as much as all that is done here.
"""

from mailbox_worker.mail.addresses import addresses, identifier, identifiers, moment, read_addresses
from mailbox_worker.mail.controls import readable_text
from mailbox_worker.mail.header_text import decode_header
from mailbox_worker.mail.limits import (
    MAX_HEADERS,
    MAX_MAIL_BYTES,
    MAX_TEXT_CHARACTERS,
)
from mailbox_worker.mail.parsed import Address, ParsedMail
from mailbox_worker.mail.parts import Parts, gather
from mailbox_worker.mail.structure import read_structure

TNEF = "application/ms-tnef"  # Outlook's own container, often the only part of a mail


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


def _parsed(fields: tuple[tuple[str, str], ...], parts: Parts) -> ParsedMail:
    if len(fields) > MAX_HEADERS:
        parts.notes.append(f"{len(fields)} header fields, {MAX_HEADERS} read")
        fields = fields[:MAX_HEADERS]
    places: dict[str, list[int]] = {}
    for place, (name, _) in enumerate(fields):
        places.setdefault(name.lower(), []).append(place)
    first = {key: fields[at[0]][1] for key, at in places.items()}
    subject, repairs = decode_header(first.get("subject", ""))
    parts.notes += [f"header Subject {repair}" for repair in repairs]
    return ParsedMail(
        message_id=identifier(first.get("message-id", "")),
        in_reply_to=identifiers(first.get("in-reply-to", "")),
        references=identifiers(first.get("references", "")),
        senders=tuple(each for at in places.get("from", ()) for each in _addresses("From", fields[at][1], parts)),
        reply_to=_addresses("Reply-To", first.get("reply-to", ""), parts),
        to=_addresses("To", first.get("to", ""), parts),
        cc=_addresses("Cc", first.get("cc", ""), parts),
        subject=subject,
        date=moment(first["date"]) if "date" in first else None,
        return_path=_return_path(first.get("return-path")),
        fields=fields,
        places=places,
        text=_whole_text(parts),
        attachments=tuple(parts.attachments),
        notes=tuple(dict.fromkeys(parts.notes)),
    )


def _addresses(name: str, value: str, parts: Parts) -> tuple[Address, ...]:
    found, repairs = read_addresses(value)
    parts.notes += [f"header {name} {repair}" for repair in repairs]
    return found


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
        sealed = next((a.name for a in parts.attachments if TNEF in {a.media_type, a.found_type}), None)
        parts.notes += [f"text unreadable: {sealed}"] if sealed else []
        return ""
    return text
