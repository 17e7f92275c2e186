"""Read the value of a Content-Type or Content-Disposition field, however it was written.

Receives the raw value (surrogate escapes allowed). Hands on the main value in lower case and the parameters,
RFC 2231 pieces joined, encoded words and raw 8-bit bytes decoded. Never raises.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from mailbox_worker.mail.characters import decode
from mailbox_worker.mail.controls import readable_line
from mailbox_worker.mail.header_text import decode_header, unfold
from mailbox_worker.mail.limits import MAX_NAME_CHARACTERS

_PARAMETER = re.compile(r""";\s*([^\s=;"*]{1,40})(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.){0,4000})"|([^;]*))""")
_ESCAPED = re.compile(r'\\(["\\])')  # not \n: old mailers name a file C:\new\table.doc
_PIECES = 100
_USUAL_LENGTH = 40

_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
_EXTENSION_OF = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/html": "html",
    "text/plain": "txt",
}


def parameters(raw: str) -> tuple[str, Mapping[str, str]]:
    """Return (`text/plain`, {`charset`: `gb2312`, …}); names in lower case, the first of equal names wins."""
    if ";" not in raw and raw.isascii():
        return raw.strip().lower(), {}
    return _usual(raw) if len(raw) <= _USUAL_LENGTH else _read(raw)


@lru_cache(maxsize=512)
def _usual(raw: str) -> tuple[str, Mapping[str, str]]:
    """Read a value that mail after mail repeats; long ones name a file or a boundary, and are their mail's own."""
    return _read(raw)


def _read(raw: str) -> tuple[str, Mapping[str, str]]:
    value, _ = unfold(raw)
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, number, extended, quoted, bare in _PARAMETER.findall(value):
        text = _ESCAPED.sub(r"\1", quoted) if quoted else bare.strip()
        if (number or extended) and len(pieces) < _PIECES:
            pieces.setdefault(name.lower(), {}).setdefault(int(number or 0), (bool(extended), text))
        else:
            plain.setdefault(name.lower(), decode_header(text)[0] if "=?" in text else text)
    return value.partition(";")[0].strip().lower(), plain | {name: _joined(p) for name, p in pieces.items()}


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Join RFC 2231 pieces before anything else: some senders cut inside a character, or inside `%E4`."""
    label, raw, coded = "utf-8", b"", ""
    for place, number in enumerate(sorted(pieces)):
        extended, text = pieces[number]
        if extended and place == 0 and text.count("'") >= 2:  # noqa: PLR2004 charset'language'value
            label, _, text = text.split("'", 2)
        if extended:
            coded += text
        else:
            raw, coded = raw + unquote_to_bytes(coded) + text.encode("utf-8", "replace"), ""
    return decode(raw + unquote_to_bytes(coded), label).text


def safe_name(wanted: str, media_type: str, number: int) -> str:
    """Return a file name of our own make from the one a stranger chose: no path, no control, never empty."""
    name = re.split(r"[/\\]", readable_line(wanted))[-1]
    name = _UNSAFE.sub("_", name).strip(". ")
    if not name:
        return f"attachment-{number}.{_EXTENSION_OF.get(media_type, 'bin')}"
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:  # noqa: PLR2004 longer than any extension in use
        return stem[: MAX_NAME_CHARACTERS - len(extension) - 1] + dot + extension
    return name[:MAX_NAME_CHARACTERS]


def distinct_name(name: str, taken: set[str]) -> str:
    """Return *name*, or with a number before its extension if another attachment has it already."""
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    number = next(n for n in range(2, len(taken) + 3) if f"{stem}-{n}{dot}{extension}" not in taken)
    return f"{stem}-{number}{dot}{extension}"
