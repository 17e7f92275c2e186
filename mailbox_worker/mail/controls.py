"""Take out the characters that nobody sees.

Receives text of any origin; hands on text in which every character left is one that a reader can see or
that moves the next one (LF, spaces). Joiners of emoji (U+200C, U+200D) stay.
"""

import re

UNSEEN = (
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional: turn 'fdp.exe' into 'exe.pdf'
    "\u200b\u2060\ufeff\u00ad"  # no width: split words so that no rule finds them
    "\U000e0000-\U000e007f"  # tags: carry a second, invisible text
)
_NOT_PLAIN = re.compile(rf"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{UNSEEN}]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile(rf"[\x00-\x09\x0b-\x1f\x7f-\x9f{UNSEEN}]")
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[ \n]+")
TAB = "    "


def readable_text(text: str) -> str:
    """Return *text* with LF as its only control character; a tab becomes four spaces."""
    if not _NOT_PLAIN.search(text):
        return text
    text = _LINE_END.sub("\n", text).replace("\t", TAB)
    return _HALF_PAIR.sub("\ufffd", _DROPPED.sub("", text))


def readable_line(text: str) -> str:
    """Return *text* as one line: every run of spaces and line ends is one space, none at the ends."""
    if not text.isprintable():  # the quick way out; also true of a few spaces that are kept
        text = _DROPPED.sub("", _LINE_END.sub(" ", text).replace("\t", " "))
        text = _HALF_PAIR.sub("\ufffd", text)
    return (_SPACES.sub(" ", text) if "  " in text or "\n" in text else text).strip(" \n")
