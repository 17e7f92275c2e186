"""Part what a writer has newly written from the mail that is quoted and from the signature.

Receives the readable text of a mail. Hands on its three parts; nothing is lost but blank lines at their edges.
Where the cut is doubtful it says so: then nobody may act on the new text alone. Never raises.
"""

from dataclasses import dataclass

from mailbox_worker.mail import quote_marks as marks


@dataclass(frozen=True, slots=True)
class NewText:
    """The writer's new text, the quoted mail, the recognised signature; certain unless the cut is doubtful."""

    new: str
    quoted: str
    signature: str
    certain: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where quoted mail begins; height is the number of lines that are the mark and nothing else."""

    line: int
    column: int
    height: int
    attribution: bool
    alone: bool = True


_ATTRIBUTION_LINES = 3
_HEAD_LINES = 10
_FIELDS_OF_A_HEAD = 3
_LONGEST_LINE = 2000
_LONGEST_SIGNATURE = 10


def split_new_text(text: str) -> NewText:
    """Return *text* in its three parts.

    Text below or between quoted lines is new text too, but then the cut is not certain; nor is it where nothing
    new stands above a quote, where a mark shares its line with other text, or where a banner was put in.
    """
    banner, lines = _without_banner(text.split("\n"))
    cut = next((cut for line in range(len(lines)) if (cut := _cut_at(lines, line)) is not None), None)
    above, below, late = _apart(lines, cut)
    new, marked = _without_marked(above)
    new, signature, clear = _without_signature(new)
    rest, last, late_clear = _without_signature(late)
    if last and late_clear and not _has_text(rest):  # Thunderbird signs below the mail that it quotes
        late, signature = [], signature + last
    if _has_text(late):
        new = [*new, "", *late]
    quoted = banner + marked + below
    certain = (
        clear
        and not banner
        and not marked
        and not _has_text(late)
        and (cut is None or (cut.alone and _has_text(below[cut.height :])))
        and (_has_text(new) or not _has_text(quoted))
        and not marks.NOT_UNDERSTOOD.search("\n".join(new))
    )
    return NewText(_joined(new), _joined(quoted), _joined(signature), certain)


def _without_banner(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part the lines that a gateway put on top; where one did, others may stand anywhere, so it is never certain."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    end = first
    while end < len(lines) and any(banner.fullmatch(lines[end][:_LONGEST_LINE]) for banner in marks.BANNERS):
        end += 1
    return lines[first:end], lines[end:]


def _cut_at(lines: list[str], at: int) -> _Cut | None:
    line = lines[at][:_LONGEST_LINE]
    if not line.strip():
        return None
    if any(heading.fullmatch(line) for heading in marks.HEADINGS):
        return _Cut(at, 0, 1, attribution=False)
    if _is_head(lines, at):
        first = _top_of_head(lines, at)
        return _Cut(first, 0, at - first, attribution=False)
    if _is_marked(line) and any(heading.fullmatch(_unmarked(line)) for heading in marks.HEADINGS):
        return _Cut(at, 0, 1, attribution=True)  # Coremail marks the heading too; what is not marked is not quoted
    if (height := _attribution_height(lines, at)) > 0:
        return _Cut(at, 0, height, attribution=True)
    columns = [found.start() for mark in marks.INLINE if (found := mark.search(line)) is not None]
    return _Cut(at, min(columns), 0, attribution=False, alone=False) if columns else None


def _is_head(lines: list[str], at: int) -> bool:
    if not marks.FIRST_FIELD.match(lines[at]):
        return False
    return sum(bool(marks.FIELD.match(line)) for line in lines[at : at + _HEAD_LINES]) >= _FIELDS_OF_A_HEAD


def _top_of_head(lines: list[str], at: int) -> int:
    """Return the line of the rule or the bare heading above a head, else the head's own first line."""
    if at and marks.RULE_ABOVE_HEAD.fullmatch(lines[at - 1]):
        return at - 1
    above = next((up for up in range(at - 1, max(-1, at - _ATTRIBUTION_LINES - 1), -1) if lines[up].strip()), at)
    return above if above < at and marks.BARE_HEADING.fullmatch(lines[above]) else at


def _attribution_height(lines: list[str], at: int) -> int:
    """Return how many lines from here on are one attribution; 0 for none."""
    folded = ""
    for height, line in enumerate(lines[at : at + _ATTRIBUTION_LINES], start=1):
        folded = f"{folded} {_unmarked(line)}".strip()[:_LONGEST_LINE]
        if any(attribution.fullmatch(folded) for attribution in marks.ATTRIBUTIONS):
            return height
        if height == 1 and not marks.FOLDED_ATTRIBUTION_BEGINS.match(folded):
            return 0
    return 0


def _apart(lines: list[str], cut: _Cut | None) -> tuple[list[str], list[str], list[str]]:
    """Return the lines above the cut, the quoted ones, and those below the quote that are not marked as quoted."""
    if cut is None:
        return lines, [], []
    above, below = lines[: cut.line], lines[cut.line :]
    if cut.column:
        above, below = [*above, below[0][: cut.column].rstrip()], [below[0][cut.column :], *below[1:]]
    first = next((line for line in below[cut.height :] if line.strip()), "")
    if not (cut.attribution and _is_marked(first)):
        return above, below, []
    rest = below[cut.height :]
    late = [line for line in rest if not _is_marked(line)]
    return above, below[: cut.height] + [line for line in rest if _is_marked(line) or not line.strip()], late


def _without_marked(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part lines that begin with '>' though nothing says who wrote them: a quote, or the writer's own."""
    return [line for line in lines if not _is_marked(line)], [line for line in lines if _is_marked(line)]


def _without_signature(lines: list[str]) -> tuple[list[str], list[str], bool]:
    """Return the lines, the signature, and whether it is clear that the one is not part of the other."""
    rest = _trimmed(lines)
    programs: list[str] = []
    while rest and any(signature.fullmatch(rest[-1]) for signature in marks.SIGNATURES):
        programs.insert(0, rest.pop())
        rest = _trimmed(rest)
    if programs and marks.MADE_TO_ORDER.match(programs[-1]):
        rest, card = _without_card(rest)
        programs = card + programs
    if programs and rest and rest[-1].strip() == marks.DELIMITER.strip():
        return rest[:-1], programs, True
    delimiters = [at for at, line in enumerate(rest) if line.rstrip() == marks.DELIMITER.strip()]
    if not delimiters:
        return rest, programs, True
    at = delimiters[0]
    signature = rest[at + 1 :]
    clear = (
        rest[at] == marks.DELIMITER  # two hyphens without the space may be the writer's own dash
        and len(delimiters) == 1
        and len(signature) <= _LONGEST_SIGNATURE
        and not marks.NO_SIGNATURE.search("\n".join(signature))
    )
    return rest[:at], signature + programs, clear


def _without_card(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part the card that NetEase's program draws above its signature: from `| |` to a lone `|`."""
    if not lines or not marks.CARD_ENDS.fullmatch(lines[-1]):
        return lines, []
    for at in range(len(lines) - 1, max(-1, len(lines) - marks.LONGEST_CARD), -1):
        if marks.CARD_BEGINS.fullmatch(lines[at]):
            return _trimmed(lines[:at]), lines[at:]
    return lines, []


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith(">")


def _unmarked(line: str) -> str:
    return line.lstrip(" \u3000>").rstrip()


def _has_text(lines: list[str]) -> bool:
    return any(line.strip(" \u3000>") for line in lines)


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _joined(lines: list[str]) -> str:
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(_trimmed(lines[first:]))
