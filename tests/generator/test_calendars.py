"""Calendars as clients read them: by a parser that did not write them, today and after a change."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import vobject

from bureau.content import Content, load_content
from bureau.hotline import Cancelled
from generator.outputs import calendars
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import ROOT, TODAY, copy_content

if TYPE_CHECKING:
    from pathlib import Path

OCTETS_A_LINE = 75  # RFC 5545, section 3.1


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return load_content(copy_content(tmp_path_factory.mktemp("office")))


def written(content: Content, today: date = TODAY) -> dict[str, bytes]:
    return dict(calendars.render(assemble(content, today), press(read_shipped())))


def entries(data: bytes) -> dict[str, Any]:
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(data).events}


def test_there_is_one_for_all_days_for_each_insurer_each_place_reception_days_and_releases(content: Content) -> None:
    paths = set(written(content))
    assert {"calendars/hotline.ics", "calendars/reception.ics", "calendars/releases.ics"} <= paths
    assert {f"calendars/insurers/{insurer.id}.ics" for insurer in content.insurers} <= paths
    assert {"calendars/places/yudu.ics", "calendars/places/ganzhou.ics"} <= paths
    assert "calendars/places/wuyuan.ics" not in paths  # nobody has a branch there


def test_another_parser_reads_every_entry_with_its_text_and_its_time(content: Content) -> None:
    for path, data in written(content).items():
        parsed = vobject.readOne(data.decode())
        ours = entries(data)
        assert {event.uid.value for event in parsed.vevent_list} == set(ours), path
        for event in parsed.vevent_list:
            mine = ours[event.uid.value]
            assert event.summary.value == str(mine["summary"])
            assert event.dtstart.value == mine.start
            assert event.dtend.value == mine.end


def test_a_client_that_saves_what_it_read_saves_the_same_entries(content: Content) -> None:
    for path, data in written(content).items():
        saved = vobject.readOne(data.decode()).serialize().encode()
        assert facts(saved) == facts(data), path


def facts(data: bytes) -> dict[str, dict[str, object]]:
    """Give every property of every entry as its decoded value."""
    return {
        uid: {name: getattr(value, "dt", str(value)) for name, value in event.property_items(recursive=False)}
        for uid, event in entries(data).items()
    }


def test_no_line_is_longer_than_seventy_five_octets_and_none_is_cut_within_a_character(content: Content) -> None:
    for data in written(content).values():
        lines = data.split(b"\r\n")
        assert max(map(len, lines)) <= OCTETS_A_LINE
        for line in lines:
            line.decode()


def test_the_fifth_of_march_is_from_nine_in_beijing_and_names_everybody_who_answers(content: Content) -> None:
    day = entries(written(content)["calendars/hotline.ics"])["hotline-2026-03-05@tenday.example.org"]
    assert (day.start, day.end) == (datetime(2026, 3, 5, 1, 0, tzinfo=UTC), datetime(2026, 3, 5, 3, 30, tzinfo=UTC))
    for words in ("陈静（副局长）", "钱二（副总经理）", content.hotline.number, "谁接听、谁负责"):
        assert words in day["description"]


def test_the_calendar_of_a_county_names_only_insurers_with_a_branch_there(content: Content) -> None:
    text = written(content)["calendars/places/yudu.ics"].decode().replace("\r\n ", "")
    assert "演示财产保险" in text
    assert "样本健康保险" not in text


def test_a_swap_raises_the_sequence_and_dates_the_entry_by_the_decision(content: Content) -> None:
    days = entries(written(content)["calendars/hotline.ics"])
    plain, swapped = (days[f"hotline-2026-{day}@tenday.example.org"] for day in ("03-05", "05-15"))
    assert (plain["sequence"], swapped["sequence"]) == (0, 1)
    assert swapped["dtstamp"].dt == datetime(2026, 5, 11, tzinfo=UTC)
    assert "与李明对调" in swapped["description"]


def test_a_day_called_off_stays_as_cancelled_with_its_reason(content: Content) -> None:
    off = Cancelled(day=date(2026, 3, 25), why="系统检修", decided=date(2026, 3, 20))
    rule = content.hotline.model_copy(update={"cancelled": (off,)})
    for path, data in written(dataclasses.replace(content, hotline=rule)).items():
        if path.startswith("calendars/insurers/") or path == "calendars/hotline.ics":
            day = next(one for uid, one in entries(data).items() if uid.startswith("hotline-2026-03-25"))
            assert (day["status"], int(day["sequence"])) == ("CANCELLED", 1)
            assert "系统检修" in day["description"]


def test_a_postponed_day_keeps_the_identity_of_the_day_it_was_planned_for() -> None:
    county = load_content(ROOT / "tests" / "offices" / "county")
    days = entries(written(county, date(2020, 3, 4))["calendars/hotline.ics"])
    moved = days["hotline-2020-02-08@qingxi.example.org"]
    assert moved.start.date() == date(2020, 2, 9)


def test_a_reception_day_leads_to_its_page_and_stands_in_the_insurer_s_calendar_too(content: Content) -> None:
    files = written(content)
    receptions = entries(files["calendars/reception.ics"])
    own = {uid: day for uid, day in receptions.items() if uid.endswith("-demo-property@tenday.example.org")}
    assert own
    assert set(own) <= set(entries(files["calendars/insurers/demo-property.ics"]))
    assert {str(day["url"]) for day in receptions.values()} == {"https://tenday.example.org/reception/"}


def test_days_that_the_state_council_has_not_announced_are_in_no_calendar(content: Content) -> None:
    for data in written(content, date(2026, 12, 20)).values():
        assert not [uid for uid in entries(data) if uid.startswith(("hotline-2027", "reception-2027"))]


def test_a_release_that_was_called_off_stays_and_one_that_moved_says_from_when(content: Content) -> None:
    days = entries(written(content)["calendars/releases.ics"])
    assert days["release-hotline-2026-q1@tenday.example.org"]["status"] == "CANCELLED"
    moved = days["release-mailbox-2026-h1@tenday.example.org"]
    assert (moved.start, int(moved["sequence"])) == (date(2026, 7, 15), 1)
    assert "原定 2026-07-10" in moved["description"]


def test_an_entry_that_was_withdrawn_stays_cancelled_with_the_reason(tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    (folder / "withdrawn.yml").write_text(
        "entries:\n  - uid: hotline-2025-12-25@tenday.example.org\n    calendars: [calendars/hotline.ics]\n"
        "    day: 2025-12-25\n    on: 2026-01-02\n    why: 误发\n",
        encoding="utf-8",
    )
    gone = entries(written(load_content(folder))["calendars/hotline.ics"])["hotline-2025-12-25@tenday.example.org"]
    assert gone["status"] == "CANCELLED"
    assert "误发" in gone["description"]


def test_the_day_of_the_build_changes_no_byte(content: Content) -> None:
    assert written(content) == written(content, date(2026, 9, 9))


def test_an_office_without_insurers_and_releases_has_its_own_days_alone(tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    shutil.rmtree(folder / "hotline_held")
    for name in ("insurers.yml", "releases.yml", "reception.yml"):
        (folder / name).unlink()
    assert set(written(load_content(folder))) == {"calendars/hotline.ics"}
