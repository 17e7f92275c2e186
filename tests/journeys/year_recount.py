"""The plain recount of a simulated year: from what people know, by code that shares nothing with the worker's.

Receives the books of all letters, what was delivered to whom, and when passes were made; hands on complaints, one line
each: a letter late in silence, somebody mailed twice for the same thing, a figure that is not as counted by hand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

import yaml

from tests.journeys.bureau_at_work import ROOT
from tests.journeys.year_people import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.journeys.year_office import Delivered
    from tests.journeys.year_people import Book

OPENS, CLOSES = time(9, 0), time(17, 30)
DEADLINES = ("reminder", "escalation")
ENOUGH = 2  # passes without a fault


@dataclass(frozen=True)
class Pass:
    """A pass that was made; `clean`: no server failed at it."""

    at: datetime
    clean: bool


@cache
def notices() -> tuple[frozenset[date], frozenset[date]]:
    """Read the days off and the worked weekends out of the shipped notices."""
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "content/workdays").glob("*.yml")]
    return (
        frozenset(day for notice in read for day in notice["days_off"]),
        frozenset(day for notice in read for day in notice["workdays"]),
    )


def is_workday(day: date) -> bool:
    """Tell by the notices and the day of the week."""
    off, worked = notices()
    return day in worked or (day not in off and day.weekday() < 5)


def figures(books: Sequence[Book], today: date) -> dict[str, float]:
    """Count by hand what the office publishes."""
    kept = [book for book in books if not book.set_aside]
    answered = [book for book in kept if book.answered is not None]
    spans = [(book.answered - book.received.date()).days for book in answered if book.answered is not None]
    promised = [book for book in answered if book.answered <= book.received.date() + timedelta(days=10)]  # type: ignore[operator]
    put_off = [book for book in answered if book not in promised and book.answered <= book.due]  # type: ignore[operator]
    waiting = [book for book in kept if book.answered is None]
    overdue = [book for book in waiting if book.due < today]
    late = len(answered) - len(promised) - len(put_off) + len(overdue)
    found: dict[str, float] = {
        "received": len(books),
        "answered": len(answered),
        "on-time": len(promised),
        "extended": len(put_off),
        "late": late,
        "open": len(waiting),
        "overdue-open": len(overdue),
        "set-aside": len(books) - len(kept),
        "surveys": sum(book.surveyed for book in books),
        "votes": sum(bool(book.vote) for book in books),
        "satisfied": sum(book.vote == "满意" for book in books),
    }
    if spans:
        found |= {"median-days": median(spans), "slowest-days": max(spans)}
    if waiting:
        found["oldest-open-days"] = (today - min(book.received.date() for book in waiting)).days
    return found


def wrong_figures(path: Path, books: Sequence[Book], today: date) -> Iterator[str]:
    """Compare the published file with the count by hand."""
    written: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    published = {figure["id"]: float(figure["value"]) for figure in written["figures"]}
    for name, value in figures(books, today).items():
        if published.get(name, 0.0) != value:
            yield f"{today}: published {name} {published.get(name)}, counted by hand {value}"


def mailed_twice(delivered: Sequence[Delivered]) -> Iterator[str]:
    """Find people who were told the same thing twice on one day, and writers who were told it twice at all."""
    told: Counter[tuple[str, ...]] = Counter()
    for mail in delivered:
        day = str(mail.at.date())
        if mail.kind in DEADLINES:
            about = "moved" if "期限有变" in mail.subject else "deadline"
            told.update({(mail.to, about, number, day) for number in NUMBER.findall(mail.subject + mail.text)})
        elif mail.kind == "digest" and ("【每周平安】" in mail.subject or "【今日待办】" in mail.subject):
            told[mail.to, "digest", day] += 1
        elif mail.kind == "alarm":
            told[mail.to, "alarm", mail.subject, mail.text, day] += 1
        elif mail.kind in ("acknowledgement", "survey"):
            told[mail.to, mail.kind, NUMBER.findall(mail.subject)[0]] += 1
        elif mail.kind == "reply":
            told[mail.to, mail.kind, mail.purpose, NUMBER.findall(mail.subject)[0]] += 1
    return (f"told {times} times: {' '.join(what)[:200]}" for what, times in told.items() if times > 1)


def late_in_silence(books: Sequence[Book], delivered: Sequence[Delivered], passes: Sequence[Pass]) -> Iterator[str]:
    """Find late letters of which nobody was reminded, or the director not told, although passes could have done it."""
    told: dict[tuple[str, str], list[date]] = {}
    for mail in delivered:
        if mail.kind in DEADLINES:
            for number in set(NUMBER.findall(mail.subject + mail.text)):
                told.setdefault((number, mail.kind), []).append(mail.at.date())
    working = [each for each in passes if is_workday(each.at.date()) and OPENS <= each.at.time() < CLOSES]
    for book in books:
        answered = book.answered or passes[-1].at.date()
        if answered > book.due and not book.set_aside and not book.came_back:
            yield from _silence(
                book, answered, {kind: told.get((book.number, kind), []) for kind in DEADLINES}, working
            )


def _silence(book: Book, answered: date, told: dict[str, list[date]], working: Sequence[Pass]) -> Iterator[str]:
    """Complain of what was not said about a late letter; a mail that failed once has a second pass to go."""
    work_by = book.due
    while not is_workday(work_by):
        work_by -= timedelta(days=1)
    if work_by > book.received.date() and _chances(working, book, work_by, book.due) >= ENOUGH:
        for kind in DEADLINES:
            if not any(day <= book.due for day in told[kind]):
                yield f"{book.number} due {book.due}: no {kind} before it was late"
    after = _chances(working, book, book.due + timedelta(days=1), answered - timedelta(days=1))
    if after >= ENOUGH and not any(day > book.due for day in told["escalation"]):
        yield f"{book.number} due {book.due}, answered {book.answered}: the director was not told that it is late"
    for weeks in range(1, (answered - book.due).days // 7 - 1):  # a week of grace: the first pressing is days old
        first = book.due + timedelta(days=7 * weeks + 1)
        last = first + timedelta(days=7)
        pressed = any(first <= day <= last for day in told["escalation"])
        if not pressed and _chances(working, book, first, last) >= 5 * ENOUGH:
            yield f"{book.number} due {book.due}, answered {book.answered}: not pressed for from {first} to {last}"
    if after >= ENOUGH and not book.asked_why:
        yield f"{book.number} due {book.due}, answered {book.answered}: nobody was asked why it is late"


def _chances(working: Sequence[Pass], book: Book, first: date, last: date) -> int:
    return sum(each.clean and first <= each.at.date() <= last and each.at > book.received for each in working)
