"""The hotline days: counts that were published, make-up days, swaps, and who answers with whom."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.content import Content
from bureau.hotline import HotlineDay, due_days, hotline_days
from bureau.hotline_record import HeldDay
from bureau.roster import Report, roster
from bureau.rota import OneDay, Rota, Swap, turns
from bureau.workdays import DayKind

MAKE_UP_DAYS = [
    date(2007, 2, 25),
    date(2010, 9, 25),
    date(2013, 1, 5),
    date(2015, 2, 15),
    date(2019, 5, 5),
    date(2021, 4, 25),
    date(2023, 6, 25),
]


def held_in(content: Content, year: int) -> list[date]:
    return [one.day for one in due_days(content.hotline, content.workdays, date(year, 1, 1), date(year, 12, 31))]


@pytest.mark.parametrize(("year", "count"), [(2012, 22), (2024, 26), (2025, 24), (2026, 21)])
def test_the_fives_that_are_workdays_are_as_many_as_the_notices_make_them(
    jiangxi: Content, year: int, count: int
) -> None:
    assert len(held_in(jiangxi, year)) == count


def test_weekend_days_that_are_worked_and_fall_on_a_five_are_hotline_days(jiangxi: Content) -> None:
    weekends = [day for year in range(2007, 2027) for day in held_in(jiangxi, year) if day.weekday() >= 5]
    assert weekends == MAKE_UP_DAYS


def test_a_day_of_an_unannounced_year_is_listed_as_provisional(jiangxi: Content) -> None:
    days = hotline_days(jiangxi.hotline, jiangxi.workdays, date(2026, 12, 1), date(2027, 1, 31))
    assert [(one.day, one.provisional) for one in days] == [
        (date(2026, 12, 15), False),
        (date(2026, 12, 25), False),
        (date(2027, 1, 5), True),
        (date(2027, 1, 15), True),
        (date(2027, 1, 25), True),
    ]


def test_the_rota_goes_round_and_starts_where_it_says(jiangxi: Content) -> None:
    days = hotline_days(jiangxi.hotline, jiangxi.workdays, date(2025, 1, 1), date(2026, 2, 28))
    assert [(one.day, one.answered_by) for one in days] == [
        (date(2026, 1, 5), "zhang-wei"),
        (date(2026, 1, 15), "chen-jing"),
        (date(2026, 2, 5), "li-ming"),
        (date(2026, 2, 25), "zhang-wei"),
    ]


def test_a_swap_and_an_exception_say_who_for_whom_and_why(jiangxi: Content) -> None:
    days = {
        one.day: one for one in hotline_days(jiangxi.hotline, jiangxi.workdays, date(2026, 5, 1), date(2026, 6, 30))
    }
    swapped = days[date(2026, 5, 15)]
    assert (swapped.answered_by, swapped.in_place_of) == ("li-ming", "chen-jing")
    assert swapped.why is not None
    assert swapped.why.startswith("陈静5月15日")
    assert (days[date(2026, 5, 25)].answered_by, days[date(2026, 5, 25)].in_place_of) == ("chen-jing", "li-ming")
    assert days[date(2026, 6, 15)].decided == date(2026, 6, 10)
    assert days[date(2026, 6, 5)].in_place_of is None


@pytest.mark.parametrize("last", [date(2026, 5, 15), date(2026, 5, 24), date(2026, 5, 25), date(2026, 12, 31)])
def test_a_swap_shows_on_its_first_day_however_far_the_list_goes(jiangxi: Content, last: date) -> None:
    days = hotline_days(jiangxi.hotline, jiangxi.workdays, date(2026, 5, 15), last)
    assert days[0].answered_by == "li-ming"
    assert all(one.day <= last for one in days)
    rostered = roster(jiangxi, date(2026, 5, 15), last, today=date(2026, 5, 1))
    assert [one.answerers[0].person for one in rostered] == [one.answered_by for one in days]


def test_a_day_postponed_is_held_on_the_next_workday_and_remembers_its_plan(county: Content) -> None:
    days = hotline_days(county.hotline, county.workdays, date(2020, 1, 1), date(2020, 3, 31))
    assert [(one.planned_for, one.day, one.answered_by) for one in days] == [
        (date(2020, 1, 8), date(2020, 1, 8), "he-ping"),
        (date(2020, 1, 20), date(2020, 1, 20), "ma-lan"),
        (date(2020, 2, 20), date(2020, 2, 20), "he-ping"),
        (date(2020, 3, 8), date(2020, 3, 9), "he-ping"),
        (date(2020, 3, 20), date(2020, 3, 20), "he-ping"),
    ]


def test_a_past_day_shows_calls_no_call_or_no_report(jiangxi: Content) -> None:
    days = roster(jiangxi, date(2026, 1, 1), date(2026, 3, 31), today=date(2026, 3, 10))
    reports = {
        one.day: {answerer.insurer: (answerer.report, answerer.calls) for answerer in one.answerers} for one in days
    }
    assert reports[date(2026, 1, 15)] == {
        None: (Report.CALLS, 3),
        "demo-property": (Report.CALLS, 2),
        "sample-property": (Report.NO_CALLS, 0),
        "demo-life": (Report.CALLS, 1),
        "sample-health": (Report.NOT_REPORTED, None),
    }
    assert {report for report, _ in reports[date(2026, 3, 5)].values()} == {Report.NOT_REPORTED}
    assert {report for report, _ in reports[date(2026, 3, 25)].values()} == {Report.TO_COME}


def test_a_day_is_not_overdue_while_it_lasts(jiangxi: Content) -> None:
    day = date(2026, 3, 25)
    for today, report in ((day, Report.TO_COME), (day + timedelta(days=1), Report.NOT_REPORTED)):
        (one,) = roster(jiangxi, day, day, today=today)
        assert {answerer.report for answerer in one.answerers} == {report}


def test_a_new_rota_ends_the_one_before_it_and_starts_from_its_own_first() -> None:
    days = [date(2026, 1, day) for day in (5, 15, 25)] + [date(2026, 2, day) for day in (5, 15)]
    rotas = [Rota(start=date(2026, 1, 20), order=("c", "d")), Rota(start=date(2026, 1, 1), order=("a", "b"))]
    assert [turn.person for turn in turns(rotas, days).values()] == ["a", "b", "c", "d", "c"]
    ended = [rotas[0].model_copy(update={"until": date(2026, 2, 5)}), rotas[1]]
    assert date(2026, 2, 15) not in turns(ended, days)


def test_everybody_answers_at_once_each_at_an_own_number(jiangxi: Content) -> None:
    day = roster(jiangxi, date(2026, 4, 15), date(2026, 4, 15), today=date(2026, 4, 1))[0]
    assert [(one.organisation[:4], one.name, one.number) for one in day.answerers] == [
        ("江西保监", "张伟", "0791-0000-0000"),
        ("演示财产", "钱二", "0791-0000-0001"),
        ("样本财产", "吴五", "0791-0000-0002"),
        ("演示人寿", "冯八", "0791-0000-0003"),
        ("样本健康", "陈九", "0791-0000-0004"),
    ]
    assert day.answerers[1].turn.in_place_of == "general-manager"
    assert (day.hours.start, day.hours.end, day.provisional) == (time(9, 0), time(11, 30), False)


def test_a_day_called_off_keeps_its_turn_and_says_why(county: Content) -> None:
    days = roster(county, date(2020, 2, 1), date(2020, 2, 29), today=date(2020, 3, 1))
    assert [(one.day, one.cancelled.why if one.cancelled else None) for one in days] == [
        (date(2020, 2, 9), "疫情防控"),
        (date(2020, 2, 20), None),
    ]
    assert [one.answerers[0].person for one in days] == ["ma-lan", "he-ping"]


def test_a_day_reported_late_replaces_the_missing_report(jiangxi: Content) -> None:
    late = replace(jiangxi, hotline_held=(*jiangxi.hotline_held, HeldDay(day=date(2026, 3, 5), calls=0)))
    day = roster(late, date(2026, 3, 5), date(2026, 3, 5), today=date(2026, 3, 10))[0]
    assert day.answerers[0].report is Report.NO_CALLS
    assert day.answerers[1].report is Report.NOT_REPORTED


days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(first=days_of_2026, length=st.integers(0, 200), cut=st.integers(0, 200))
def test_two_stretches_of_days_make_the_same_days_as_one(jiangxi: Content, first: date, length: int, cut: int) -> None:
    last, middle = first + timedelta(days=length), first + timedelta(days=min(cut, length))

    def days(start: date, end: date) -> tuple[HotlineDay, ...]:
        return hotline_days(jiangxi.hotline, jiangxi.workdays, start, end)

    assert days(first, last) == days(first, middle) + days(middle + timedelta(days=1), last)
    assert all(jiangxi.workdays.kind(one.day) is not DayKind.DAY_OFF for one in days(first, last))


@given(
    order=st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
    swapped=st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_swaps_change_whose_days_they_are_and_not_how_many(order: list[str], swapped: tuple[int, int]) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(10)]
    rota = Rota(start=days[0], order=tuple(order))
    swap = Swap(days=(days[swapped[0]], days[swapped[1]]), why="对调", decided=days[0])
    before, after = turns([rota], days), turns([rota], days, [swap])
    assert sorted(turn.person for turn in before.values()) == sorted(turn.person for turn in after.values())
    assert after[swap.days[0]].person == before[swap.days[1]].person


def test_an_exception_on_a_swapped_day_is_in_place_of_whoever_swapped() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2)]
    rota = Rota(start=days[0], order=("a", "b"))
    swap = Swap(days=(days[0], days[1]), why="对调", decided=days[0])
    change = OneDay(day=days[0], person="c", in_place_of="b", why="病假", decided=days[0])
    assert turns([rota], days, [swap], [change])[days[0]].in_place_of == "b"
