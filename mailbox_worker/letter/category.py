"""Choose a letter's category and propose its nature (性质), from its form's answers and its words.

Receives what was written and the tables of content and catalog. Hands on ids. Both are proposals to the clerk.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bureau.office import Staff

IN_SUBJECT = 3  # a word there weighs as much as three in the text
INFORMATION_REQUEST = "information-request"


def category_of(staff: Staff, subject: str, text: str, answers: Sequence[str]) -> str:
    """Choose by the form's own answer, else by the most keyword hits, else the default one; the first of equals."""
    for category in staff.categories.values():
        if category.name in answers:
            return category.id
    hits = {category.id: _weight(category.keywords, subject, text) for category in staff.categories.values()}
    best = max(hits, key=lambda category: hits[category])
    return best if hits[best] else staff.default_category.id


def nature_of(natures: Mapping[str, Mapping[str, Any]], subject: str, text: str) -> str | None:
    """Propose the nature by the most hits, the first of equals; None without any.

    A request for information is one whatever else it says: it has a clock of its own, and missing it loses lawsuits.
    """
    hits = {nature: _weight(table["words"], subject, text) for nature, table in natures.items()}
    if hits.get(INFORMATION_REQUEST):
        return INFORMATION_REQUEST
    best = max(hits, key=lambda nature: hits[nature], default=None)
    return best if best is not None and hits[best] else None


def _weight(words: Sequence[str], subject: str, text: str) -> int:
    return sum(IN_SUBJECT * subject.count(word) + text.count(word) for word in words)
