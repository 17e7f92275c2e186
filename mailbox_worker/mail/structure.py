"""Part the bytes of a mail into header fields and parts, without copying what is not asked for.

Receives raw bytes. Hands on a Part: the fields as they stood (surrogate escapes for bytes above ASCII, folds kept) and
where its body lies. Nothing is decoded but what a Content-* field says of its own part. Never raises; it is bounded by
the caller's depth, and by MAX_PARTS in every multipart. An outer boundary ends whatever is still open inside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbox_worker.mail.limits import MAX_PARTS
from mailbox_worker.mail.parameters import parameters

_FIELD = re.compile(r"[!-9;-~]*:")
_WELL_FORMED = re.compile(r"(?:[!-9;-~]++:.*+\n(?:[ \t].*+\n)*+)*+")
_FIELDS = re.compile(r"^([!-9;-~]++):[ \t]*+(.*+(?:\n[ \t].*+)*+)", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_FIRST_BOUNDARY = re.compile(rb"^--([^\s\"\\\x80-\xff-][^\r\n\"\\\x80-\xff]{0,68}?)[ \t]*\r?$", re.MULTILINE)
_CONTENT_FIELDS = frozenset({"content-type", "content-disposition", "content-transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a part's own header lines say of it."""

    media_type: str
    encoding: str
    charset: str | None
    boundary: str
    flowed: bool
    name: str
    named_by_disposition: bool
    attached: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A mail, or a part of one: its fields in order, its kind, and its body as a stretch of the whole mail's bytes."""

    fields: tuple[tuple[str, str], ...]
    kind: Kind
    whole: bytes = field(repr=False)
    start: int
    end: int

    @property
    def body(self) -> bytes:
        """The bytes below the header lines, transfer encoding not undone."""
        return self.whole[self.start : self.end]


def read_structure(whole: bytes) -> Part:
    """Return the mail as one Part; its children are read when they are asked for."""
    if b"\n" not in whole:
        whole = whole.replace(b"\r", b"\r\n")  # a mail from an old Macintosh, or no mail at all
    return _part(whole, 0, len(whole), "text/plain")


def children(part: Part) -> tuple[list[Part], bool]:
    """Return the parts of a multipart, and whether its own boundary was not there and had to be guessed."""
    default = "message/rfc822" if part.kind.media_type == "multipart/digest" else "text/plain"
    stretches = None
    if part.kind.boundary:
        stretches = _stretches(part, part.kind.boundary.encode("utf-8", "surrogateescape"))
    guessed = stretches is None
    if guessed and (found := _FIRST_BOUNDARY.search(part.whole, part.start, part.end)) is not None:
        stretches = _stretches(part, found[1])
    return [_part(part.whole, start, end, default) for start, end in stretches or ()], guessed


def _stretches(part: Part, boundary: bytes) -> list[tuple[int, int]] | None:
    """Return where the parts lie between their boundary lines; None if no such line is there."""
    whole, marker = part.whole, b"--" + boundary
    found: list[tuple[int, int]] = []
    at, open_at, seen = part.start, -1, False
    while len(found) <= MAX_PARTS and (mark := whole.find(marker, at, part.end)) >= 0:
        line_end = whole.find(b"\n", mark, part.end)
        line_end = part.end if line_end < 0 else line_end
        rest = whole[mark + len(marker) : line_end].strip(b" \t\r")
        at = line_end
        if (mark > part.start and whole[mark - 1] != ord("\n")) or rest not in (b"", b"--"):
            at = mark + len(marker)
            continue
        seen = True
        if open_at >= 0:
            found.append((open_at, _before_line_end(whole, open_at, mark)))
        open_at = min(line_end + 1, part.end) if rest == b"" else -1
        if open_at < 0:
            break
    if open_at >= 0 and len(found) <= MAX_PARTS:
        found.append((open_at, part.end))
    return found if seen else None


def _before_line_end(whole: bytes, start: int, end: int) -> int:
    """Return where a part ends: the line end before a boundary belongs to the boundary (RFC 2046, 5.1.1)."""
    if end > start and whole[end - 1] == ord("\n"):
        end -= 1
        if end > start and whole[end - 1] == ord("\r"):
            end -= 1
    return end


def _part(whole: bytes, start: int, end: int, default_type: str) -> Part:
    head_end, body_start = _end_of_head(whole, start, end)
    fields, unread = _fields(whole[start:head_end])
    if unread is not None:
        body_start = start + unread
    return Part(tuple(fields), _kind(fields, default_type), whole, body_start, end)


def _end_of_head(whole: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the header lines end and where the body begins."""
    if whole.startswith((b"\n", b"\r\n"), start, end):
        return start, start + (1 if whole[start] == ord("\n") else 2)
    crlf = whole.find(b"\n\r\n", start, end)
    lf = whole.find(b"\n\n", start, end if crlf < 0 else crlf)
    if lf >= 0:
        return lf + 1, lf + 2
    return (crlf + 1, crlf + 3) if crlf >= 0 else (end, end)


def _fields(head: bytes) -> tuple[list[tuple[str, str]], int | None]:
    """Return the fields, and where the first line stands that is none: there the body begins; else None."""
    text = head.decode("ascii", "surrogateescape").replace("\r\n", "\n")
    if _WELL_FORMED.fullmatch(text):
        return _FIELDS.findall(text), None
    fields: list[tuple[str, str]] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line[:1] in {" ", "\t"}:
            if fields:
                fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
        elif _FIELD.match(line):
            name, _, value = line.partition(":")
            if name:
                fields.append((name, value.lstrip(" \t")))
        elif line and not (number == 0 and line.startswith("From ")):
            ended = sum(len(each) + 1 for each in lines[:number])
            return fields, ended + head[:ended].count(b"\r")
    return fields, None


def _kind(fields: list[tuple[str, str]], default_type: str) -> Kind:
    said: dict[str, str] = {}
    for name, value in fields:
        if name[:1] in "Cc" and (key := name.lower()) in _CONTENT_FIELDS:
            said.setdefault(key, value)
    media_type, of_type = parameters(said.get("content-type", default_type))
    disposition, of_disposition = parameters(said.get("content-disposition", ""))
    return Kind(
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "text/plain",
        encoding=said.get("content-transfer-encoding", "").strip().lower(),
        charset=of_type.get("charset"),
        boundary=of_type.get("boundary", "").rstrip(),
        flowed=of_type.get("format", "").lower() == "flowed",
        name=of_disposition.get("filename") or of_type.get("name") or "",
        named_by_disposition=bool(of_disposition.get("filename")),
        attached=disposition == "attachment",
    )


def leaves(part: Part, *, depth: int) -> Iterator[Part]:
    """Yield every part that has none below it, in order, down to *depth*."""
    below = children(part)[0] if depth and part.kind.media_type.startswith("multipart/") else []
    for child in below:
        yield from leaves(child, depth=depth - 1)
    if not below:
        yield part
