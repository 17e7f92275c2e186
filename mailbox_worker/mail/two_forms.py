"""Tell whether a mail's plain and HTML forms begin with different words: shown one text, decided by another.

Receives a mail's bytes. Hands on yes or no. Programs make one form from the other, so honest ones begin alike.
"""

import re
import unicodedata

from mailbox_worker.mail.characters import decode
from mailbox_worker.mail.controls import readable_text
from mailbox_worker.mail.html_text import declared_charset, text_of_html
from mailbox_worker.mail.limits import MAX_DEPTH
from mailbox_worker.mail.parts import content_of
from mailbox_worker.mail.structure import Part, children, leaves, read_structure

_WRAPPED = 24  # characters; a shorter line is not broken by any program
_EMPHASIS = re.compile(r"[\s*_]+")


def forms_disagree(raw: bytes) -> bool:
    """Return whether both forms are there, both say something, and their first lines differ."""
    alternative = _alternative(read_structure(raw), MAX_DEPTH)
    if alternative is None:
        return False
    below = list(leaves(alternative, depth=MAX_DEPTH))
    plain, page = (next((part for part in below if part.kind.media_type == kind), None) for kind in _FORMS)
    if plain is None or page is None:
        return False
    said, shown = _first_line(_text(plain)), _first_line(text_of_html(_text(page)))
    if not said or not shown:
        return False
    return said != shown and not (len(said) >= _WRAPPED and shown.startswith(said))


_FORMS = ("text/plain", "text/html")


def _alternative(part: Part, depth: int) -> Part | None:
    """Find the first multipart/alternative of the mail itself."""
    if part.kind.media_type == "multipart/alternative" or not depth:
        return part if depth else None
    if not part.kind.media_type.startswith("multipart/"):
        return None
    found = (_alternative(child, depth - 1) for child in children(part)[0])
    return next((each for each in found if each is not None), None)


def _text(part: Part) -> str:
    content = content_of(part)
    return decode(content, part.kind.charset or declared_charset(content)).text


def _first_line(text: str) -> str:
    lines = (_EMPHASIS.sub("", unicodedata.normalize("NFKC", line)) for line in readable_text(text).split("\n"))
    return next((line for line in lines if line), "")
