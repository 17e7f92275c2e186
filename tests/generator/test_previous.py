"""Yesterday's site and today's: nothing vanishes without a word."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bureau.content import load_content
from bureau.exits import Exit, Stop
from bureau.withdrawn import Withdrawn
from generator.previous import compare
from tests.generator.office import TODAY, copy_content, copy_older_content, tenday

if TYPE_CHECKING:
    from pathlib import Path

UID = "hotline-2026-03-05@tenday.example.org"


@pytest.fixture
def today(built_site: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built_site, tmp_path / "today")


def messages(previous: Path, today: Path, withdrawn: str = "") -> list[str]:
    folder = copy_content(today.parent) if not (today.parent / "content").exists() else today.parent / "content"
    (folder / "withdrawn.yml").write_text(withdrawn or "pages: []\n", encoding="utf-8")
    tombstones = load_content(folder).withdrawn
    return [str(one) for one in compare(previous, today, tombstones, folder)]


def change_calendar(today: Path, was: str, now: str) -> None:
    file = today / "calendars" / "hotline.ics"
    data = file.read_bytes().decode()
    assert was in data
    file.write_bytes(data.replace(was, now, 1).encode())


def test_the_same_site_has_nothing_to_explain(built_site: Path, today: Path) -> None:
    assert messages(built_site, today) == []


@pytest.mark.parametrize(
    "path", ["notices/hotline-2026/index.html", "data/figures.csv", "feeds/notices.atom", "calendars/places/yudu.ics"]
)
def test_an_address_that_vanished_is_found_until_a_reason_stands_in_its_place(
    built_site: Path, today: Path, path: str
) -> None:
    (today / path).unlink()
    address = path.removesuffix("index.html")
    (message,) = messages(built_site, today)
    assert f"withdrawn.yml:1: vanished_page: 上一次网站有 {address}" in message
    assert messages(built_site, today, f"pages:\n  - {{path: {address}, on: 2026-03-04, why: 误发}}\n") == []


def test_an_entry_that_vanished_is_found_until_a_reason_stands_in_its_place(built_site: Path, today: Path) -> None:
    change_calendar(today, f"UID:{UID}", "UID:another@tenday.example.org")
    (message,) = messages(built_site, today)
    assert f"vanished_entry: 日历 calendars/hotline.ics 中的 {UID}" in message
    reason = (
        f"entries:\n  - {{uid: {UID}, calendars: [calendars/hotline.ics], day: 2026-03-05, on: 2026-03-04, why: 误}}\n"
    )
    assert messages(built_site, today, reason) == []


def test_an_entry_that_moved_in_silence_is_found_and_one_with_a_higher_sequence_is_not(
    built_site: Path, today: Path
) -> None:
    change_calendar(today, "DTSTART:20260305T010000Z", "DTSTART:20260305T013000Z")
    assert ["silent_change" in message for message in messages(built_site, today)] == [True]
    head, _, tail = (today / "calendars" / "hotline.ics").read_bytes().decode().partition(f"UID:{UID}")
    (today / "calendars" / "hotline.ics").write_bytes(
        (head + f"UID:{UID}" + tail.replace("SEQUENCE:0", "SEQUENCE:1", 1)).encode()
    )
    assert messages(built_site, today) == []


def test_a_swap_that_somebody_deleted_is_found_by_its_sequence(built_site: Path, today: Path) -> None:
    change_calendar(today, "SEQUENCE:1", "SEQUENCE:0")
    assert ["sequence_back" in message for message in messages(built_site, today)] == [True]


def test_a_folder_that_is_no_site_is_refused(tmp_path: Path, built_site: Path) -> None:
    with pytest.raises(Stop, match=r"index\.html") as stopped:
        compare(tmp_path, built_site, Withdrawn(), tmp_path)
    assert stopped.value.code is Exit.BAD_CONFIGURATION


def test_a_build_stops_at_a_notice_that_was_deleted_and_goes_on_with_a_tombstone(
    built_site: Path, tmp_path: Path
) -> None:
    content, site = copy_older_content(tmp_path), tmp_path / "site"
    notices = content / "notices" / "2026.yml"
    text = notices.read_text(encoding="utf-8")
    start, end = text.index("  - id: mailbox-2026"), text.index("  - id: reception-2026")
    notices.write_text(text[:start] + text[end:], encoding="utf-8")
    arguments: list[str | Path] = ["build", "--content", content, "--site-dir", site, "--today", TODAY.isoformat()]
    arguments += ["--previous", built_site]
    ran = tenday(*arguments)
    assert ran.returncode == Exit.BAD_CONTENT
    assert "vanished_page: 上一次网站有 notices/mailbox-2026/" in ran.stderr
    assert not (site / "index.html").exists()
    withdrawn = content / "withdrawn.yml"
    withdrawn.write_text(
        withdrawn.read_text(encoding="utf-8")
        + "  - {path: notices/mailbox-2026/, on: 2026-03-04, why: 内容并入年度公告}\n"
        "  - {path: notices/kind/mailbox/, on: 2026-03-04, why: 内容并入年度公告}\n",
        encoding="utf-8",
    )
    ran = tenday(*arguments, "--strict")
    assert ran.returncode == 0, ran.stderr
    assert "内容并入年度公告" in (site / "notices" / "mailbox-2026" / "index.html").read_text(encoding="utf-8")
