"""Read the value of a header field as text: folds undone, encoded words decoded, raw 8-bit bytes read.

Receives a value as it stood; bytes above ASCII are surrogate escapes. Hands on one readable line and what had to be
repaired. Never raises.
"""

import binascii
import re
from dataclasses import dataclass

from mailbox_worker.mail.characters import codec_of, decode, reading_note
from mailbox_worker.mail.controls import readable_line
from mailbox_worker.mail.limits import MAX_HEADER_BYTES
from mailbox_worker.mail.transfer import base64_bytes

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(rb"[ \t]*\r?\n(?=[ \t])")

_TRACE_FIELDS = frozenset(
    {"received", "return-path", "received-spf", "dkim-signature", "delivered-to", "x-original-to"}
    | {"authentication-results", "arc-authentication-results", "arc-seal", "arc-message-signature"}
)
"""Machines write these from what strangers sent; decoding a word in them could forge a `; dmarc=pass`."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One encoded word of a header: label without its language, B or Q in lower case, the encoded text."""

    label: str
    encoding: str
    payload: str


def field_text(name: str, value: str) -> str:
    """Return the value of the field *name* (lower case) as one readable line; trace fields keep their encoded words."""
    return readable_line(unfold(value)[0]) if name in _TRACE_FIELDS else decode_header(value)[0]


def decode_header(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return a value as one readable line, and what had to be repaired."""
    value, notes = unfold(raw)
    if "=?" not in value:
        return readable_line(value), notes
    text, end, words, more = "", 0, list[_Word](), dict.fromkeys(notes)
    for found in _ENCODED_WORD.finditer(value):
        between = value[end : found.start()]
        label = found[1].partition("*")[0]  # RFC 2231 allows a language after a star
        word = _Word(label.lower(), found[2].lower(), found[3])
        if words and (between.strip() or codec_of(words[-1].label) != codec_of(word.label)):
            text += _decode_words(words, more)
            words = []
        text += between if between.strip() or not end else ""
        words.append(word)
        end = found.end()
    text += _decode_words(words, more) + value[end:]
    return readable_line(text), tuple(more)


def unfold(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return a value on one line, raw 8-bit bytes read, encoded words left alone; and notes."""
    if len(raw) <= MAX_HEADER_BYTES and raw.isascii():  # nearly all
        if "\n" in raw:
            raw = raw.replace("\r\n", "\n").replace("\n\t", " ").replace("\n ", " ")
        return raw.replace("\t", " "), ()
    whole = _bytes_of(raw)
    notes = [] if len(whole) <= MAX_HEADER_BYTES else [f"cut at {MAX_HEADER_BYTES} bytes"]
    whole = _FOLD.sub(b"", whole[:MAX_HEADER_BYTES])
    if whole.isascii():
        return whole.decode("ascii"), tuple(notes)
    decoded = decode(whole, None)
    notes.append("raw 8-bit")
    if decoded.loss:
        notes.append("decoded with loss")
    return decoded.text, tuple(notes)


def _bytes_of(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of pairs that stand for no byte
        return text.encode("utf-8", "replace")


def _decode_words(words: list[_Word], notes: dict[str, None]) -> str:
    """Decode neighbours of one charset together: some senders cut between the bytes of a character."""
    if not words:
        return ""
    label = words[-1].label
    decoded = decode(_word_bytes(words), label)
    if note := reading_note(label, decoded):
        notes[note] = None
    if decoded.loss:
        notes["decoded with loss"] = None
    return decoded.text


def _word_bytes(words: list[_Word]) -> bytes:
    raw, open_base64 = b"", b""
    for word in words:
        payload = word.payload.encode("utf-8", "replace")
        if word.encoding == "b":
            open_base64 += payload
            if not payload.endswith(b"=") and len(open_base64) % 4:
                continue  # the next word goes on in the middle of four letters
            raw += base64_bytes(open_base64)
            open_base64 = b""
        else:
            raw += binascii.a2b_qp(payload, header=True)
    return raw + base64_bytes(open_base64)
