"""Read bytes as text, whatever their label says: the ladder that Chinese mail needs.

Receives bytes and the charset label they came with, if any. Hands on text, the codec that was used and whether
something was lost. Never raises, never asks a codec that is not for text.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from mailbox_worker.mail.controls import readable_line

GB, BIG5, UTF8 = "gb18030", "big5hkscs", "utf-8"

_LABELS = {
    GB: "gb2312 gbk gb18030 cp936 ms936 windows-936 936 134 x-gbk gb-2312-80 gb2312-80 gbk2312 csgb2312 "
    "euc-cn x-euc-cn chinese iso-ir-58 gb",
    BIG5: "big5 big-5 big5-hkscs big5hkscs big5-tw chinesebig5 csbig5 x-x-big5 x-big5 cp950 950 136",
    UTF8: "utf-8 utf8 unicode-1-1-utf-8 x-unicode-2-0-utf-8 utf8mb4 cp65001 65001",
    "hz": "hz hz-gb-2312 hzgb2312",
}
_CODEC_OF_LABEL = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

_LABELS_THAT_SAY_NOTHING = frozenset(
    {"ascii", "us-ascii", "ansi", "default", "unknown-8bit", "x-unknown", "unknown", "binary", "8bit", "none"}
    | {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "x-user-defined"}
)
"""Programs write these without having looked; as many Chinese as Western letters carry them."""

_OTHER_TEXT_CODECS = re.compile(
    r"(iso8859-\d+|cp125\d|cp8(66|74)|cp9(32|49)|koi8-[ru]|shift_jis\w*|euc_\w+|iso2022_\w+|"
    r"utf-(16|32)(-[bl]e)?|utf-7|tis-620|mac-\w+)"
)
_SEVEN_BIT_OR_WIDE = re.compile(r"hz|iso2022_\w+|utf-(16|32)(-[bl]e)?|utf-7")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_SAMPLE = 4000
"""Characters looked at when two readings are compared."""
_MAX_EURO_BYTES = 1000
"""Each costs one more decoder run."""
_TOLERABLE_LOSS = 0.1
"""A text with one wrong character in ten is still the text its label says, damaged on the way."""
_LIKELY = 0.5
"""Half of the characters common: chance readings of other encodings stay near a third."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the Python codec that read it, and whether characters were lost (they are U+FFFD)."""

    text: str
    charset: str
    loss: bool


def decode(raw: bytes, label: str | None) -> Decoded:
    """Read *raw*: a label is believed where it can be, strict UTF-8 wherever it fits, else by likelihood."""
    codec = codec_of(label)
    wide = codec is not None and _SEVEN_BIT_OR_WIDE.fullmatch(codec)
    if raw.isascii() and not (wide and (codec in {"hz", "utf-7"} or b"\0" in raw or b"\x1b" in raw)):
        return Decoded(raw.decode("ascii"), "us-ascii", loss=False)
    if codec is not None and wide and (text := _strict(raw, codec)) is not None:
        return Decoded(text, codec, loss=False)
    for mark, name in _BYTE_ORDER_MARKS:
        if raw.startswith(mark) and (text := _strict(raw, name)) is not None:
            return Decoded(text, name, loss=False)
    return _as_utf8(raw, codec) or _as_labelled(raw, codec) or _as_likely(raw, codec)


def reading_note(label: str | None, decoded: Decoded) -> str | None:
    """Say how a labelled text was read if not by its label's own name; None for the plain cases."""
    name = (label or "").strip(" \t\"'").lower()
    if decoded.charset in {"us-ascii", name} or (decoded.charset == UTF8 and name in {"utf8", "utf-8"}):
        return None
    return f"charset {readable_line(name)[:40] or 'missing'} read as {decoded.charset}"


@lru_cache(maxsize=256)
def codec_of(label: str | None) -> str | None:
    """Return the codec that reads what senders put under *label*; None if the label says nothing."""
    name = (label or "").partition("*")[0].strip(" \t\r\n\"'").lower().replace("_", "-")[:40]
    if name in _CODEC_OF_LABEL:
        return _CODEC_OF_LABEL[name]
    if not name or name in _LABELS_THAT_SAY_NOTHING:
        return None
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return known if _OTHER_TEXT_CODECS.fullmatch(known) else None


