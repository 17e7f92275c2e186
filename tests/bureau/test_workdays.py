"""The calendar: three answers, both oracles, and the safe side where no notice says anything yet."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.content import load_content
from bureau.workdays import DayKind, WorkdayNotice, Workdays

SHIPPED = Path(__file__).parents[2] / "content"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def calendar() -> Workdays:
    return load_content(SHIPPED).workdays


def days_of(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + DAY * offset for offset in range((date(last, 12, 31) - start).days + 1)]


def test_every_day_from_2004_to_2026_agrees_with_both_oracles_but_one(calendar: Workdays) -> None:
    second = holidays.country_holidays("CN", years=range(2003, 2028))
    ours = {day: calendar.kind(day) is DayKind.WORKDAY for day in days_of(2004, 2026)}
    assert [day for day in ours if ours[day] != second.is_working_day(day)] == []
    assert [day for day in ours if ours[day] != chinese_calendar.is_workday(day)] == [date(2005, 12, 31)]


@pytest.mark.parametrize("day", [date(2005, 12, 31), date(2006, 12, 30), date(2011, 12, 31), date(2018, 12, 29)])
def test_a_december_day_follows_the_notice_for_the_next_year(calendar: Workdays, day: date) -> None:
    notice = next(notice for notice in load_content(SHIPPED).workday_notices if notice.year == day.year + 1)
    assert day in notice.workdays
    assert calendar.kind(day) is DayKind.WORKDAY
    assert day.weekday() >= 5


def test_a_year_without_a_notice_is_not_announced_and_nothing_is_guessed(calendar: Workdays) -> None:
    assert calendar.kind(date(2027, 1, 4)) is DayKind.NOT_ANNOUNCED
    assert calendar.kind(date(2027, 1, 3)) is DayKind.NOT_ANNOUNCED
    assert calendar.kind(date(2003, 12, 31)) is DayKind.NOT_ANNOUNCED


def test_an_unannounced_day_counts_as_a_workday_but_new_year_does_not(calendar: Workdays) -> None:
    assert calendar.counts_as_workday(date(2027, 1, 2))  # a Saturday
    assert not calendar.counts_as_workday(date(2027, 1, 1))


def test_the_last_days_of_december_stay_open_until_the_next_notice(calendar: Workdays) -> None:
    assert calendar.kind(date(2026, 12, 31)) is DayKind.WORKDAY
    assert calendar.provisional(date(2026, 12, 30), date(2026, 12, 31))
    assert not calendar.provisional(date(2026, 12, 1), date(2026, 12, 27))
    assert not calendar.provisional(date(2025, 12, 1), date(2025, 12, 31))


def notice(year: int, off: list[date], extra: list[date]) -> WorkdayNotice:
    return WorkdayNotice(year=year, notice="通知", days_off=tuple(off), workdays=tuple(extra))


def test_2027_is_provisional_today_and_exact_once_its_notice_is_added(calendar: Workdays) -> None:
    shipped = load_content(SHIPPED).workday_notices
    coming = notice(2027, [date(2027, 1, 1) + DAY * n for n in range(3)], [date(2027, 1, 9)])
    known = Workdays.from_notices([*shipped, coming])
    assert calendar.provisional(date(2027, 1, 1), date(2027, 12, 31))
    assert not known.provisional(date(2026, 12, 28), date(2027, 12, 27))
    assert [known.kind(date(2027, 1, day)) for day in (3, 4, 9, 10)] == [
        DayKind.DAY_OFF,
        DayKind.WORKDAY,
        DayKind.WORKDAY,
        DayKind.DAY_OFF,
    ]
    assert known.version != calendar.version


def test_the_version_of_a_table_depends_on_its_dates_alone(calendar: Workdays) -> None:
    shipped = load_content(SHIPPED).workday_notices
    renamed = [one.model_copy(update={"notice": "另一标题", "url": None}) for one in reversed(shipped)]
    assert Workdays.from_notices(renamed).version == calendar.version
    changed = [*shipped[:-1], shipped[-1].model_copy(update={"workdays": ()})]
    assert Workdays.from_notices(changed).version != calendar.version


some_day = st.dates(date(2004, 1, 1), date(2027, 12, 31))
some_count = st.integers(0, 90)


@given(day=some_day, count=some_count)
def test_adding_workdays_is_undone_by_counting_them(day: date, count: int) -> None:
    table = load_content_once()
    assert table.count_workdays(day, table.add_workdays(day, count)) == count


@given(day=some_day, count=some_count, later=st.integers(0, 30))
def test_adding_workdays_is_monotonic_in_the_day_and_in_the_count(day: date, count: int, later: int) -> None:
    table = load_content_once()
    assert table.add_workdays(day, count) <= table.add_workdays(day + DAY * later, count)
    assert table.add_workdays(day, count) <= table.add_workdays(day, count + later)
    if count:
        assert table.counts_as_workday(table.add_workdays(day, count))


@given(day=some_day, count=st.integers(1, 60))
def test_taking_workdays_away_mirrors_adding_them(day: date, count: int) -> None:
    table = load_content_once()
    earlier = table.subtract_workdays(day, count)
    assert table.counts_as_workday(earlier)
    assert table.count_workdays(earlier, day - DAY) == count - 1


@cache
def shipped_notices() -> tuple[WorkdayNotice, ...]:
    """Hypothesis runs a test many times; the shipped notices are the same each time."""
    return load_content(SHIPPED).workday_notices


@cache
def load_content_once() -> Workdays:
    return Workdays.from_notices(shipped_notices())


@st.composite
def notices_for_2027(draw: st.DrawFn) -> WorkdayNotice:
    """Any arrangement a notice for 2027 could make: weekdays off, weekend days worked, New Year always off."""
    reach = [date(2026, 12, 28) + DAY * n for n in range(60)]
    off = draw(st.sets(st.sampled_from([day for day in reach if day.weekday() < 5])))
    extra = draw(st.sets(st.sampled_from([day for day in reach if day.weekday() >= 5])))
    new_year = date(2027, 1, 1)
    return notice(2027, sorted(off | {new_year}), sorted(extra - off - {new_year}))


@given(
    coming=notices_for_2027(),
    received=st.dates(date(2026, 12, 1), date(2027, 1, 31)),
    count=st.integers(0, 25),
)
def test_a_provisional_date_is_never_later_than_what_a_later_notice_makes_true(
    coming: WorkdayNotice, received: date, count: int
) -> None:
    today = load_content_once()
    truth = Workdays.from_notices([*shipped_notices(), coming])
    reckoned, true = today.add_workdays(received, count), truth.add_workdays(received, count)
    assert reckoned <= true
    if not today.provisional(received, max(reckoned, true)):
        assert reckoned == true
