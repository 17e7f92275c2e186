"""What a deputy's answer means (contract: 宽退严发 - returning is generous, sending is strict).

Receives the new text of an answer; hands on a Decision. It never guesses: what is not exactly a word that
sends, returns, reassigns, recuses or delegates is unclear, with the reason that the deputy is told.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bureau.office import Person, Staff

SENDS = frozenset({"同意", "同意发", "同意发出", "同意答复", "同意回复", "同意签发", "APPROVE"})
RETURNS = ("退回", "不同意", "请修改", "修改后", "核实后", "不发", "缓发", "暂缓", "RETURN")
SENDS_BACK_TO_WORK = re.compile(r"^请\S{1,6}同志(阅办|核实|办理)")
REASSIGNS = (
    re.compile(r"^转(?!办)\s*(?P<name>\S{1,20})$"),  # 转办 is another thing: passing a letter to an insurer
    re.compile(r"^请(?P<name>\S{1,10}?)同志签批$"),
    re.compile(r"^REASSIGN\s+(?P<name>[A-Za-z0-9-]{1,40})$", re.IGNORECASE),
)
RECUSALS = frozenset({"回避", "申请回避", "本人回避"})
DELEGATES = re.compile(
    r"^委托\s*(?P<name>\S{1,10}?)(同志)?\s*[至到]\s*"
    r"(?P<day>([0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2})$"
)
STOPS = frozenset({"撤销", "撤稿", "UNDO"})
DATE = re.compile(
    r"([0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[./][0-9]{1,2}"
)
TOTP = re.compile(r"[0-9]{6}")
TRIMMED = r"\s。.!,、;~“”\"'「」"  # after NFKC; question marks never: 「同意？」 is a question (contract)
# NFKC turns these into dots and a semicolon, which would be trimmed: but who trails off or asks has not decided.
HESITATION = re.compile("[…‥\u037e]")
EDGES = re.compile(f"^[{TRIMMED}]+|[{TRIMMED}]+$")
BETWEEN = re.compile(r"[\s。!,、;]+")  # what parts a decision from name and date: 「同意。陈静 3月5日」


class Meaning(StrEnum):
    """What was understood."""

    SEND = "send"
    RETURN = "return"
    REASSIGN = "reassign"
    RECUSE = "recuse"  # 回避: not for this person's eyes and hand
    DELEGATE = "delegate"  # 委托 NAME 至 a day: this person's requests go to the other
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer as understood: the comment of a return, the person of a reassignment or delegation.

    `said` is the first line as written, to be read back; `doubt` names why an unclear answer is unclear.
    """

    meaning: Meaning
    said: str
    comment: str = ""
    person: str | None = None
    until: str = ""
    doubt: str | None = None


def understand(new_text: str, *, certain: bool, who: Person, staff: Staff) -> Decision:
    """Understand a deputy's answer; `certain` says whether the new text could be told apart from quotes."""
    written = [line.strip() for line in new_text.splitlines() if trim(line)]
    if not written:
        return Decision(Meaning.UNCLEAR, "", doubt="empty")
    said, lines = written[0], [trim(line) for line in written]
    if _returns(lines[0]):
        return Decision(Meaning.RETURN, said, comment=new_text.strip())
    if not certain:
        return Decision(Meaning.UNCLEAR, said, doubt="quotes")
    words = [word for part in BETWEEN.split(" ".join(lines)) if (word := trim(part))]
    if words[0].upper() in SENDS:
        return _approval(said, words[1:], who)
    return (
        _sole_line(said, lines[0], staff) if len(lines) == 1 else Decision(Meaning.UNCLEAR, said, doubt="no-decision")
    )


def _sole_line(said: str, line: str, staff: Staff) -> Decision:
    """Understand a word that counts only where nothing else is written."""
    if line in RECUSALS:
        return Decision(Meaning.RECUSE, said)
    delegates = DELEGATES.match(line)
    if delegates is not None:
        return _delegation(said, delegates["name"], delegates["day"], staff)
    return _reassignment(said, _reassigned_to(line), staff)


def trim(line: str) -> str:
    """Bring a line into the form in which words are compared."""
    return EDGES.sub("", unicodedata.normalize("NFKC", HESITATION.sub("?", line)))


def is_stop(new_text: str) -> bool:
    """Tell whether an answer to a receipt stops what the receipt reports; stopping needs no certainty."""
    lines = [trim(line) for line in new_text.splitlines() if trim(line)]
    return bool(lines) and lines[0].upper() in STOPS


def _returns(first: str) -> bool:
    return first.upper().startswith(RETURNS) or SENDS_BACK_TO_WORK.match(first) is not None


def _approval(said: str, rest: list[str], who: Person) -> Decision:
    """Accept nothing beside the word but the person's own name, a date and a code, each of them once."""
    codes = [word for word in rest if TOTP.fullmatch(word)]
    others = [part for word in rest if word not in codes for part in _name_and_date(word, _names(who))]
    names = [part for part in others if part in _names(who)]
    dates = [part for part in others if DATE.fullmatch(part)]
    if len(names) + len(dates) < len(others) or max(len(codes), len(names), len(dates)) > 1:
        return Decision(Meaning.UNCLEAR, said, doubt="more-than-approval")
    return Decision(Meaning.SEND, said)


def _names(person: Person) -> tuple[str, ...]:
    return tuple(trim(name) for name in (person.name, *person.aliases))


def _name_and_date(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Part 「陈静3月5日」, which people write without a space."""
    for name in names:
        rest = word.removeprefix(name)
        if rest != word and DATE.fullmatch(rest):
            return name, rest
    return (word,)


def _reassignment(said: str, name: str | None, staff: Staff) -> Decision:
    if name is None:
        return Decision(Meaning.UNCLEAR, said, doubt="no-decision")
    person = staff.named(name)
    if person is None:
        return Decision(Meaning.UNCLEAR, said, doubt="unknown-person")
    return Decision(Meaning.REASSIGN, said, person=person.id)


def _delegation(said: str, name: str, until: str, staff: Staff) -> Decision:
    person = staff.named(name)
    if person is None:
        return Decision(Meaning.UNCLEAR, said, doubt="unknown-person")
    return Decision(Meaning.DELEGATE, said, person=person.id, until=until)


def day_named(written: str, today: date) -> date | None:
    """Read 3月14日 or 2026-03-14; without a year the next such day. None where there is no such day."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", written)]
    years = [numbers.pop(0)] if len(numbers) > 2 else [today.year, today.year + 1]  # noqa: PLR2004 - a year stands before
    for year in years:
        try:
            day = date(year, *numbers)
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def _reassigned_to(line: str) -> str | None:
    for pattern in REASSIGNS:
        match = pattern.match(line)
        if match:
            return match["name"]
    return None
