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


def asked_on(letter: Letter, came: date, day: date) -> list[Asked]:
    """Ask what a day asks of a letter that came on another."""
    return asked_of(letter, came, day, SHIPPED.mailbox_promise, WORKDAYS)


def diary(letter: Letter, first: date, last: date) -> list[tuple[str, str]]:
    """Give the first day on which each thing is asked, when somebody looks every workday."""
    seen: dict[Asked, date] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for asked in asked_on(letter, first, day) if WORKDAYS.counts_as_workday(day) else []:
            seen.setdefault(asked, day)
    return [(str(day)[5:], asked.action) for asked, day in seen.items()]


def story(*days: str) -> list[tuple[str, str]]:
    """Write a diary: reminders, the last with a warning; once it is late, pressing, and the question for the reason."""
    *reminders, last, late = days
    return [
        *((day, "remind") for day in reminders),
        (last, "remind"),
        (last, "warn"),
        (late, "press"),
        (late, "escalate"),
        (late, "why-late"),
    ]


@pytest.mark.parametrize(
    ("came", "due_on", "asked"),
    [
        # an ordinary week: due Monday 16 March, work by Monday; three workdays before it is Wednesday
        ("2026-03-06", "2026-03-16", story("03-11", "03-13", "03-16", "03-17")),
        # due on a Sunday: work by Friday, late from Monday on
        ("2026-03-05", "2026-03-15", story("03-10", "03-12", "03-13", "03-16")),
        # due in the Spring Festival (15 to 23 February, 14 February is a workday): work by Saturday the 14th
        ("2026-02-08", "2026-02-18", story("02-11", "02-13", "02-14", "02-24")),
        # due on the first workday after it: the workdays before it lie before the festival, one on the day of receipt
        ("2026-02-13", "2026-02-23", story("02-14", "02-24")),
        # due on Labour Day (1 to 5 May; Saturday 9 May is worked)
        ("2026-04-21", "2026-05-01", story("04-27", "04-29", "04-30", "05-06")),
        ("2026-04-30", "2026-05-10", story("05-06", "05-08", "05-09", "05-11")),
        # due on National Day's eve, and in the week after (Saturday 10 October is worked)
        ("2026-09-20", "2026-09-30", story("09-24", "09-29", "09-30", "10-08")),
        ("2026-09-25", "2026-10-05", story("09-29", "09-30", "10-08")),
    ],
)
def test_reminders_fall_on_workdays_before_the_limit_and_the_director_is_warned_before_it_is_late(
    came: str, due_on: str, asked: list[tuple[str, str]]
) -> None:
    first = date.fromisoformat(came)
    letter = received(first)
    assert str(letter.due_on) == due_on
    assert diary(letter, first, date.fromisoformat("2026-" + asked[-1][0])) == asked


@pytest.mark.parametrize(
    ("came", "pressed"),
    [
        # due on Sunday 15 March: on Monday, then each Monday
        ("2026-03-05", ["03-16", "03-23", "03-30", "04-07", "04-13"]),  # 6 April is a day off
        # due on Thursday 12 March: on Friday; the Monday after it is too soon
        ("2026-03-02", ["03-13", "03-23", "03-30", "04-07", "04-13"]),
        # due on Wednesday 30 September, and National Day's week is no week of work
        ("2026-09-20", ["10-08", "10-12", "10-19", "10-26"]),
    ],
)
def test_what_is_late_is_pressed_for_week_after_week_until_it_is_answered(came: str, pressed: list[str]) -> None:
    first = date.fromisoformat(came)
    seen = diary(received(first), first, first + timedelta(days=42))
    assert [day for day, action in seen if action == "press"] == pressed
    assert [day for day, action in seen if action == "escalate"] == pressed
    assert [day for day, action in seen if action == "why-late"] == pressed


def late(on: date) -> list[Asked]:
    """Give what a letter asks for that was due on 15 March and is not answered."""
    return [Asked(Action.PRESS, on), Asked(Action.ESCALATE, on), Asked(Action.WHY_LATE, on)]


@pytest.mark.parametrize(
    ("looks_on", "asked"),
    [
        ("2026-03-09", []),
        ("2026-03-10", [Asked(Action.REMIND, date(2026, 3, 10))]),
        ("2026-03-12", [Asked(Action.REMIND, date(2026, 3, 12))]),
        *(
            (f"2026-03-{day}", [Asked(Action.REMIND, date(2026, 3, 13)), Asked(Action.WARN, date(2026, 3, 13))])
            for day in (13, 14, 15)
        ),
        ("2026-03-16", late(date(2026, 3, 15))),
        ("2026-03-22", late(date(2026, 3, 15))),
        ("2026-03-23", late(date(2026, 3, 23))),
        ("2026-05-01", late(date(2026, 4, 27))),
    ],
)
def test_after_missed_days_only_the_newest_is_asked(looks_on: str, asked: list[Asked]) -> None:
    assert asked_on(received(date(2026, 3, 5)), date(2026, 3, 5), date.fromisoformat(looks_on)) == asked


@given(DAYS, st.integers(0, 60), st.sampled_from(WAITING))
def test_it_is_escalated_exactly_when_it_is_late_and_every_reminder_hangs_on_a_workday(
    came: date, later: int, state: LetterState
) -> None:
    letter, today = received(came, state), came + timedelta(days=later)
    asked = asked_on(letter, came, today)
    actions = [each.action for each in asked]
    assert (Action.ESCALATE in actions) == (Action.PRESS in actions) == (today > letter.due_on)
    assert all(each.on <= today for each in asked)
    assert all(WORKDAYS.counts_as_workday(each.on) for each in asked if each.action in (Action.REMIND, Action.WARN))


@given(DAYS)
def test_whoever_looks_every_workday_is_reminded_and_the_director_warned_before_a_letter_is_late(came: date) -> None:
    told = diary(received(came), came, came + timedelta(days=40))
    actions = [action for _, action in told]
    if received(came).work_by > came:
        assert actions.index("warn") < actions.index("escalate")
        assert actions.index("remind") < actions.index("press")


def test_nobody_is_reminded_of_what_only_the_worker_can_do_but_the_director_is_told() -> None:
    came = date(2026, 3, 5)
    actions = {action for _, action in diary(received(came, LetterState.APPROVED), came, came + timedelta(days=20))}
    assert actions == {"warn", "escalate", "why-late"}


def test_whoever_gave_the_reason_is_not_asked_for_it_again() -> None:
    came = date(2026, 3, 5)
    explained = replace(received(came), late_reason="公司补交材料较晚")
    assert asked_on(explained, came, date(2026, 3, 16)) == late(date(2026, 3, 15))[:2]


def test_an_extension_moves_what_is_asked() -> None:
    letter = received(date(2026, 3, 5))
    extended = replace(letter, due_on=date(2026, 3, 25), work_by=date(2026, 3, 25))
    assert asked_on(extended, date(2026, 3, 5), date(2026, 3, 16)) == []


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
