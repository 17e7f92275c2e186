"""The first lines of a draft that are for the office, not for the writer: what it is, and two lines for the deputy.

Receives a clerk's text; hands on the purpose, 内容摘要, 拟办意见 and 性质, and the text that will be signed off. A line
that looks like one of these but cannot be read is a doubt: it must never reach the writer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bureau.desk import Snippet
from mailbox_worker.ledger.vocabulary import Purpose
from mailbox_worker.letter.decisions import trim
from mailbox_worker.mail.words import words

PURPOSES = {
    "答复": Purpose.FINAL,
    "不予受理": Purpose.NOT_OURS,
    "不属于受理范围": Purpose.NOT_OURS,
    "阶段答复": Purpose.INTERIM,
    "延期告知": Purpose.EXTENSION,
    "补正告知": Purpose.MORE_INFORMATION,
}
KIND = re.compile(r"文种\s*[:：]\s*(.*)")  # the word alone is enough
DAYS = re.compile(r"延期告知\s*([0-9]{1,3})\s*[日天]")
SUMMARY = re.compile(r"\s*(?:内容)?摘要\s*[:：]\s*(.+)")
OPINION = re.compile(r"\s*拟办(?:意见)?\s*[:：]\s*(.+)")
NATURE = re.compile(r"\s*性质\s*[:：]?\s*(\S+)\s*")
SNIPPET = re.compile(r"\s*常用语\s*[:：]?\s*(\S+)\s*")


@dataclass(frozen=True, slots=True)
class DraftHead:
    """What stood above the draft, and the draft itself; `doubt` names why it cannot be taken as it is.

    `days` is how much longer a 延期告知 asks for; None: as much as the promise allows.
    """

    text: str
    purpose: Purpose = Purpose.FINAL
    days: int | None = None
    summary: str = ""
    opinion: str = ""
    nature: str | None = None
    doubt: str | None = None


def nature_named(written: str) -> str | None:
    """Find a nature's id (性质) by its name, with or without 政府 before 信息公开申请."""
    plain = trim(written).removeprefix("政府")
    return next((key for key, nature in words("natures").items() if nature["name"].removeprefix("政府") == plain), None)


def read_head(typed: str, snippets: Iterable[Snippet]) -> DraftHead:
    """Part the head from the draft and put snippets in."""
    lines, found = typed.splitlines(), dict[str, object]()
    while lines and (not lines[0].strip() or _reads(lines[0], found)):
        lines.pop(0)
    text, unknown = _with_snippets(lines, snippets)
    nature = found.get("nature")
    unreadable = next((f"unknown-{name}" for name in ("nature", "purpose") if found.get(name) == ""), None)
    doubt = "unknown-snippet" if unknown else unreadable
    days = found.get("days")
    return DraftHead(
        text=text,
        purpose=Purpose(str(found.get("purpose") or Purpose.FINAL)),
        days=days if isinstance(days, int) else None,
        summary=str(found.get("summary", "")),
        opinion=str(found.get("opinion", "")),
        nature=str(nature) if nature else None,
        doubt=doubt,
    )


def _reads(line: str, found: dict[str, object]) -> bool:
    """Take one line of the head; False where the draft begins."""
    named = KIND.fullmatch(line.strip())
    plain = trim(named[1] if named else line)
    if plain in PURPOSES and "purpose" not in found:
        found["purpose"] = PURPOSES[plain]
    elif (days := DAYS.fullmatch(plain)) and "purpose" not in found:
        found["purpose"], found["days"] = Purpose.EXTENSION, int(days[1])
    elif named:
        found["purpose"] = ""
    elif match := SUMMARY.fullmatch(line):
        found["summary"] = match[1].strip()
    elif match := OPINION.fullmatch(line):
        found["opinion"] = match[1].strip()
    elif match := NATURE.fullmatch(line):
        found["nature"] = nature_named(match[1]) or ""
    else:
        return False
    return True


def _with_snippets(lines: Iterable[str], snippets: Iterable[Snippet]) -> tuple[str, bool]:
    """Put each snippet that is named on a line of its own into its place; tells whether one is unknown."""
    known = {name: snippet.text for snippet in snippets for name in (snippet.id, snippet.title)}
    put, unknown = [], False
    for line in lines:
        match = SNIPPET.fullmatch(line)
        put.append(known.get(match[1], line) if match else line)
        unknown = unknown or (match is not None and match[1] not in known)
    return "\n".join(put).strip("\n"), unknown
