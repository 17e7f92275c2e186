"""What a clerk's answer to a draft request means: a word, a draft, or a line that is neither.

A word counts only as the sole line of new text with a known argument; all else is the draft. A short line without a
salutation is chat (「我再问问人保，明天给稿」) and is asked back before it reaches the deputy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bureau.office import Staff
from mailbox_worker.letter.decisions import trim

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
    ABOUT_THEM = "about-them"
    ONLY_GREETED = "only-greeted"
    ASK_BACK = "ask-back"


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
    if len("".join(lines)) < SHORTEST_DRAFT and not greets(text.splitlines()):
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
    if line in SET_ASIDE_WORDS:
        return ClerkAnswer(ClerkMeaning.SET_ASIDE)
    if line in (ABOUT_THEM, ONLY_GREETED):
        return ClerkAnswer(ClerkMeaning.ABOUT_THEM if line == ABOUT_THEM else ClerkMeaning.ONLY_GREETED)
    match = re.fullmatch(r"类别\s*:?\s*(\S+)", line)
    if match:
        for category in staff.categories.values():
            if match[1] in (category.id, trim(category.name)):
                return ClerkAnswer(ClerkMeaning.CATEGORY, argument=category.id)
    match = re.fullmatch(r"转(?!办)\s*(\S+)", line)
    person = staff.named(match[1]) if match else None
    if person is not None and person.post == "clerk":
        return ClerkAnswer(ClerkMeaning.HAND_OVER, argument=person.id)
    return None
