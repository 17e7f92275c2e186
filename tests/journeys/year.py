"""Play months of an office's life: seeded letters, faults, holidays, absences and downtime, recounted by hand.

Receives a YearPlan and a folder; hands on what was played and every complaint of the recount.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from bureau.workdays import Workdays
from mailbox_worker.ledger.letters import letters_in
from mailbox_worker.ledger.verify import verify
from tests.journeys.year_office import BEIJING, FAULTS, YearOffice
from tests.journeys.year_people import People
from tests.journeys.year_recount import Pass, is_workday, late_in_silence, mailed_twice, wrong_figures

if TYPE_CHECKING:
    from pathlib import Path

ON_WORKDAYS = (time(9, 10), time(11, 0), time(14, 0), time(16, 40), time(21, 0))
ON_OTHER_DAYS = (time(12, 0),)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearPlan:
    """What is to happen; days are the office's, both ends included."""

    seed: int
    first: date
    last: date
    letters: int
    downtime: tuple[tuple[date, date], ...] = ()
    absences: tuple[tuple[str, date, date], ...] = ()
    new_notice: date | None = None
    afterwards: timedelta = timedelta(days=75)  # until the last letter is answered and closed


@dataclass
class Played:
    """What was played; `complaints` are the recount's, one line each."""

    letters: int = 0
    passes: int = 0
    mails: int = 0
    late: int = 0
    faults: int = 0
    complaints: list[str] = field(default_factory=list)


def play(plan: YearPlan, folder: Path) -> Played:
    """Play the plan; what goes wrong is complained of, not raised."""
    chance = Random(plan.seed)  # noqa: S311 - a play, not a secret
    people, played = People(chance, is_workday), Played()
    for person, first, last in plan.absences:
        people.away[person] = (first, last)
    for _ in range(plan.letters):
        people.at(_some_time(chance, plan), people.write)
    passes: list[Pass] = []
    with YearOffice(folder) as office:
        day = plan.first
        end = plan.last + plan.afterwards
        while day <= end:
            if plan.new_notice == day:
                office.workdays_become(_with_next_year(office.desk.content.workdays))
            at_work = not any(first <= day <= last for first, last in plan.downtime)
            if at_work:
                _live_through(day, chance, office, people, passes)
            if at_work and ((day + DAY).day == 1 or day == end):
                path = folder / "content" / "published" / "mailbox.yml"
                known = [book for book in people.books if book.number]
                played.complaints += wrong_figures(path, known, day)
                office.tidy()
            day += DAY
        played.complaints += mailed_twice(people.delivered)
        played.complaints += late_in_silence(people.books, people.delivered, passes)
        played.complaints += _of_the_ledger(office, people)
    played.letters, played.passes, played.mails = len(people.books), len(passes), len(people.delivered)
    played.late = sum(book.answered is not None and book.answered > book.due for book in people.books)
    played.faults = sum(not each.clean for each in passes)
    return played


def _live_through(day: date, chance: Random, office: YearOffice, people: People, passes: list[Pass]) -> None:
    # The figures are recounted at the end of a month: what failed has come to its end by then.
    calm = (day + 2 * DAY).month != day.month
    for hour in ON_WORKDAYS if is_workday(day) else ON_OTHER_DAYS:
        now = datetime.combine(day, hour, BEIJING)
        fault = chance.choice(FAULTS) if chance.random() < 0.12 and not calm else None
        deaf = chance.random() < 0.03 and not calm
        office.put(people.until(now))
        for mail in office.do_pass(now, fault, deaf=deaf):
            people.receive(mail)
        passes.append(Pass(now, clean=fault is None and not deaf))


def _some_time(chance: Random, plan: YearPlan) -> datetime:
    days = (plan.last - plan.first).days
    day = plan.first + DAY * chance.randint(0, days)
    return datetime.combine(day, time(), BEIJING) + timedelta(seconds=chance.randint(0, 86_399))


def _with_next_year(workdays: Workdays) -> Workdays:
    """Give the table as it stands once the notice for 2027 is out."""
    off = {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}
    return Workdays(workdays.years | {2027}, workdays.days_off | off, workdays.make_up_days, "with-2027")


def _of_the_ledger(office: YearOffice, people: People) -> list[str]:
    """Hold the ledger against the books: nothing open, nothing invented, the chain whole."""
    with office.desk.ledger.read() as connection:
        found = {letter.number: letter for letter in letters_in(connection)}
    complaints = list(verify(office.desk.ledger).problems)
    for book in people.books:
        letter = found.pop(book.number, None)
        if letter is None:
            complaints.append(f"letter {book.mark} of {book.received:%m-%d %H:%M} is no letter of the ledger")
        elif (letter.late_reason or "") != book.reason:
            complaints.append(f"{book.number} was explained by {book.reason!r}, the ledger has {letter.late_reason!r}")
        elif letter.state not in ("closed", "set_aside"):
            complaints.append(f"{book.number} ended {letter.state}, answered {book.answered}")
    return complaints + [f"{number} was never written" for number in found]
