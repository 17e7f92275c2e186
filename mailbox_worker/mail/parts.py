"""Walk the parts of a mail: which ones are its text, which ones came along.

Receives the structure of a mail. Hands on, in a Parts, the texts in order and the attachments under our own
names. Bounded in depth and number; a part that cannot be decoded is kept as its bytes.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbox_worker.mail.characters import decode, reading_note
from mailbox_worker.mail.file_types import dangers, real_type
from mailbox_worker.mail.header_text import decode_header
from mailbox_worker.mail.html_text import declared_charset, text_of_html
from mailbox_worker.mail.limits import MAX_DEPTH, MAX_HTML_CHARACTERS, MAX_PARTS
from mailbox_worker.mail.parameters import distinct_name, safe_name
from mailbox_worker.mail.parsed import ATTACHED_MAIL_MARK, Attachment
from mailbox_worker.mail.structure import Kind, Part, children, leaves, read_structure
from mailbox_worker.mail.transfer import undone, uu_bytes

_BODY_TYPES = ("text/plain", "text/html")
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]{0,200})\r?$", re.MULTILINE)
_UU_END = re.compile(r"^end[ \t]*\r?$", re.MULTILINE)
_SHOWN_OF_ATTACHED_MAIL = ("From", "Date", "Subject")


@dataclass(slots=True)
class Parts:
    """What has been gathered so far."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    leaves: int = 0


def gather(part: Part, parts: Parts, *, depth: int = 0, as_text: bool = True) -> None:
    """Add *part* and all below it; without as_text its texts are another form of one already there."""
    if depth > MAX_DEPTH:
        parts.notes.append(f"nested deeper than {MAX_DEPTH}, the rest not read")
        return
    kind = part.kind
    multipart = kind.media_type.startswith("multipart/")
    below, guessed = children(part) if multipart else ([], False)
    if multipart and (below or not guessed):
        parts.notes += ["boundary missing or wrong, guessed"] if guessed else []
        _gather_children(below, kind.media_type, parts, depth=depth + 1, as_text=as_text)
    elif parts.leaves >= MAX_PARTS:
        parts.notes.append(f"more than {MAX_PARTS} parts, the rest not read")
    elif kind.media_type == "message/rfc822":
        parts.leaves += 1
        _take_attached_mail(part, parts, depth=depth, as_text=as_text)
    else:
        parts.leaves += 1
        _take_leaf(part, parts, as_text=as_text)


def leaf_contents(mail: Part) -> Iterator[tuple[str, bytes]]:
    """Yield media type and decoded content of every leaf; texts as UTF-8 with LF and no blank lines at the end."""
    for part in leaves(mail, depth=MAX_DEPTH):
        content = content_of(part)
        if part.kind.media_type.startswith("text/"):
            text = decode(content, part.kind.charset).text.replace("\r\n", "\n")
            content = text.rstrip("\n").encode("utf-8", "replace")
        yield part.kind.media_type, content


def _gather_children(children: list[Part], media_type: str, parts: Parts, *, depth: int, as_text: bool) -> None:
    chosen: Part | None = None
    if media_type == "multipart/alternative":
        chosen = _best_alternative(children)
    report = media_type == "multipart/report"  # what was sent back is evidence, not text of this mail
    for place, child in enumerate(children):
        wanted = child is chosen if chosen is not None else not (report and place > 0)
        gather(child, parts, depth=depth, as_text=as_text and wanted)


def _best_alternative(children: list[Part]) -> Part | None:
    """Return the plain text unless it is blank, else the last form, which RFC 2046 5.1.4 calls the best."""
    for child in children:
        if child.kind.media_type == "text/plain" and content_of(child).strip():
            return child
    forms = [child for child in children if child.kind.media_type.startswith(("text/html", "multipart/"))]
    return forms[-1] if forms else None


def _take_leaf(part: Part, parts: Parts, *, as_text: bool) -> None:
    kind = part.kind
    named_body = kind.named_by_disposition or (bool(kind.name) and bool(parts.texts))
    body_type = kind.media_type in _BODY_TYPES or kind.media_type.startswith("multipart/")  # without any part
    if not body_type or kind.attached or named_body:
        _attach(kind.name, kind.media_type, content_of(part), parts)
    elif as_text:
        _take_text(content_of(part), kind, parts)


def _take_text(content: bytes, kind: Kind, parts: Parts) -> None:
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
    else:
        text = _without_uuencoded(_unflowed(text) if kind.flowed else text, parts)
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
        content = uu_bytes(text[begin.end() : end.start()])
        if not content or len(parts.attachments) >= MAX_PARTS:
            break
        _attach(begin[1], "application/octet-stream", content, parts)
        parts.notes.append(f"uuencoded: {parts.attachments[-1].name}")
        text = text[: begin.start()] + text[end.end() :].lstrip("\n")
    return text


def _take_attached_mail(part: Part, parts: Parts, *, depth: int, as_text: bool) -> None:
    """Keep the mail as a file and put its text below ours, marked: it is not the sender's own."""
    content = content_of(part)
    _attach(part.kind.name, part.kind.media_type, content, parts)
    if not as_text:
        return
    inner = read_structure(content)
    below = Parts(leaves=parts.leaves)
    gather(inner, below, depth=depth + 1)
    fields = {name.lower(): value for name, value in reversed(inner.fields)}
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


def content_of(part: Part) -> bytes:
    """Return a leaf's bytes with its transfer encoding undone."""
    return undone(part.body, part.kind.encoding)
