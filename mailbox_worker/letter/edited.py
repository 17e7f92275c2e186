"""A draft that a deputy changed in the quoted request, between the marks with the nonce of that mail.

Receives the whole text of an answer; hands on the text between the marks and the answer without it. White space alone
is no change: programs wrap and indent what they quote.
"""

import re
from dataclasses import dataclass
from textwrap import dedent

from mailbox_worker.letter.signed_text import signed_form

QUOTE = re.compile(r"^\s{0,8}(?:>\s?)+")
OPENS, CLOSES = "答复稿", "稿终"


@dataclass(frozen=True, slots=True)
class Block:
    """What stood between the marks, without quote marks, and the rest of the answer."""

    inside: str
    rest: str


def marked_block(text: str, nonce: str) -> Block | None:
    """Find the text between the marks; None where either is missing, or not on a line of its own."""
    lines = text.splitlines()
    opens = [at for at, line in enumerate(lines) if f"{OPENS} {nonce}" in line]
    closes = [at for at, line in enumerate(lines) if f"{CLOSES} {nonce}" in line]
    if len(opens) != 1 or len(closes) != 1 or opens[0] >= closes[0]:
        return None
    first, last = opens[0], closes[0]
    inside = dedent("\n".join(QUOTE.sub("", line) for line in lines[first + 1 : last]))
    return Block(signed_form(inside), "\n".join([*lines[:first], *lines[last + 1 :]]))


def is_changed(inside: str, draft: str) -> bool:
    """Tell whether more than white space differs."""
    return "".join(inside.split()) != "".join(draft.split())