def _as_utf8(raw: bytes, codec: str | None) -> Decoded | None:
    text = _strict(raw, UTF8)
    if text is None:
        return None
    text = text.removeprefix("\ufeff")
    # Two GBK letters can pass for UTF-8, but then only as Cyrillic, Greek or Arabic ones.
    if codec in {GB, BIG5} and text and max(text) < "\u0800" and (labelled := _strict(raw, codec or GB)) is not None:
        return Decoded(labelled, codec or GB, loss=False)
    return Decoded(text, UTF8, loss=False)


def _as_labelled(raw: bytes, codec: str | None) -> Decoded | None:
    if codec is not None and codec != UTF8 and (text := _strict(raw, codec)) is not None:
        return Decoded(text, codec, loss=False)
    if codec in {UTF8, None}:
        return _nearly(raw, UTF8)
    return _nearly(raw, codec)


def _as_likely(raw: bytes, codec: str | None) -> Decoded:
    readings = [
        (_share_of_common(text, name), Decoded(text, name, loss=False))
        for name in (GB, BIG5)
        if (text := _strict(raw, name)) is not None
    ]
    best = max(readings, key=lambda reading: reading[0], default=None)  # the first of equals: gb18030
    if best is not None and (best[0] >= _LIKELY or not _looks_western(raw)):
        return best[1]
    if _looks_western(raw):
        return Decoded(raw.decode("cp1252", "replace"), "cp1252", loss=False)
    lossy = [Decoded(raw.decode(name, "replace"), name, loss=True) for name in (codec or GB, GB, UTF8, BIG5)]
    return min(lossy, key=lambda reading: reading.text.count("\ufffd"))


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeError as fault:
        if codec == GB and isinstance(fault, UnicodeDecodeError) and raw.count(0x80) <= _MAX_EURO_BYTES:
            return _gb18030_with_euro(raw)
        return None


def _gb18030_with_euro(raw: bytes) -> str | None:
    """Windows' cp936 writes the euro sign as a lone 0x80, which no Python codec accepts."""
    text, start = "", 0
    while start < len(raw):
        try:
            return text + raw[start:].decode(GB)
        except UnicodeDecodeError as fault:
            bad = start + fault.start
            if raw[bad] != ord(b"\x80"):
                return None
            text += raw[start:bad].decode(GB) + "€"
            start = bad + 1
    return text


def _nearly(raw: bytes, codec: str | None) -> Decoded | None:
    """Read with replacement if only little is lost: a character cut off at the end, one damaged byte."""
    if codec is None:
        return None
    text = raw.decode(codec, "replace")
    lost = text[:_SAMPLE].count("\ufffd")
    foreign = _foreign(text[:_SAMPLE])
    cut_at_end = lost == 1 and text.endswith("\ufffd") and foreign > 1
    return Decoded(text, codec, loss=True) if cut_at_end or lost <= foreign * _TOLERABLE_LOSS else None


def _share_of_common(text: str, codec: str) -> float:
    """Return which part of the characters outside ASCII are the common ones of that encoding."""
    sample = text[:_SAMPLE]
    return sum(map(_common_characters(codec).__contains__, sample)) / max(1, _foreign(sample))


def _foreign(sample: str) -> int:
    """Count the characters outside ASCII."""
    return len(sample) - len(sample.encode("ascii", "ignore"))


@cache
def _common_characters(codec: str) -> frozenset[str]:
    """Level 1 of GB 2312 or of Big5, where each standard put the characters in daily use, and punctuation."""
    leads, trails = ((0xB0, 0xD7), (0xA1, 0xFE)) if codec == GB else ((0xA4, 0xC6), (0x40, 0xFE))
    pairs = (bytes((lead, trail)) for lead in _span(leads) for trail in _span(trails))
    characters = {char for pair in pairs for char in pair.decode(codec, "ignore") if not char.isascii()}
    punctuation = {chr(point) for span in ((0x3000, 0x3020), (0xFF01, 0xFF5E)) for point in _span(span)}
    return frozenset(characters | punctuation | set("“”‘’—…·～"))


def _span(ends: tuple[int, int]) -> Iterator[int]:
    return iter(range(ends[0], ends[1] + 1))


def _looks_western(raw: bytes) -> bool:
    """Single letters above ASCII between ASCII ones, as in Müller; Chinese bytes come in runs of two."""
    runs = re.findall(rb"[\x80-\xff]+", raw[: 2 * _SAMPLE])
    return bool(runs) and all(len(run) == 1 and run[0] >= 0xC0 for run in runs)  # noqa: PLR2004 letters begin there
