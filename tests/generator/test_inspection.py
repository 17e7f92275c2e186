"""The inspection: for every rule one thing that breaks it, named with the line that mends it, and the mending."""

from __future__ import annotations

import hashlib
import re
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bureau.exits import Exit
from generator.inspection.findings import Finding, Level
from generator.inspection.inspect import faults, inspect
from tests.generator.office import TODAY, build, copy_content, tenday

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


@pytest.fixture
def site(built_site: Path, tmp_path: Path) -> Path:
    """Give a copy of the built site that a test may damage; only what pages and links need, and the manifest."""
    return shutil.copytree(built_site, tmp_path / "site")


def found(site: Path, content: Path, rule: str, today: date = TODAY) -> list[Finding]:
    return [one for one in inspect(site, content, today) if one.rule == rule]


def stamp(site: Path) -> None:
    """Let the manifest tell of the files as they are now."""
    files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256((site / name).read_bytes()).hexdigest()}  {name}\n"
        for name in files
        if "manifest" not in name
    ]
    (site / "manifest.sha256").write_text("".join(lines), encoding="utf-8")


def rewrite(file: Path, was: str, now: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert was in text, f"{was} is not in {file.name}"
    file.write_text(text.replace(was, now, 1), encoding="utf-8")


def test_the_site_as_built_has_no_fault(built_site: Path, content: Path) -> None:
    assert faults(inspect(built_site, content, TODAY)) == []


NOTICE = "notices/hotline-2026/index.html"
BREAKS = {  # rule -> file of the site, what stands there, what a bad edit makes of it
    "dead_link": (NOTICE, '<a href="../">公告</a>', '<a href="../gone/">公告</a>'),
    "dead_anchor": ("index.html", 'href="mailbox/#form"', 'href="mailbox/#from"'),
    "no_alternative": (NOTICE, "<h1", '<img src="../../assets/favicon.svg"><h1'),
    "external": (NOTICE, "<h1", '<script src="https://cdn.example.org/a.js"></script><h1'),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_page_is_found_and_found_mended(site: Path, content: Path, rule: str) -> None:
    page, was, now = BREAKS[rule]
    rewrite(site / page, was, now)
    (finding,) = found(site, content, rule)
    assert finding.level is Level.FAULT
    assert finding.place.path.startswith(str(content))
    rewrite(site / page, now, was)
    assert found(site, content, rule) == []


def test_a_dead_link_of_a_notice_is_named_with_the_line_of_yaml_that_it_is_written_in(
    site: Path, content: Path
) -> None:
    notices = content / "notices" / "2026.yml"
    rewrite(notices, "二、接听时间：", "[见附表](../annex/)\n\n      二、接听时间：")
    rewrite(site / NOTICE, "二、接听时间", '<a href="../annex/">见附表</a>二、接听时间')
    (finding,) = found(site, content, "dead_link")
    lines = notices.read_text(encoding="utf-8").splitlines()
    assert finding.place.path == str(notices)
    assert "(../annex/)" in lines[finding.place.line - 1]


def test_a_page_that_nothing_links_to_is_an_orphan_until_something_does(site: Path, content: Path) -> None:
    (site / "lost").mkdir()
    shutil.copy(site / NOTICE, site / "lost" / "index.html")
    assert "lost/index.html" in found(site, content, "orphan")[0].message
    rewrite(site / "index.html", "</h1>", '</h1><a href="lost/">在此</a>')
    assert found(site, content, "orphan") == []


def test_a_list_entry_or_a_document_without_a_date_is_found(built_site: Path, site: Path, content: Path) -> None:
    listing = site / "notices" / "index.html"
    text = listing.read_text(encoding="utf-8")
    listing.write_text(re.sub(r"<time[^>]*>2026-01-04</time>", "", text), encoding="utf-8")
    (finding,) = found(site, content, "undated")
    assert "notices/index.html 有 1 处" in finding.message
    listing.write_text(text, encoding="utf-8")
    document = site / NOTICE
    document.write_text(re.sub(r"</?time[^>]*>", "", document.read_text(encoding="utf-8")), encoding="utf-8")
    (finding,) = found(site, content, "undated")
    assert finding.place.path.endswith("notices/2026.yml")
    shutil.copy(built_site / NOTICE, document)
    assert found(site, content, "undated") == []


def test_a_picture_drawn_on_the_page_needs_a_title_and_an_icon_does_not(site: Path, content: Path) -> None:
    bad, icon = "<svg><text>219</text></svg>", "<svg><path d='M0 0'/></svg>"
    rewrite(site / NOTICE, "<h1", bad + icon + "<h1")
    assert len(found(site, content, "no_alternative")) == 1
    rewrite(site / NOTICE, bad, "<svg><title>来信件数</title><text>219</text></svg>")
    assert found(site, content, "no_alternative") == []


def test_a_style_sheet_that_loads_from_elsewhere_is_found(site: Path, content: Path) -> None:
    style = site / "assets" / "portal.css"
    style.write_text(style.read_text(encoding="utf-8") + "@import url(https://fonts.example.org/x.css);", "utf-8")
    assert "fonts.example.org" in found(site, content, "external")[0].message
    rewrite(style, "@import url(https://fonts.example.org/x.css);", "")
    assert found(site, content, "external") == []


def test_a_file_changed_added_or_lost_after_the_build_is_found(site: Path, content: Path) -> None:
    (site / "data" / "figures.csv").write_text("x", encoding="utf-8")
    (site / "added.txt").write_text("x", encoding="utf-8")
    (site / "robots.txt").write_text("x", encoding="utf-8")
    (site / "data" / "places.csv").unlink()
    names = {one.message.split(" ")[0] for one in found(site, content, "changed_file")}
    assert names == {"data/figures.csv", "added.txt", "robots.txt", "data/places.csv"}
    stamp(site)
    assert found(site, content, "changed_file") == []
    (site / "manifest.sha256").unlink()
    assert len(found(site, content, "no_manifest")) == 1


def test_an_empty_column_is_a_hint_that_names_where_to_write(built_site: Path, content: Path, tmp_path: Path) -> None:
    for path in (content / "notices").iterdir():
        path.unlink()
    site = tmp_path / "site"
    build(content, site)
    (finding,) = found(site, content, "empty_column")
    assert (finding.level, finding.place.path) == (Level.HINT, str(content / "notices"))
    assert found(built_site, content, "empty_column") == []


# A file of the content, what stands there, what an editor makes of it, and the rule that finds it.
EDITS = {
    "a figure of tomorrow": ("published/mailbox.yml", 'as_of: "2026-03-04"', 'as_of: "2026-03-05"', "future"),
    "a day held in advance": ("hotline_held/2026.yml", "{day: 2026-02-25,", "{day: 2026-03-05,", "future"),
    "a release before its time": (
        "releases.yml",
        "    due: 2027-01-15",
        "    due: 2027-01-15\n    published: 2026-03-10",
        "future",
    ),
    "a letter forgotten": (
        "published/mailbox.yml",
        "{id: oldest-open-days, label: 在办最久, value: 9,",
        "{id: oldest-open-days, label: 在办最久, value: 95,",
        "unanswered",
    ),
    "a security contact out of date": ("office.yml", "expires: 2027-06-30", "expires: 2026-03-04", "security_expired"),
    "a security contact about to run out": (
        "office.yml",
        "expires: 2027-06-30",
        "expires: 2026-04-03",
        "security_expires",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_an_editor_wrote_is_found_with_its_line_and_found_mended(
    built_site: Path, content: Path, edit: str
) -> None:
    name, was, now, rule = EDITS[edit]
    assert found(built_site, content, rule) == []
    rewrite(content / name, was, now)
    (finding,) = found(built_site, content, rule)
    assert finding.place.path == str(content / name)
    line = (content / name).read_text(encoding="utf-8").splitlines()[finding.place.line - 1]
    assert now.splitlines()[-1].split(",")[0].strip()[:12] in line or "expires" in line
    rewrite(content / name, now, was)
    assert found(built_site, content, rule) == []


def test_without_a_security_contact_there_is_a_hint(built_site: Path, content: Path) -> None:
    rewrite(content / "office.yml", "security:", "# security:")
    (finding,) = found(built_site, content, "no_security")
    assert finding.level is Level.HINT
    rewrite(content / "office.yml", "# security:", "security:")
    assert found(built_site, content, "no_security") == []


@pytest.mark.parametrize(
    ("file", "line", "last_fresh_day"),
    [
        ("hotline_held/2026.yml", "{day: 2026-02-25,", date(2026, 4, 26)),
        ("published/mailbox.yml", 'as_of: "2026-03-04"', date(2026, 6, 4)),
        ("notices/2026.yml", "- on: 2026-05-12", date(2026, 11, 11)),
    ],
)
def test_a_column_is_stale_one_day_after_its_span_and_not_before(
    built_site: Path, content: Path, file: str, line: str, last_fresh_day: date
) -> None:
    def stale(today: date) -> list[str]:
        places = [one.place for one in found(built_site, content, "stale", today) if one.place.path.endswith(file)]
        return [(content / file).read_text(encoding="utf-8").splitlines()[place.line - 1] for place in places]

    assert stale(last_fresh_day) == []
    (newest,) = stale(last_fresh_day + timedelta(days=1))
    assert line in newest


def test_a_column_that_somebody_writes_in_is_fresh_again(built_site: Path, content: Path) -> None:
    later = date(2026, 11, 12)
    notices = content / "notices" / "2026.yml"
    assert str(notices) in {one.place.path for one in found(built_site, content, "stale", later)}
    rewrite(notices, "published: 2026-01-06", "published: 2026-11-01")
    assert str(notices) not in {one.place.path for one in found(built_site, content, "stale", later)}


def test_the_home_page_is_stale_two_weeks_after_the_newest_thing_on_it(built_site: Path, content: Path) -> None:
    assert found(built_site, content, "stale_home", date(2026, 3, 18)) == []
    (finding,) = found(built_site, content, "stale_home", date(2026, 3, 19))
    assert finding.place.path == str(content / "published" / "mailbox.yml")
    rewrite(content / "notices" / "2026.yml", "published: 2026-01-06", "published: 2026-03-18")
    assert found(built_site, content, "stale_home", date(2026, 3, 19)) == []


def test_the_command_prints_hints_and_ends_with_65_for_a_fault_or_when_strict(site: Path, content: Path) -> None:
    arguments: list[str | Path] = ["check", "--content", content, "--site", site, "--today", "2026-03-30"]
    ran = tenday(*arguments)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "stale_home" in ran.stdout
    assert "检查通过" in ran.stdout
    assert tenday(*arguments, "--strict").returncode == Exit.BAD_CONTENT
    (site / "data" / "places.csv").unlink()
    ran = tenday(*arguments)
    assert ran.returncode == Exit.BAD_CONTENT
    assert re.search(r"^\S+:\d+: dead_link: .*places\.csv", ran.stderr, re.MULTILINE)


def test_a_strict_build_refuses_a_site_with_a_fault_and_keeps_the_old_one(content: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(content, site, "--strict")
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    rewrite(content / "hotline_held" / "2026.yml", "{day: 2026-02-25,", "{day: 2026-03-05,")
    rewrite(
        content / "notices" / "2026.yml", "二、接听时间", "![图](https://img.example.org/a.png)\n\n      二、接听时间"
    )
    ran = tenday("build", "--content", content, "--site-dir", site, "--today", TODAY.isoformat(), "--strict")
    assert ran.returncode == Exit.BAD_CONTENT
    assert "future" in ran.stderr
    assert "external" in ran.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
