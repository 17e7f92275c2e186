"""Count the letters: from the ledger's rows to published figures.

Pure. Every figure says what was counted; open letters stand beside the rate, so that nobody can raise it by not
closing. No figure names a category, an insurer or a person. What is divided by nothing is left out.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from bureau.figures import Figure, FigureSet, Point, Rate, percentage
from bureau.promise import is_late
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.mail.words import words

FIGURE_SET = "mailbox"


@dataclass(frozen=True, slots=True)
class Counted:
    """What the figures need of one letter; days are the office's."""

    received_on: date
    due_on: date
    answered_on: date | None
    state: LetterState


def count(letters: Iterable[Counted], today: date, office: str) -> FigureSet | None:
    """Count all letters up to today; None when there is none."""
    every = list(letters)
    if not every:
        return None
    aside = [letter for letter in every if letter.state is LetterState.SET_ASIDE]
    kept = [letter for letter in every if letter.state is not LetterState.SET_ASIDE]
    answered = [letter for letter in kept if letter.answered_on is not None]
    open_ = [letter for letter in kept if letter.answered_on is None]
    late = [letter for letter in kept if is_late(letter.due_on, letter.answered_on, today)]
    took = sorted((letter.answered_on - letter.received_on).days for letter in answered if letter.answered_on)
    values: dict[str, Decimal | int] = {
        "received": len(every),
        "answered": len(answered),
        "on-time": len([letter for letter in answered if not is_late(letter.due_on, letter.answered_on, today)]),
        "late": len(late),
        "open": len(open_),
        "overdue-open": len([letter for letter in open_ if letter.due_on < today]),
        "set-aside": len(aside),
    }
    if took:
        values["on-time-rate"] = percentage(values["on-time"], len(answered))
        values["median-days"] = Decimal(str(median(took)))
        values["slowest-days"] = took[-1]
        values["days-to-answer"] = len(took)
    if open_:
        values["oldest-open-days"] = max((today - letter.received_on).days for letter in open_)
    since = min(letter.received_on for letter in every)
    text = words("figures")
    return FigureSet(
        format=1,
        id=FIGURE_SET,
        title=text["title"].format(office=office),
        source=text["source"].format(office=office),
        as_of=today.isoformat(),
        figures=tuple(
            _figure(name, values[name], since, today, _points(took) if name == "days-to-answer" else ())
            for name in text["labels"]
            if name in values
        ),
    )


def _figure(name: str, value: Decimal | int, since: date, today: date, points: tuple[Point, ...]) -> Figure:
    text = words("figures")
    label = text["labels"][name]
    return Figure(
        id=name,
        label=label["label"],
        value=Decimal(value),
        unit=label["unit"],
        since=since.isoformat(),
        as_of=today.isoformat(),
        definition=label["definition"],
        rate=Rate(counted="on-time", of="answered") if name == "on-time-rate" else None,
        points=points,
    )


def _points(took: list[int]) -> tuple[Point, ...]:
    counts = Counter(took)
    return tuple(Point(label=str(days), value=Decimal(counts[days])) for days in range(max(took) + 1) if counts[days])
