"""The calendar of hotline days as citizens see it: 2026 by its notice, years without a notice with care."""

from __future__ import annotations

import dataclasses
from datetime import date, time

from bureau.content import load_content
from bureau.hotline import Cancelled, HotlineRule
from bureau.office import Person, Staff
from bureau.rota import Rota
from bureau.sheet import Hours
from bureau.workdays import WorkdayNotice, Workdays
from generator.days_shown import Standing
from generator.hotline_year import Hotline, Vacancy, assemble_hotline
from tests.generator.office import ROOT

NOTICE = WorkdayNotice(
    year=2026,
    notice="通知",
    url="https://example.org/",
    days_off=(date(2026, 2, 15), date(2026, 5, 5), date(2026, 10, 5)),
    workdays=(date(2026, 4, 25),),
)
PEOPLE = {
    name: Person(id=name, name=name, post="deputy-director", title="副局长", duties="接听") for name in ("a", "b", "c")
}


def hotline(
    today: date, *, days: tuple[int, ...] = (5, 15, 25), off: str = "skip", start: date | None = None
) -> Hotline:
    rule = HotlineRule.model_validate(
        {
            "number": "0000",
            "hours": Hours(start=time(9), end=time(11, 30)),
            "days_of_month": days,
            "not_a_workday": off,
            "rota": Rota(start=start or date(2026, 1, 5), order=("a", "b", "c")),
            "source": "制度",
        }
    )
    content = dataclasses.replace(
        load_content(ROOT / "content"),
        hotline=rule,
        workdays=Workdays.from_notices([NOTICE]),
        workday_notices=(NOTICE,),
        staff=Staff(PEOPLE, {}),
        insurers=(),
        hotline_held=(),
    )
    return assemble_hotline(content, today)


def test_the_next_day_is_the_first_that_is_held_on_or_after_today() -> None:
    upcoming = hotline(date(2026, 2, 6)).upcoming
    assert upcoming is not None
    assert upcoming.day == date(2026, 2, 25)  # the 15th is a day off
    assert hotline(date(2026, 2, 25)).upcoming == upcoming


def test_the_shipped_office_answers_next_on_thursday_5_march_2026_by_its_deputy() -> None:
    content = load_content(ROOT / "content")
    shown = assemble_hotline(content, date(2026, 3, 4))
    assert shown.upcoming is not None
    assert shown.upcoming.day == date(2026, 3, 5)
    assert shown.upcoming.person is not None
    assert shown.upcoming.person.person == "chen-jing"
    assert len(shown.upcoming.answerers) == 1 + len(content.insurers)


def test_a_day_called_off_is_shown_as_such_and_is_never_the_next_one() -> None:
    content = load_content(ROOT / "content")
    off = Cancelled(day=date(2026, 3, 5), why="停电检修", decided=date(2026, 3, 2))
    changed = dataclasses.replace(content, hotline=content.hotline.model_copy(update={"cancelled": (off,)}))
    shown = assemble_hotline(changed, date(2026, 3, 4))
    assert shown.upcoming is not None
    assert shown.upcoming.day == date(2026, 3, 25)
    assert shown.years[0].months[2][0].turn is not None
    assert shown.years[0].months[2][0].turn.cancelled == off


def test_days_before_today_are_past_and_only_one_is_next() -> None:
    (year,) = hotline(date(2026, 3, 4)).years
    standings = [turn.standing for turn in year.turns]
    assert standings[:4] == [Standing.PAST] * 4
    assert standings[4] is Standing.NEXT
    assert set(standings[5:]) == {Standing.COMING}


def test_a_day_off_is_an_empty_cell_and_a_make_up_saturday_is_not() -> None:
    (year,) = hotline(date(2026, 3, 4)).years
    assert year.months[1][1].vacancy is Vacancy.DAY_OFF
    assert year.months[3][2].turn is not None  # Saturday 25 April 2026, made a workday in this notice
    assert [slot.planned for slot in year.months[1]] == [date(2026, 2, 5), date(2026, 2, 15), date(2026, 2, 25)]


def test_where_the_rule_postpones_the_cell_of_the_planned_day_tells_the_true_one() -> None:
    (year,) = hotline(date(2026, 3, 4), off="postpone").years
    moved = year.months[1][1].turn
    assert moved is not None
    assert (moved.planned_for, moved.day) == (date(2026, 2, 15), date(2026, 2, 16))


def test_days_before_the_rota_began_are_not_called_days_off() -> None:
    (year,) = hotline(date(2026, 8, 4), start=date(2026, 7, 1)).years
    assert year.months[0][0].vacancy is Vacancy.NOT_RECORDED
    assert year.months[6][0].vacancy is Vacancy.DAY_OFF


def test_a_month_without_the_day_says_so() -> None:
    (year,) = hotline(date(2026, 3, 4), days=(30,)).years
    assert year.months[1][0].vacancy is Vacancy.NO_SUCH_DAY


def test_the_next_year_is_shown_from_november_on() -> None:
    assert [year.year for year in hotline(date(2026, 10, 31)).years] == [2026]
    assert [year.year for year in hotline(date(2026, 11, 1)).years] == [2026, 2027]


def test_a_year_without_a_notice_promises_no_weekend_and_names_nobody() -> None:
    _, unannounced = hotline(date(2026, 12, 26)).years
    assert unannounced.announced is None
    assert all(turn.provisional and turn.person is None for turn in unannounced.turns)
    assert all(turn.day.weekday() < 5 for turn in unannounced.turns)
    assert unannounced.months[3][2].vacancy is Vacancy.UNDECIDED  # Sunday 25 April 2027
    upcoming = hotline(date(2026, 12, 26)).upcoming
    assert upcoming is not None
    assert (upcoming.day, upcoming.provisional) == (date(2027, 1, 5), True)
