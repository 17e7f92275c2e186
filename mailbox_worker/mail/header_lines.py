"""Write header fields: folded, in ASCII, Chinese in encoded words that are never cut inside a character.

Receives names and values as text. Hands on complete field lines with CRLF. Refuses, with ValueError, control and
bidirectional characters, by which a value could become a second field or show itself as something else.
"""

import re
from base64 import b64encode

from mailbox_worker.mail.controls import UNSEEN

CRLF = "\r\n"
_LINE = 76
_LONGEST_WORD = 900
_NAME = re.compile(r"[!-9;-~]{1,60}")
_REFUSED = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{UNSEEN}]")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 _-]{1,60}")
_WORD_OVERHEAD = len("=?utf-8?b??=")


def field_lines(name: str, value: str) -> str:
    """Return `name: value` as one or more lines; spaces at the ends and runs of spaces are not kept."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no header name; expected ASCII letters and hyphens")
    refuse_controls(name, value)
    words = [word for word in value.split(" ") if word]
    if not value.isascii() or "=?" in value or any(len(word) > _LONGEST_WORD for word in words):
        words = encoded_words(" ".join(words), len(name) + 2)
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return CRLF.join(lines) + CRLF


def phrase(name: str, used: int) -> str:
    """Return a display name as an RFC 5322 phrase that begins in column *used* of its line."""
    name = re.sub(" +", " ", name).strip(" ")
    if _PLAIN_PHRASE.fullmatch(name):
        return name
    return f"{CRLF} ".join(encoded_words(name, used))


def encoded_words(text: str, used: int) -> list[str]:
    """Return *text* as RFC 2047 words, base64 of UTF-8, each fit for a line, the first one after *used* columns."""
    words, chunk = list[str](), b""
    room = _bytes_in(_LINE - used)
    for char in text:
        raw = char.encode()
        if len(chunk) + len(raw) > room and chunk:
            words.append(_encoded_word(chunk))
            chunk, room = b"", _bytes_in(_LINE - 1)
        chunk += raw
    return [*words, _encoded_word(chunk)] if chunk else words


def refuse_controls(name: str, value: str) -> None:
    """Raise ValueError if *value* holds a character that no header may hold."""
    if (found := _REFUSED.search(value)) is not None:
        raise ValueError(
            f"{name}: U+{ord(found[0]):04X} at place {found.start() + 1}; expected one line without control characters"
        )


def _bytes_in(columns: int) -> int:
    return max(4, (min(columns, _LINE - 1) - _WORD_OVERHEAD) // 4 * 3)


def _encoded_word(raw: bytes) -> str:
    return f"=?utf-8?b?{b64encode(raw).decode('ascii')}?="
