"""What a promise means for one letter, whatever the machine's clock and zone."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.content import Content, load_content
from bureau.explanation import explain
from bureau.promise import Due, due, extended, is_late, office_day, reminder_days
from bureau.workdays import WorkdayNotice, Workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(Path(__file__).parents[2] / "content")


@pytest.fixture(params=["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
def test_F93_a_second_before_and_a_second_after_midnight_fall_due_on_different_days(content: Content) -> None:
    late = datetime(2026, 3, 5, 23, 59, 59, tzinfo=SHANGHAI)
    early = datetime(2026, 3, 6, 0, 0, 1, tzinfo=SHANGHAI)
    for promise in content.promises[:2]:
        first, second = (due(at, promise, content.workdays, SHANGHAI) for at in (late, early))
        assert (first.received_on, second.received_on) == (date(2026, 3, 5), date(2026, 3, 6))
        assert first.due_on < second.due_on


@pytest.mark.usefixtures("machine_zone")
def test_the_office_day_does_not_depend_on_the_zone_an_instant_is_written_in() -> None:
    instant = datetime(2026, 3, 5, 16, 0, 0, tzinfo=UTC)
    assert office_day(instant, SHANGHAI) == date(2026, 3, 6)
    assert office_day(instant.astimezone(ZoneInfo("America/New_York")), SHANGHAI) == date(2026, 3, 6)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="belongs to no day"):
        office_day(datetime(2026, 3, 5, 9, 0), SHANGHAI)  # noqa: DTZ001 - the refused kind


def test_a_promise_that_ends_on_a_sunday_is_worked_off_by_the_friday_before(content: Content) -> None:
    dates = due(datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI), content.mailbox_promise, content.workdays, SHANGHAI)
    assert (dates.due_on, dates.due_on.strftime("%a")) == (date(2026, 3, 15), "Sun")
    assert (dates.work_by, dates.work_by.strftime("%a")) == (date(2026, 3, 13), "Fri")
    assert not dates.provisional


def test_F91_F92_ten_workdays_go_round_a_holiday_and_count_its_make_up_day(content: Content) -> None:
    hotline = next(promise for promise in content.promises if promise.id == "hotline")
    dates = due(datetime(2026, 2, 12, 9, 0, tzinfo=SHANGHAI), hotline, content.workdays, SHANGHAI)
    # 13 and 14 February, 24 to 28 February, 2 to 4 March; 14 and 28 February are Saturdays worked.
    assert dates.due_on == date(2026, 3, 4)


def test_F90_a_letter_of_22_december_counts_across_an_unannounced_new_year_and_says_so(content: Content) -> None:
    received = datetime(2026, 12, 22, 9, 0, tzinfo=SHANGHAI)
    calendar_days = due(received, content.mailbox_promise, content.workdays, SHANGHAI)
    assert (calendar_days.due_on, calendar_days.work_by) == (date(2027, 1, 1), date(2026, 12, 31))
    assert calendar_days.provisional
    hotline = next(promise for promise in content.promises if promise.id == "hotline")
    workdays = due(received, hotline, content.workdays, SHANGHAI)
    assert workdays.due_on == date(2027, 1, 4)  # 23 to 25, 28 to 31 December; 2 and 3 January count until announced; 4
    assert workdays.provisional
    assert workdays.table == content.workdays.version


def test_a_provisional_date_becomes_exact_once_the_notice_is_there(content: Content) -> None:
    received = datetime(2026, 12, 22, 9, 0, tzinfo=SHANGHAI)
    hotline = next(promise for promise in content.promises if promise.id == "hotline")
    days_off = tuple(date(2027, 1, day) for day in (1, 2, 3))
    coming = WorkdayNotice(year=2027, notice="通知", days_off=days_off, workdays=())
    before = due(received, hotline, content.workdays, SHANGHAI)
    after = due(received, hotline, Workdays.from_notices([*content.workday_notices, coming]), SHANGHAI)
    assert (before.due_on, before.provisional) == (date(2027, 1, 4), True)
    assert (after.due_on, after.provisional) == (date(2027, 1, 6), False)
    assert before.table != after.table


def test_late_is_the_day_of_the_answer_or_today_after_the_due_date() -> None:
    last = date(2026, 3, 15)
    assert not is_late(last, date(2026, 3, 15), date(2026, 4, 1))
    assert is_late(last, date(2026, 3, 16), date(2026, 3, 16))
    assert not is_late(last, None, date(2026, 3, 15))
    assert is_late(last, None, date(2026, 3, 16))


def received(content: Content, day: date, promise: str = "mailbox") -> Due:
    at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=SHANGHAI)
    rule = next(one for one in content.promises if one.id == promise)
    return due(at, rule, content.workdays, SHANGHAI)


def test_a_due_date_is_explained_in_the_words_of_an_office(content: Content) -> None:
    assert explain(received(content, date(2026, 3, 5))) == (
        "收件日（3月5日）不计，自3月6日起算10日，截止3月15日（星期日）；办理时限3月13日（星期五）"
    )
    assert explain(received(content, date(2026, 3, 5), "hotline")) == (
        "收件日（3月5日）不计，自3月6日起算10个工作日，截止3月19日（星期四）"
    )


def test_an_explanation_across_an_unannounced_new_year_writes_the_years_and_says_provisional(content: Content) -> None:
    assert explain(received(content, date(2026, 12, 22))) == (
        "收件日（2026年12月22日）不计，自2026年12月23日起算10日，截止2027年1月1日（星期五）；"
        "办理时限2026年12月31日（星期四）；其间有放假安排尚未公布，日期为暂定，以国务院通知为准"
    )


def test_an_extension_counts_from_the_first_due_date_and_is_explained(content: Content) -> None:
    first = received(content, date(2026, 3, 5))
    longer = extended(first, content.mailbox_promise, 5, content.workdays)
    assert (longer.due_on, longer.extended_from, longer.days) == (date(2026, 3, 20), date(2026, 3, 15), 10)
    assert explain(longer) == (
        "收件日（3月5日）不计，自3月6日起算10日，至3月15日（星期日）；经批准延长5日，截止3月20日（星期五）"
    )


@pytest.mark.parametrize("days", [0, -1, 11])
def test_an_extension_beyond_its_limit_is_refused(content: Content, days: int) -> None:
    with pytest.raises(ValueError, match="1 to 10 days"):
        extended(received(content, date(2026, 3, 5)), content.mailbox_promise, days, content.workdays)


def test_a_second_extension_and_one_that_no_rule_allows_are_refused(content: Content) -> None:
    once = extended(received(content, date(2026, 3, 5)), content.mailbox_promise, 5, content.workdays)
    with pytest.raises(ValueError, match="already"):
        extended(once, content.mailbox_promise, 5, content.workdays)
    hotline = next(one for one in content.promises if one.id == "hotline")
    with pytest.raises(ValueError, match="1 to 0 days"):
        extended(received(content, date(2026, 3, 5), "hotline"), hotline, 1, content.workdays)


def test_an_extension_of_workdays_counts_workdays(content: Content) -> None:
    disclosure = next(one for one in content.promises if one.id == "disclosure-2019")
    first = received(content, date(2026, 9, 14), "disclosure-2019")
    assert first.due_on == date(2026, 10, 16)  # Sunday 20 September and Saturday 10 October are worked
    assert extended(first, disclosure, 20, content.workdays).due_on == date(2026, 11, 13)


def test_reminders_hang_on_the_last_workday_and_not_on_the_due_date(content: Content) -> None:
    days = reminder_days(received(content, date(2026, 3, 5)), content.mailbox_promise, content.workdays)
    assert days == (date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 13))


def test_no_reminder_falls_on_the_day_of_receipt_or_before_it(content: Content) -> None:
    short = content.mailbox_promise.model_copy(update={"days": 2})
    at = datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI)
    dates = due(at, short, content.workdays, SHANGHAI)
    assert reminder_days(dates, short, content.workdays) == (date(2026, 3, 11), date(2026, 3, 12))
    shortest = content.mailbox_promise.model_copy(update={"days": 1})
    dates = due(at, shortest, content.workdays, SHANGHAI)
    assert reminder_days(dates, shortest, content.workdays) == (date(2026, 3, 11),)


@given(
    received=st.floats(0, 24 * 365 * 24).map(lambda hours: datetime(2004, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    rule=st.integers(0, 1),
)
def test_no_due_date_precedes_receipt_and_a_later_letter_is_never_due_earlier(received: datetime, rule: int) -> None:
    content = _shipped()
    promise = content.promises[rule]
    dates = due(received, promise, content.workdays, SHANGHAI)
    later = due(received + timedelta(hours=7), promise, content.workdays, SHANGHAI)
    assert dates.received_on < dates.due_on
    assert dates.work_by <= dates.due_on <= later.due_on


@cache
def _shipped() -> Content:
    return load_content(Path(__file__).parents[2] / "content")
