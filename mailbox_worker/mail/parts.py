"""Walk the parts of a mail: which ones are its text, which ones came along.

Receives the stdlib's message tree. Hands on, in a Parts, the texts in order and the attachments under our own
names. Bounded in depth and number; a part that cannot be decoded is kept as its bytes.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from io import BytesIO

from mailbox_worker.mail.characters import decode, decode_header, reading_note
from mailbox_worker.mail.file_types import dangers, real_type
from mailbox_worker.mail.html_text import declared_charset, text_of_html
from mailbox_worker.mail.limits import MAX_DEPTH, MAX_HTML_CHARACTERS, MAX_PARTS
from mailbox_worker.mail.parameters import distinct_name, parameters, safe_name
from mailbox_worker.mail.parsed import ATTACHED_MAIL_MARK, Attachment

_BODY_TYPES = ("text/plain", "text/html")
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]{0,200})\r?$", re.MULTILINE)
_UU_END = re.compile(r"^end[ \t]*\r?$", re.MULTILINE)
_CONTENT_FIELDS = frozenset({"content-type", "content-disposition", "content-transfer-encoding"})
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_WIRE = compat32.clone(linesep="\r\n", mangle_from_=False)
_SHOWN_OF_ATTACHED_MAIL = ("From", "Date", "Subject")


@dataclass(slots=True)
class Parts:
    """What has been gathered so far."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plain_used: bool = False
    html_used: bool = False
    leaves: int = 0


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a part's own header lines say of it."""

    media_type: str
    encoding: str
    charset: str | None
    flowed: bool
    name: str
    named_by_disposition: bool
    attached: bool


def gather(part: Message, parts: Parts, *, depth: int = 0, as_text: bool = True) -> None:
    """Add *part* and all below it; without as_text its texts are another form of one already there."""
    if depth > MAX_DEPTH:
        parts.notes.append(f"nested deeper than {MAX_DEPTH}, the rest not read")
        return
    kind = _kind(part)
    if part.is_multipart() and kind.media_type.startswith("message/"):
        _take_attached_mail(part, kind, parts, depth=depth, as_text=as_text)
    elif part.is_multipart():
        _gather_children(_children(part), kind.media_type, parts, depth=depth + 1, as_text=as_text)
    elif parts.leaves >= MAX_PARTS:
        parts.notes.append(f"more than {MAX_PARTS} parts, the rest not read")
    else:
        parts.leaves += 1
        _take_leaf(part, kind, parts, as_text=as_text)


