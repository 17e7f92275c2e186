"""What a day asks of a letter: around weekends, the holidays of 2026, and days on which nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.content import load_content
from bureau.promise import due
from mailbox_worker.deadlines.days import Action, Asked, asked_of, may_close
from mailbox_worker.ledger.vocabulary import LetterState
from tests.mailbox_worker.desk import CONTENT
from tests.mailbox_worker.ledger.office_with_a_letter import as_letter

if TYPE_CHECKING:
    from mailbox_worker.ledger.letters import Letter

SHIPPED = load_content(CONTENT)
WORKDAYS = SHIPPED.workdays
ZONE = ZoneInfo("Asia/Shanghai")
WAITING = [LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def received(on: date, state: LetterState = LetterState.DRAFTING) -> Letter:
    """Give a letter that came on a day, with the dates that the office's promise gives it."""
    dates = due(datetime(on.year, on.month, on.day, 10, tzinfo=ZONE), SHIPPED.mailbox_promise, WORKDAYS, ZONE)
    return as_letter("2026-000001", 1, state=state, due_on=dates.due_on, work_by=dates.work_by)


def diary(letter: Letter, first: date, last: date) -> list[tuple[str, str]]:
    """Give the first day on which each thing is asked, when somebody looks every workday."""
    seen: dict[Asked, date] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        asked = asked_of(letter, day, WORKDAYS)
        if asked is not None and WORKDAYS.counts_as_workday(day):
            seen.setdefault(asked, day)
    return [(str(day)[5:], asked.action) for asked, day in seen.items()]


@pytest.mark.parametrize(
    ("came", "due_on", "asked"),
    [
        # an ordinary week: due Monday 16 March, work by Monday; the workday before it is Friday
        ("2026-03-06", "2026-03-16", [("03-13", "remind"), ("03-16", "remind"), ("03-17", "escalate")]),
        # due on a Sunday: work by Friday, late from Monday on
        ("2026-03-05", "2026-03-15", [("03-12", "remind"), ("03-13", "remind"), ("03-16", "escalate")]),
        # due in the Spring Festival (15 to 23 February, 14 February is a workday): work by Saturday the 14th
        ("2026-02-08", "2026-02-18", [("02-13", "remind"), ("02-14", "remind"), ("02-24", "escalate")]),
        # due on the first workday after it
        ("2026-02-14", "2026-02-24", [("02-14", "remind"), ("02-24", "remind"), ("02-25", "escalate")]),
        # due on Labour Day (1 to 5 May; Saturday 9 May is worked)
        ("2026-04-21", "2026-05-01", [("04-29", "remind"), ("04-30", "remind"), ("05-06", "escalate")]),
        ("2026-04-30", "2026-05-10", [("05-08", "remind"), ("05-09", "remind"), ("05-11", "escalate")]),
        # due on National Day's eve, and in the week after (Saturday 10 October is worked)
        ("2026-09-20", "2026-09-30", [("09-29", "remind"), ("09-30", "remind"), ("10-08", "escalate")]),
        ("2026-09-30", "2026-10-10", [("10-09", "remind"), ("10-10", "remind"), ("10-12", "escalate")]),
        ("2026-09-25", "2026-10-05", [("09-29", "remind"), ("09-30", "remind"), ("10-08", "escalate")]),
    ],
)
def test_reminders_fall_on_the_workday_before_and_on_the_limit_and_then_it_is_late(
    came: str, due_on: str, asked: list[tuple[str, str]]
) -> None:
    first = date.fromisoformat(came)
    letter = received(first)
    assert str(letter.due_on) == due_on
    assert diary(letter, first, first + timedelta(days=30)) == asked


@pytest.mark.parametrize(
    ("looks_on", "asked"),
    [
        ("2026-03-11", None),
        ("2026-03-12", Asked(Action.REMIND, date(2026, 3, 12))),
        ("2026-03-13", Asked(Action.REMIND, date(2026, 3, 13))),
        ("2026-03-14", Asked(Action.REMIND, date(2026, 3, 13))),
        ("2026-03-15", Asked(Action.REMIND, date(2026, 3, 13))),
        ("2026-03-16", Asked(Action.ESCALATE, date(2026, 3, 15))),
        ("2026-05-01", Asked(Action.ESCALATE, date(2026, 3, 15))),
    ],
)
def test_after_missed_days_only_the_newest_is_asked(looks_on: str, asked: Asked | None) -> None:
    assert asked_of(received(date(2026, 3, 5)), date.fromisoformat(looks_on), WORKDAYS) == asked


@given(DAYS, st.integers(-5, 60), st.sampled_from(LetterState))
def test_nothing_is_asked_of_a_letter_that_nobody_here_can_move(came: date, later: int, state: LetterState) -> None:
    asked = asked_of(received(came, state), came + timedelta(days=later), WORKDAYS)
    assert state in WAITING or asked is None


@given(DAYS, st.sampled_from(WAITING))
def test_over_its_life_a_letter_is_reminded_at_most_twice_and_escalated_once(came: date, state: LetterState) -> None:
    asked = {asked_of(received(came, state), came + timedelta(days=day), WORKDAYS) for day in range(60)} - {None}
    actions = sorted(each.action for each in asked if each is not None)
    assert actions in (["escalate", "remind"], ["escalate", "remind", "remind"])


@given(DAYS, st.integers(0, 60), st.sampled_from(WAITING))
def test_it_is_escalated_exactly_when_it_is_late_and_every_reminder_hangs_on_a_workday(
    came: date, later: int, state: LetterState
) -> None:
    letter, today = received(came, state), came + timedelta(days=later)
    asked = asked_of(letter, today, WORKDAYS)
    assert (asked is not None and asked.action is Action.ESCALATE) == (today > letter.due_on)
    if asked is not None:
        assert asked.on <= today
        if asked.action is Action.REMIND:
            assert WORKDAYS.counts_as_workday(asked.on)


@given(DAYS, st.integers(0, 60))
def test_what_is_asked_never_goes_back(came: date, later: int) -> None:
    letter = received(came)
    today, tomorrow = (asked_of(letter, came + timedelta(days=day), WORKDAYS) for day in (later, later + 1))
    if today is not None:
        assert tomorrow is not None
        assert (tomorrow.on, tomorrow.action != today.action) >= (today.on, False)


def test_an_extension_moves_what_is_asked() -> None:
    letter = received(date(2026, 3, 5))
    extended = replace(letter, due_on=date(2026, 3, 25), work_by=date(2026, 3, 25))
    assert asked_of(extended, date(2026, 3, 16), WORKDAYS) is None


@pytest.mark.parametrize(
    ("today", "continued", "closes"),
    [
        ("2026-04-03", False, False),
        ("2026-04-04", False, True),
        ("2026-12-31", False, True),
        ("2026-12-31", True, False),
    ],
)
def test_a_letter_is_closed_thirty_days_after_its_answer_if_nothing_continues_it(
    today: str, *, continued: bool, closes: bool
) -> None:
    assert may_close(date(2026, 3, 5), date.fromisoformat(today), continued=continued) is closes
