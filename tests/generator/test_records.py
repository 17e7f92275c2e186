"""The pages about what is published, and the files that stand beside the pages."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bureau.content import Content, load_content
from bureau.faults import FaultyFiles
from generator.outputs import records, security
from generator.outputs.pages import render as render_pages
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import TODAY, build, copy_content, tenday

if TYPE_CHECKING:
    from pathlib import Path

LATER = date(2026, 11, 20)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return load_content(copy_content(tmp_path_factory.mktemp("office")))


def page(content: Content, name: str, today: date = LATER) -> str:
    text = records.render(assemble(content, today), press(read_shipped()))[f"{name}/index.md"].decode()
    return re.sub(r"<[^>]+>", "", text)


def test_corrections_say_old_and_new_when_and_why(content: Content) -> None:
    text = page(content, "corrections")
    for words in (
        "接听人调整：演示财险 2026-04-15赵一 → 钱二原因：赵一休假",
        "2026-05-12公告修改：关于调整5月份投诉热线接听领导的公告",
        "2026-07-10 → 2026-07-15原因：满意度回访延长三天",
    ):
        assert words in text, words


def test_corrections_of_days_to_come_are_not_there_yet(content: Content) -> None:
    before = page(content, "corrections", date(2026, 3, 4))
    assert "2025-08-04" in before
    assert "2026-05-12" not in before


def test_the_release_calendar_keeps_dates_that_moved_and_releases_called_off(content: Content) -> None:
    text = page(content, "releases")
    assert "2026年6月10日改期，原定2026年7月10日：满意度回访延长三天" in text
    assert "已取消" in text
    assert "与半年度情况合并发布" in text


def test_every_calendar_and_feed_is_listed_where_people_subscribe(content: Content) -> None:
    text = page(content, "subscribe")
    for path in ("calendars/hotline.ics", "calendars/places/yudu.ics", "calendars/insurers/demo-life.ics"):
        assert f"{content.office.origin}{path}" in text


@pytest.mark.parametrize(("today", "said"), [(date(2026, 3, 7), False), (date(2026, 3, 8), True)])
def test_a_banner_tells_when_figures_are_older_than_promised_and_not_a_day_before(
    content: Content, today: date, *, said: bool
) -> None:
    pages = render_pages(assemble(content, today), press(read_shipped()))
    for name in ("index.md", "statistics.md"):
        assert ("数字未按时更新" in pages[name].decode()) is said


def test_without_figures_or_a_promise_there_is_no_banner(content: Content) -> None:
    for office in (dataclasses.replace(content, published=()), dataclasses.replace(content, releases=None)):
        pages = render_pages(assemble(office, date(2030, 1, 1)), press(read_shipped()))
        assert "数字未按时更新" not in pages["index.md"].decode()


def test_security_txt_carries_the_date_that_the_office_wrote(content: Content) -> None:
    text = security.render(assemble(content, TODAY), press(read_shipped()), [])[".well-known/security.txt"].decode()
    assert "Contact: mailto:director@bureau.example\n" in text
    assert "Expires: 2027-06-30T00:00:00Z\n" in text
    assert f"Canonical: {content.office.origin}.well-known/security.txt\n" in text


def test_the_manifest_is_what_sha256sum_checks_and_leaves_nothing_out(built_site: Path) -> None:
    command = ["sha256sum", "--check", "--quiet", "--strict", "manifest.sha256"]
    assert subprocess.run(command, cwd=built_site, check=False, capture_output=True).returncode == 0
    lines = (built_site / "manifest.sha256").read_text(encoding="utf-8").splitlines()
    files = {path.relative_to(built_site).as_posix() for path in built_site.rglob("*") if path.is_file()}
    assert {line.partition("  ")[2] for line in lines} == files - {"manifest.sha256"}
    assert ".well-known/security.txt" in files
    home = hashlib.sha256((built_site / "index.html").read_bytes()).hexdigest()
    assert f"{home}  index.html" in lines


def test_new_year_takes_nothing_away(tmp_path: Path) -> None:
    folder, old, new = copy_content(tmp_path), tmp_path / "old", tmp_path / "new"
    build(folder, old, "--today", "2026-12-31")
    build(folder, new, "--today", "2027-01-01", "--previous", str(old))
    assert (new / "hotline" / "2026-03-05" / "index.html").is_file()
    assert tenday("check", "--content", folder, "--site", new, "--today", "2027-01-01").returncode == 0


MISTAKES = {
    "a release twice": ("  - id: mailbox-2026\n", "  - id: mailbox-2026-h1\n", "releases.yml:18: releases.2.id:"),
    "due before it was announced": ("due: 2026-07-15", "due: 2025-07-15", "releases.yml:15: releases.1.due:"),
    "figures that are nowhere": ("due: 2027-01-15", "due: 2027-01-15\n    figures: nowhere", ": releases.2.figures:"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_release_calendar_is_named_with_its_line(tmp_path: Path, mistake: str) -> None:
    was, now, named = MISTAKES[mistake]
    folder = copy_content(tmp_path)
    text = (folder / "releases.yml").read_text(encoding="utf-8")
    assert was in text
    (folder / "releases.yml").write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(FaultyFiles) as caught:
        load_content(folder)
    assert named in str(caught.value)
