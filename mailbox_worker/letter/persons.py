"""Find which colleagues a letter names, and whether more than its salutation does so (回避, 信访工作条例第二十八条).

Receives the subject and text of a letter, what stands in its files as far as they are text, and the staff list. Hands
on ids. In doubt a person is named: the cost is that somebody else handles the letter, never that an accused colleague
does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bureau.office import Person, Staff
from mailbox_worker.letter.traditional import simplified

HEAD, CLOSING = 3, 2  # lines with text in which a salutation is looked for, and lines after 此致
LONGEST_SALUTATION = 40
BETWEEN = r"[ \u3000\xa0·•・._\-]{0,3}"
FITS_ANYBODY = re.compile(r"[小老阿].")  # 小王 is the agent of every second complaint
COURTESIES = re.compile(
    r"尊敬的|敬爱的|亲爱的|各位|贵局|领导|同志|先生|女士|副?局长|主任|处长|您们?好|你们?好|亲启|亲收|一封信"
    r"|[\s\u3000、，,：:。.！!；;（）()“”\"致呈给请收阅转及和与并的信]"
)
SALUTATION_ENDS = re.compile(r"[您你]们?好|[：:]")


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of the colleagues a letter is about, and of those that only its salutation names."""

    about: tuple[str, ...]
    greeted: tuple[str, ...]


def named_in(subject: str, text: str, enclosed: str, staff: Staff) -> Named:
    """Find every colleague that a letter names by name or alias, in simplified or traditional characters.

    Spaces and dots may stand between them. `enclosed` is no place for a salutation: who is named there, it is about.
    """
    subject, text, enclosed = simplified(subject), simplified(text), simplified(enclosed)
    patterns = {person.id: _pattern(person) for person in staff.people.values()}
    anybody = re.compile("|".join(pattern.pattern for pattern in patterns.values()) or r"(?!)")
    greeting, rest = _salutations(subject, text, anybody)
    rest = f"{rest}\n{enclosed}"
    about = tuple(person for person, pattern in patterns.items() if pattern.search(rest))
    greeted = (person for person, pattern in patterns.items() if pattern.search(greeting))
    return Named(about, tuple(person for person in greeted if person not in about))


def _pattern(person: Person) -> re.Pattern[str]:
    calls = [person.name, *(alias for alias in person.aliases if not FITS_ANYBODY.fullmatch(alias))]
    spaced = (BETWEEN.join(re.escape(character) for character in simplified(call)) for call in calls)
    return re.compile("|".join(sorted(spaced, key=len, reverse=True)))


def _salutations(subject: str, text: str, anybody: re.Pattern[str]) -> tuple[str, str]:
    """Part salutations from all the rest; both may be empty."""
    greeting, rest = list[str](), list[str]()
    (greeting if _only_greets(subject, anybody) else rest).append(subject)
    for line, may_greet in _lines(text):
        end = _end_of_salutation(line, anybody) if may_greet else 0
        greeting.append(line[:end])
        rest.append(line[end:])
    return "\n".join(greeting), "\n".join(rest)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield every line with text, and whether a salutation may stand there: at the top, and below 此致."""
    seen, closing = 0, 0
    for line in text.splitlines():
        if not line.strip():
            continue
        seen += 1
        yield line, seen <= HEAD or closing > 0
        closing = CLOSING if line.strip(" \u3000，,：:").endswith("此致") else closing - 1


def _end_of_salutation(line: str, anybody: re.Pattern[str]) -> int:
    if _only_greets(line, anybody):
        return len(line)
    ends = SALUTATION_ENDS.search(line[:LONGEST_SALUTATION])
    return ends.end() if ends and _only_greets(line[: ends.end()], anybody) else 0


def _only_greets(words: str, anybody: re.Pattern[str]) -> bool:
    if len(words.strip()) > LONGEST_SALUTATION:
        return False
    return not COURTESIES.sub("", anybody.sub("", words))


def together(*groups: Iterable[str]) -> tuple[str, ...]:
    """Join groups of ids, each id once, in the order of its first mention."""
    return tuple(dict.fromkeys(person for group in groups for person in group))
