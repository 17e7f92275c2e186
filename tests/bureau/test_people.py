"""Who held which office on which day, and who is meant by a name."""

from datetime import date

import pytest

from bureau.content import Content
from bureau.desk import DutyRota, clerk_on
from bureau.office import Category, PastCharge, Person, Staff
from bureau.rota import OneDay, Rota


def test_the_people_of_the_shipped_office_are_those_that_scripts_know(jiangxi: Content) -> None:
    staff = jiangxi.staff
    assert {person.id: (person.name, person.post) for person in staff.people.values()} == {
        "zhang-wei": ("张伟", "director"),
        "chen-jing": ("陈静", "deputy-director"),
        "li-ming": ("李明", "deputy-director"),
        "wang-fang": ("王芳", "clerk"),
    }
    assert staff.default_category.deputy == "chen-jing"
    assert staff.people["chen-jing"].stand_in == "li-ming"


@pytest.mark.parametrize("words", ["陈静", "陈局", "陈副局长", "chen-jing"])
def test_a_deputy_is_found_by_every_name_that_people_write(jiangxi: Content, words: str) -> None:
    found = jiangxi.staff.named(words)
    assert found is not None
    assert found.id == "chen-jing"


def test_nobody_is_found_by_half_a_name(jiangxi: Content) -> None:
    assert jiangxi.staff.named("陈") is None
    assert jiangxi.staff.named("") is None


def test_an_office_changes_hands_from_one_day_to_the_next(county: Content) -> None:
    staff = county.staff
    eve, new_year = date(2019, 12, 31), date(2020, 1, 1)
    assert [person.id for person in staff.holders("director", eve)] == ["gu-yue"]
    assert [person.id for person in staff.holders("director", new_year)] == ["he-ping"]
    assert staff.people["he-ping"].post_on(eve) == "deputy-director"
    assert staff.people["he-ping"].post_on(date(2015, 2, 28)) is None
    assert staff.people["gu-yue"].post_on(new_year) is None
    assert staff.director.id == "he-ping"


def test_a_stand_in_stands_in_only_while_in_office(county: Content) -> None:
    assert [
        person.id if person else None
        for person in (county.staff.stand_in_of("ma-lan", day) for day in (date(2020, 1, 1), date(2014, 1, 1)))
    ] == ["he-ping", None]
    assert county.staff.stand_in_of("he-ping", date(2020, 1, 1)) is None


def test_of_two_people_of_one_name_the_one_in_office_is_meant() -> None:
    gone = Person(id="old", name="张伟", post="clerk", title="科员", duties="原登记来信", until=date(2020, 1, 1))
    here = Person(id="new", name="张伟", post="clerk", title="科员", duties="登记来信")
    found = Staff({"old": gone, "new": here}, {}).named("张伟")
    assert found is not None
    assert found.id == "new"


def test_a_category_remembers_who_was_in_charge() -> None:
    category = Category(
        id="c",
        name="类别",
        deputy="third",
        earlier=(
            PastCharge(deputy="second", until=date(2020, 6, 30)),
            PastCharge(deputy="first", until=date(2019, 6, 30)),
        ),
    )
    days = (date(2019, 6, 30), date(2019, 7, 1), date(2020, 6, 30), date(2020, 7, 1))
    assert [category.deputy_on(day) for day in days] == ["first", "second", "second", "third"]


def test_clerks_take_turns_by_workday_and_a_day_off_belongs_to_the_workday_before(county: Content) -> None:
    assert county.duty is not None
    days = [date(2020, 1, day) for day in (1, 2, 3, 4, 5, 6, 7)]
    assert [clerk_on(county.duty, county.workdays, day) for day in days] == [
        None,
        "su-wen",
        "luo-gang",
        "luo-gang",
        "luo-gang",
        "luo-gang",
        "su-wen",
    ]


def test_clerks_take_turns_by_week_with_single_days_changed(jiangxi: Content) -> None:
    duty = DutyRota(
        turn="week",
        rota=Rota(start=date(2026, 1, 5), order=("a", "b")),
        exceptions=(OneDay(day=date(2026, 1, 7), person="b", in_place_of="a", why="病假", decided=date(2026, 1, 6)),),
    )
    days = [date(2026, 1, 4), date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 11), date(2026, 1, 12)]
    assert [clerk_on(duty, jiangxi.workdays, day) for day in days] == [None, "a", "b", "a", "b"]
