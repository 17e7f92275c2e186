"""Which days the pages show and promise: one rule for the hotline and for receptions."""

from __future__ import annotations

from datetime import date, time

import pytest

from bureau.content import load_content
from bureau.reception import ReceptionDay, ReceptionRule
from bureau.sheet import Hours
from bureau.workdays import Workdays, years_to_plan
from generator.days_shown import Standing, undecided
from generator.hotline_year import assemble_hotline
from generator.receptions import reception_plan
from tests.generator.office import ROOT

CONTENT = load_content(ROOT / "content")


def test_from_november_on_the_next_year_is_shown_too() -> None:
    assert list(years_to_plan(date(2026, 10, 31))) == [2026]
    assert list(years_to_plan(date(2026, 11, 1))) == [2026, 2027]


@pytest.mark.parametrize(
    ("day", "provisional", "wanted"),
    [
        (date(2027, 4, 24), True, True),  # a Saturday that the notice may make a workday
        (date(2027, 4, 26), True, False),
        (date(2026, 4, 25), False, False),  # a Saturday that a notice made a workday
    ],
)
def test_nobody_may_promise_a_weekend_before_the_notice_is_out(day: date, *, provisional: bool, wanted: bool) -> None:
    assert undecided(ReceptionDay(day, day, provisional, "table")) is wanted


def test_hotline_and_receptions_on_the_same_days_of_the_month_promise_the_same_days_of_an_open_year() -> None:
    today = date(2026, 11, 20)
    rule = ReceptionRule(
        days_of_month=CONTENT.hotline.days_of_month,
        not_a_workday=CONTENT.hotline.not_a_workday,
        hours=Hours(start=time(9), end=time(11)),
        place="接待室",
        source="制度",
    )
    assert Workdays.from_notices(CONTENT.workday_notices).years.isdisjoint({2027})
    plan = reception_plan(rule, CONTENT.workdays, today)
    answered = [turn.day for year in assemble_hotline(CONTENT, today).years for turn in year.turns]
    assert [day.day for day in plan.days] == answered
    assert not [day for day in answered if day.year > today.year and day.weekday() in {5, 6}]
    assert plan.upcoming is not None
    assert plan.standing(plan.upcoming) is Standing.NEXT
