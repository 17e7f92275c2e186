"""The published figures against a plain recount, and the rules of late and of rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from mailbox_worker.ledger.tables import metadata
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.statistics.counting import count as made_of
from mailbox_worker.statistics.tallying import outcome_of, summary, tally

if TYPE_CHECKING:
    from random import Random

    from bureau.figures import FigureSet

TODAY = date(2026, 3, 31)
PROMISED = timedelta(days=10)
ANSWERED = (LetterState.ANSWERED, LetterState.CLOSED)
OPEN = tuple(state for state in LetterState if state not in (*ANSWERED, LetterState.SET_ASIDE))


@dataclass(frozen=True)
class Counted:
    """What the figures need of one letter."""

    received_on: date
    due_on: date
    answered_on: date | None
    state: LetterState
    people: int = 1


def count(letters: list[Counted], today: date, office: str) -> FigureSet | None:
    """Tally letters in a database of their own, and make the figures."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    rows = []
    for number, each in enumerate(letters):
        days = (each.answered_on - each.received_on).days if each.answered_on is not None else 0
        aside = each.state is LetterState.SET_ASIDE
        outcome = outcome_of(each.received_on + PROMISED, each.due_on, each.answered_on, set_aside=aside)
        row = {"letter": str(number), "received_on": each.received_on, "due_on": each.due_on, "outcome": outcome}
        rows.append({**row, "days": days, "surveyed": False, "vote": "", "people": each.people})
    with engine.begin() as connection:
        # First as it stood before anybody answered: the sums are what is left after every change.
        tally(connection, [{**row, "outcome": "open", "days": 0, "people": 1} for row in rows])
        for row in rows:
            tally(connection, [row])
        found = made_of(summary(connection, today), today, office)
    engine.dispose()
    return found


@st.composite
def counted_letters(draw: st.DrawFn) -> Counted:
    """Give a letter as it can stand: answered with a day of answer, open or set aside without."""
    received_on = TODAY - timedelta(days=draw(st.integers(0, 60)))
    state = draw(st.sampled_from(LetterState))
    took = draw(st.integers(0, (TODAY - received_on).days))
    answered_on = received_on + timedelta(days=took) if state in ANSWERED else None
    due_on = received_on + timedelta(days=draw(st.sampled_from([10, 10, 20])))
    return Counted(received_on, due_on, answered_on, state, draw(st.sampled_from([1, 1, 1, 2, 23])))


def figures(letters: list[Counted]) -> dict[str, Decimal]:
    found = count(letters, TODAY, "某局")
    assert found is not None
    return {figure.id: figure.value for figure in found.figures}


def letter(received: str, answered: str | None = None, state: LetterState | None = None) -> Counted:
    """Give a letter under a promise of ten days."""
    received_on = date.fromisoformat(f"2026-{received}")
    answered_on = date.fromisoformat(f"2026-{answered}") if answered else None
    usual = LetterState.ANSWERED if answered else LetterState.DRAFTING
    return Counted(received_on, received_on + timedelta(days=10), answered_on, state or usual)


@given(st.lists(counted_letters(), min_size=1, max_size=40))
def test_every_count_is_what_a_plain_recount_gives(letters: list[Counted]) -> None:
    names = ("received", "people", "answered", "on-time", "extended", "late", "open", "overdue-open", "set-aside")
    recounted = dict.fromkeys(names, 0)
    spans: list[int] = []
    waits: list[int] = []
    for each in letters:
        recounted["received"] += 1
        recounted["people"] += each.people
        if each.state is LetterState.SET_ASIDE:
            recounted["set-aside"] += 1
        elif each.answered_on is None:
            recounted["open"] += 1
            waits.append((TODAY - each.received_on).days)
            if each.due_on < TODAY:
                recounted["overdue-open"] += 1
                recounted["late"] += 1
        else:
            recounted["answered"] += 1
            spans.append((each.answered_on - each.received_on).days)
            promised = each.answered_on <= each.received_on + PROMISED
            recounted["on-time" if promised else "extended" if each.answered_on <= each.due_on else "late"] += 1
    expected = {name: Decimal(value) for name, value in recounted.items() if value or name != "extended"}
    if spans:
        share = Decimal(100 * recounted["on-time"]) / recounted["answered"]
        expected["on-time-rate"] = share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        half = len(spans) // 2
        middle = sorted(spans)[half] if len(spans) % 2 else Decimal(sum(sorted(spans)[half - 1 : half + 1])) / 2
        expected |= {"median-days": Decimal(middle), "slowest-days": Decimal(max(spans))}
        expected["days-to-answer"] = Decimal(len(spans))
    if waits:
        expected["oldest-open-days"] = Decimal(max(waits))
    assert figures(letters) == expected