def leaves(message: Message) -> Iterator[tuple[str, bytes]]:
    """Yield media type and decoded content of every leaf; texts as UTF-8 with LF and no blank lines at the end."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart():
            waiting += reversed(_children(part))
            continue
        kind = _kind(part)
        content = _content(part, kind.encoding)
        if kind.media_type.startswith("text/"):
            text = decode(content, kind.charset).text.replace("\r\n", "\n")
            content = text.rstrip("\n").encode("utf-8", "replace")
        yield kind.media_type, content


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _kind(part: Message) -> _Kind:
    fields: dict[str, str] = {}
    for name, value in part.raw_items():
        if name[:1] in "Cc" and (key := name.lower()) in _CONTENT_FIELDS:
            fields.setdefault(key, str(value))
    media_type, of_type = parameters(fields.get("content-type", part.get_default_type()))
    disposition, of_disposition = parameters(fields.get("content-disposition", ""))
    return _Kind(
        media_type=media_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type) else "text/plain",
        encoding=fields.get("content-transfer-encoding", "").strip().lower(),
        charset=of_type.get("charset"),
        flowed=of_type.get("format", "").lower() == "flowed",
        name=of_disposition.get("filename") or of_type.get("name") or "",
        named_by_disposition=bool(of_disposition.get("filename")),
        attached=disposition == "attachment",
    )


def _gather_children(children: list[Message], media_type: str, parts: Parts, *, depth: int, as_text: bool) -> None:
    chosen: Message | None = None
    if media_type == "multipart/alternative":
        chosen = _best_alternative(children)
    report = media_type == "multipart/report"  # what was sent back is evidence, not text of this mail
    for place, child in enumerate(children):
        wanted = child is chosen if chosen is not None else not (report and place > 0)
        gather(child, parts, depth=depth, as_text=as_text and wanted)


def _best_alternative(children: list[Message]) -> Message | None:
    """Return the plain text unless it is blank, else the last form, which RFC 2046 5.1.4 calls the best."""
    for child in children:
        kind = _kind(child)
        if kind.media_type == "text/plain" and _content(child, kind.encoding).strip():
            return child
    forms = [child for child in children if _kind(child).media_type.startswith(("text/html", "multipart/"))]
    return forms[-1] if forms else None


def _take_leaf(part: Message, kind: _Kind, parts: Parts, *, as_text: bool) -> None:
    content = _content(part, kind.encoding)
    named_body = kind.named_by_disposition or (bool(kind.name) and bool(parts.texts))
    if kind.media_type not in _BODY_TYPES or kind.attached or named_body:
        _attach(kind.name, kind.media_type, content, parts)
    elif as_text:
        _take_text(content, kind, parts)


def _take_text(content: bytes, kind: _Kind, parts: Parts) -> None:
    is_html = kind.media_type == "text/html"
    label = kind.charset or (declared_charset(content) if is_html else None)
    decoded = decode(content, label)
    if note := reading_note(label, decoded):
        parts.notes.append(note)
    if decoded.loss:
        parts.notes.append("decoded with loss")
    text = decoded.text.replace("\r\n", "\n")
    if not is_html and re.match(r"\s*<(!doctype html|html)\b", text[:200], re.IGNORECASE):
        parts.notes.append("HTML in a plain text part")
        is_html = True
    if is_html:
        if len(text) > MAX_HTML_CHARACTERS:
            parts.notes.append(f"HTML cut at {MAX_HTML_CHARACTERS} characters")
        text = text_of_html(text)
        parts.html_used = parts.html_used or bool(text.strip())
    else:
        text = _without_uuencoded(_unflowed(text) if kind.flowed else text, parts)
        parts.plain_used = parts.plain_used or bool(text.strip())
    parts.texts.append(text)


def _unflowed(text: str) -> str:
    """Join the soft line breaks of RFC 3676; the delimiter of a signature is no soft break."""
    lines: list[str] = []
    soft = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        if soft and depth == len(lines[-1]) - len(lines[-1].lstrip(">")):
            lines[-1] += line[depth:].removeprefix(" ")
        else:
            lines.append(line if depth else line.removeprefix(" "))
        soft = line.endswith(" ") and line[depth:].removeprefix(" ") != "-- "
    return "\n".join(lines)


def _without_uuencoded(text: str, parts: Parts) -> str:
    while (begin := _UU_BEGIN.search(text)) and (end := _UU_END.search(text, begin.end())):
        content = b"".join(_uu_line(line) for line in text[begin.end() : end.start()].split("\n"))
        if not content or len(parts.attachments) >= MAX_PARTS:
            break
        _attach(begin[1], "application/octet-stream", content, parts)
        parts.notes.append(f"uuencoded: {parts.attachments[-1].name}")
        text = text[: begin.start()] + text[end.end() :].lstrip("\n")
    return text


def _uu_line(line: str) -> bytes:
    if not line.strip():
        return b""  # which the codec would take for 32 bytes
    try:
        return binascii.a2b_uu(line.rstrip("\r").encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return b""


def _take_attached_mail(part: Message, kind: _Kind, parts: Parts, *, depth: int, as_text: bool) -> None:
    """Keep the mail as a file and put its text below ours, marked: it is not the sender's own."""
    inner = next((mail for mail in _children(part) if kind.media_type == "message/rfc822"), None)
    _attach(kind.name, kind.media_type, _bytes_of(part), parts)
    if inner is None or not as_text:
        return
    below = Parts(leaves=parts.leaves)
    gather(inner, below, depth=depth + 1)
    fields = {str(name).lower(): str(value) for name, value in reversed(list(inner.raw_items()))}
    head = [
        f"{name}: {decode_header(fields[name.lower()])[0]}"
        for name in _SHOWN_OF_ATTACHED_MAIL
        if name.lower() in fields
    ]
    parts.texts.append("\n".join([ATTACHED_MAIL_MARK, *head, "", *below.texts]))
    parts.notes += [f"attached mail: {note}" for note in below.notes]
    parts.leaves = below.leaves


def _attach(wanted_name: str, media_type: str, content: bytes, parts: Parts) -> None:
    if len(parts.attachments) >= MAX_PARTS:
        return
    taken = {attachment.name for attachment in parts.attachments}
    name = safe_name(wanted_name, media_type, len(taken) + 1)
    if name.lower() == "winmail.dat":
        media_type = "application/ms-tnef"
    digest = hashlib.sha256(content).hexdigest()
    parts.attachments.append(
        Attachment(
            distinct_name(name, taken),
            media_type,
            len(content),
            digest,
            content,
            real_type(content),
            tuple(str(danger) for danger in dangers(name, content)),
        )
    )


def _content(part: Message, encoding: str) -> bytes:
    """Return a leaf's bytes with its transfer encoding undone; damaged encodings as far as they go."""
    if encoding in _UU_NAMES:
        return b"".join(_uu_line(line) for line in str(part.get_payload()).split("\n")[1:])
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _bytes_of(part: Message) -> bytes:
    """Return the bytes below the part's own header lines, as far as the parser kept them."""
    out = BytesIO()
    try:
        BytesGenerator(out, policy=_WIRE, maxheaderlen=0).flatten(part)
    except Exception:  # noqa: BLE001 it fails on headers that the parser let pass
        return b""
    return out.getvalue().partition(b"\r\n\r\n")[2]
