"""What a clerk's answer to a draft request means: a word, a draft, or a line that is neither.

A word counts only as the sole line of new text with a known argument; all else is the draft. A short line without a
salutation is chat (「我再问问人保，明天给稿」) and is asked back before it reaches the deputy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bureau.office import Staff
from mailbox_worker.letter.decisions import RECUSALS, trim
from mailbox_worker.letter.draft_head import nature_named, read_head

HEAD = 2  # lines in which a salutation is looked for
SHORTEST_DRAFT = 40  # characters; a real answer with salutation and thanks is longer (contract)
# What a reply begins with. A title alone is none: 「我再问问李同志」 is chat.
YOU = r"(您|你)们?好"
SALUTATION = re.compile(
    rf"\s*(尊敬的|敬爱的|{YOU}"
    rf"|\S{{0,12}}?(先生|女士|同志|朋友|来信人)\s*([:：]\s*$|[:：,，]?\s*{YOU})"
    rf"|\S{{1,12}}[:：]\s*{YOU})"
)
NAME_AND_TITLE = re.compile(r"\s*\S{1,8}(先生|女士|同志)[,，]?\s*")
SET_ASIDE_WORDS = frozenset({"无效件", "非来信"})
# The answers to 「反映本人，还是仅为称呼？」
ABOUT_THEM, ONLY_GREETED = "反映本人", "仅为称呼"
YES = frozenset({"是", "YES"})


class ClerkMeaning(StrEnum):
    """What was understood."""

    DRAFT = "draft"
    SET_ASIDE = "set-aside"
    CATEGORY = "category"
    HAND_OVER = "hand-over"
    NATURE = "nature"
    RECUSE = "recuse"
    ABOUT_THEM = "about-them"
    ONLY_GREETED = "only-greeted"
    ASK_BACK = "ask-back"


SOLE_WORDS = {
    **dict.fromkeys(SET_ASIDE_WORDS, ClerkMeaning.SET_ASIDE),
    **dict.fromkeys(RECUSALS, ClerkMeaning.RECUSE),
    ABOUT_THEM: ClerkMeaning.ABOUT_THEM,
    ONLY_GREETED: ClerkMeaning.ONLY_GREETED,
}
ARGUED = {"类别": ClerkMeaning.CATEGORY, "性质": ClerkMeaning.NATURE, "转": ClerkMeaning.HAND_OVER}


@dataclass(frozen=True, slots=True)
class ClerkAnswer:
    """A clerk's answer as understood; `argument` is a category's or a person's id, `doubt` why it is asked back."""

    meaning: ClerkMeaning
    text: str = ""
    argument: str | None = None
    doubt: str | None = None


def understand_clerk(new_text: str, *, certain: bool, staff: Staff) -> ClerkAnswer:
    """Understand an answer to a draft request."""
    lines = [trimmed for line in new_text.splitlines() if (trimmed := trim(line))]
    if not lines:
        return ClerkAnswer(ClerkMeaning.ASK_BACK, doubt="empty")
    word = _word(lines[0], staff) if len(lines) == 1 else None
    if word is not None:
        return word
    text = new_text.strip("\n")
    if not certain:
        return ClerkAnswer(ClerkMeaning.ASK_BACK, text=text, doubt="quotes")
    own = read_head(text, ()).text  # without 摘要 and the other lines that are not for the writer
    if len("".join(own.split())) < SHORTEST_DRAFT and not greets(own.splitlines()):
        return ClerkAnswer(ClerkMeaning.ASK_BACK, text=text, doubt="short")
    return ClerkAnswer(ClerkMeaning.DRAFT, text=text)


def greets(lines: Sequence[str]) -> bool:
    """Tell whether a text begins with a salutation, in its first line or two; a name with a title needs text below."""
    head = [line for line in lines if line.strip()][: HEAD + 1]
    if any(SALUTATION.match(line) for line in head[:HEAD]):
        return True
    return len(head) > 1 and NAME_AND_TITLE.fullmatch(head[0]) is not None


def is_yes(new_text: str) -> bool:
    """Tell whether an answer to a confirmation request is exactly 是."""
    lines = [trim(line) for line in new_text.splitlines() if trim(line)]
    return len(lines) == 1 and lines[0].upper() in YES


def _word(line: str, staff: Staff) -> ClerkAnswer | None:
    if line in SOLE_WORDS:
        return ClerkAnswer(SOLE_WORDS[line])
    match = re.fullmatch(r"(类别|性质|转(?!办))\s*:?\s*(\S+)", line)
    if match is None:
        return None
    meaning, argument = ARGUED[match[1]], _argument(match[1], match[2], staff)
    return None if argument is None else ClerkAnswer(meaning, argument=argument)


def _argument(word: str, written: str, staff: Staff) -> str | None:
    """Find what a word's argument means: the id of a category, of a nature or of a clerk; None for an unknown one."""
    if word == "类别":
        named = (category.id for category in staff.categories.values() if written in (category.id, trim(category.name)))
        return next(named, None)
    if word == "性质":
        return nature_named(written)
    person = staff.named(written)
    return person.id if person is not None and person.post == "clerk" else None
