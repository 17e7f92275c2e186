"""Make the published figures out of the sums.

Pure. Every figure says what was counted; open letters stand beside the rate, so that nobody can raise it by not
closing. No figure names a category, an insurer or a person. What is divided by nothing is left out.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bureau.figures import Figure, FigureSet, Point, Rate, percentage
from mailbox_worker.mail.words import words
from mailbox_worker.statistics.tallying import Summary

FIGURE_SET = "mailbox"
RATES = {
    "on-time-rate": Rate(counted="on-time", of="answered"),
    "satisfied-rate": Rate(counted="satisfied", of="votes"),
}


def count(found: Summary | None, today: date, office: str) -> FigureSet | None:
    """Make the figures of all letters up to today; None when there is none."""
    if found is None:
        return None
    open_ = found.received - found.set_aside - found.answered
    values: dict[str, Decimal | int] = {
        "received": found.received,
        "people": found.people,
        "answered": found.answered,
        "on-time": found.on_time,
        "late": found.answered - found.on_time - found.put_off + found.overdue_open,
        "open": open_,
        "overdue-open": found.overdue_open,
        "set-aside": found.set_aside,
    }
    if found.put_off:
        values["extended"] = found.put_off
    if found.took:
        values["on-time-rate"] = percentage(values["on-time"], found.answered)
        values["median-days"] = _median(found.took)
        values["slowest-days"] = found.took[-1][0]
        values["days-to-answer"] = found.answered
    if found.oldest_open is not None:
        values["oldest-open-days"] = (today - found.oldest_open).days
    if found.surveys:
        values |= {"surveys": found.surveys, "votes": found.votes, "satisfied": found.satisfied}
    if found.votes:
        values["satisfied-rate"] = percentage(values["satisfied"], found.votes)
    text = words("figures")
    return FigureSet(
        format=1,
        id=FIGURE_SET,
        title=text["title"].format(office=office),
        source=text["source"].format(office=office),
        as_of=today.isoformat(),
        figures=tuple(
            _figure(name, values[name], found.since, today, _points(found.took) if name == "days-to-answer" else ())
            for name in text["labels"]
            if name in values
        ),
    )


def _median(took: Sequence[tuple[int, int]]) -> Decimal:
    """Give the median of days given as (days, letters), ordered by days."""
    last = sum(letters for _, letters in took) - 1
    middle = {last // 2, last - last // 2}
    at, found = 0, []
    for days, letters in took:
        found += [days for place in middle if at <= place < at + letters]
        at += letters
    return Decimal(sum(found)) / len(found)


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
        rate=RATES.get(name),
        points=points,
    )


def _points(took: Sequence[tuple[int, int]]) -> tuple[Point, ...]:
    return tuple(Point(label=str(days), value=Decimal(letters)) for days, letters in took)
