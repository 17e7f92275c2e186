"""What reading a mail costs, as a ratio to what the stdlib's compat32 parser costs alone, which reads no text at all.

Above 1 is faster than the bare parse. Reading is all that the worker asks for before it sorts a mail: every field of a
ParsedMail. Measured on the forty letters of a_mailbox.py: all of them, each kind, and letter by letter, because the
files that come along are cheap for us and dear for the parser; and on the replies of all programs, a third of them
HTML, new text parted. The best of some rounds counts, in processor time.
"""

import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from statistics import median

from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.mail.read import read_mail
from tests.bench.a_mailbox import mailbox

REPLIES = Path(__file__).parents[1] / "letters" / "replies"
BAR = 0.5
ROUNDS = 7
TIMES = 10


def main() -> list[str]:
    """Measure; give a line for the whole mailbox, one for the letter in the middle, and one a kind of mail."""
    kinds = mailbox()
    letters = [raw for kind in kinds.values() for raw in kind]
    replies = [path.read_bytes() for path in sorted(REPLIES.glob("*.eml"))]
    each = [_times([raw], read_mail) for raw in letters]
    middle, without_files = _middle(each), _middle(each[: -len(kinds["with files"])])
    return [
        _line("a mailbox of 40 letters", letters, read_mail),
        f"the letter in the middle: {middle:.2f} (bar {BAR}), of those without files {without_files:.2f}",
        *(_line(f"its {len(mails)} letters, {kind}", mails, read_mail) for kind, mails in kinds.items()),
        _line("replies of 37 programs, new text parted", replies, lambda raw: split_new_text(read_mail(raw).text)),
    ]


def _middle(times: list[tuple[float, float]]) -> float:
    return median(floor / ours for floor, ours in times)


def _line(what: str, mails: list[bytes], read: Callable[[bytes], object]) -> str:
    floor, ours = _times(mails, read)
    micro = f"{ours / len(mails) * 1e6:.0f} µs a mail, the bare parse {floor / len(mails) * 1e6:.0f}"
    return f"{what}: {floor / ours:.2f} of a bare compat32 parse (bar {BAR}); {micro}"


def _times(mails: list[bytes], read: Callable[[bytes], object]) -> tuple[float, float]:
    """Return the seconds of a bare parse of all *mails*, and those of reading them; in turns, the best of each."""
    floor, ours = list[float](), list[float]()
    for _ in range(ROUNDS):
        floor.append(_once(message_from_bytes, mails))
        ours.append(_once(read, mails))
    return min(floor), min(ours)


def _once(work: Callable[[bytes], object], mails: list[bytes]) -> float:
    start = time.process_time()
    for _ in range(TIMES):
        for raw in mails:
            work(raw)
    return (time.process_time() - start) / TIMES