@given(st.lists(counted_letters(), min_size=1, max_size=40))
def test_the_figures_add_up(letters: list[Counted]) -> None:
    found = figures(letters)
    assert found["received"] == found["answered"] + found["open"] + found["set-aside"]
    put_off = found.get("extended", Decimal(0))
    assert found["late"] == found["answered"] - found["on-time"] - put_off + found["overdue-open"]


def test_what_was_put_off_in_time_is_neither_on_time_nor_late() -> None:
    received_on = date(2026, 3, 1)
    put_off = Counted(received_on, date(2026, 3, 21), date(2026, 3, 21), LetterState.ANSWERED)
    found = figures([put_off, letter("03-01", "03-11")])
    assert [found[name] for name in ("extended", "on-time", "late")] == [1, 1, 0]
    assert found["on-time-rate"] == Decimal("50.0")


@given(st.lists(counted_letters(), min_size=1, max_size=40), st.randoms())
def test_the_order_of_letters_makes_no_difference(letters: list[Counted], chance: Random) -> None:
    shuffled = list(letters)
    chance.shuffle(shuffled)
    assert count(letters, TODAY, "某局") == count(shuffled, TODAY, "某局")


@pytest.mark.parametrize(
    ("case", "late"),
    [
        (letter("03-01", "03-11"), 0),  # the tenth day
        (letter("03-01", "03-12"), 1),
        (letter("03-21"), 0),  # open, due today
        (letter("03-20"), 1),  # open, due yesterday
        (letter("03-01", state=LetterState.SET_ASIDE), 0),
        (letter("03-01", state=LetterState.HELD), 1),
        (letter("03-01", state=LetterState.APPROVED), 1),
        (letter("03-01", state=LetterState.UNANSWERABLE), 1),
        (letter("01-01", "01-05", state=LetterState.CLOSED), 0),
    ],
)
def test_late_is_the_day_of_answer_or_today_after_the_due_date_and_never_set_aside(case: Counted, late: int) -> None:
    assert figures([case])["late"] == late


@pytest.mark.parametrize(
    ("on_time", "answered", "rate"),
    [(1, 1, "100.0"), (0, 1, "0.0"), (2, 3, "66.7"), (1, 3, "33.3"), (1, 16, "6.3"), (7, 9, "77.8")],
)
def test_a_rate_is_rounded_as_a_reader_would_by_hand(on_time: int, answered: int, rate: str) -> None:
    letters = [letter("03-01", "03-02")] * on_time + [letter("03-01", "03-30")] * (answered - on_time)
    assert figures(letters)["on-time-rate"] == Decimal(rate)


def published(letters: list[Counted]) -> FigureSet:
    found = count(letters, TODAY, "某局")
    assert found is not None
    return found


def test_a_rate_names_the_two_figures_that_it_was_divided_from() -> None:
    found = published([letter("03-01", "03-02"), letter("03-01", "03-30")])
    rate = found.figure("on-time-rate")
    assert rate is not None
    assert rate.rate is not None
    assert (rate.rate.counted, rate.rate.of) == ("on-time", "answered")
    assert found.figure(rate.rate.counted)
    assert found.figure(rate.rate.of)


def test_what_is_divided_by_nothing_is_left_out() -> None:
    assert not {"on-time-rate", "median-days", "slowest-days", "days-to-answer"} & set(figures([letter("03-30")]))
    assert "oldest-open-days" not in figures([letter("03-01", "03-02")])


def test_the_days_to_answer_are_counted_day_by_day() -> None:
    found = published([letter("03-01", "03-01"), letter("03-01", "03-04"), letter("03-02", "03-05"), letter("03-30")])
    distribution = found.figure("days-to-answer")
    assert distribution is not None
    assert {point.label: int(point.value) for point in distribution.points} == {"0": 1, "3": 2}


def test_every_figure_says_since_when_until_when_and_what_was_counted() -> None:
    found = published([letter("03-05"), letter("02-01", "02-03")])
    assert (found.id, found.as_of, found.title) == ("mailbox", "2026-03-31", "某局局长信箱办理情况")
    assert {(figure.since, figure.as_of) for figure in found.figures} == {("2026-02-01", "2026-03-31")}
    assert all(figure.definition and figure.unit and figure.label for figure in found.figures)


def test_without_letters_there_is_nothing_to_publish() -> None:
    assert count([], TODAY, "某局") is None
