"""`tenday build` and `tenday check` as users run them, with the real renderer."""

from __future__ import annotations

import fcntl
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from bureau.exits import Exit
from generator.tree import listing_digest, read_tree
from tests.generator.office import TODAY, build, copy_content, copy_older_content, tenday
from tests.servers.required import require_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAULT = re.compile(r"^\S+\.yml:\d+:( [\w.\-]+:)? .+$")


class _Page(HTMLParser):
    """The addresses and the anchors of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        if given.get("rel") != "canonical":
            self.addresses += [value for name, value in attrs if name in {"href", "src"} and value]
        del tag


def text_of(site: Path, page: str) -> str:
    return re.sub(r"<[^>]+>", "", (site / page).read_text(encoding="utf-8"))


def internal_links(site: Path) -> Iterator[tuple[Path, str, Path, str]]:
    for page in site.rglob("index.html"):
        for address in _Page(page.read_text(encoding="utf-8")).addresses:
            if not urlsplit(address).scheme:
                path, anchor = urldefrag(unquote(address))
                target = (page.parent / path).resolve() if path else page
                yield page, address, target / "index.html" if target.is_dir() else target, anchor


def test_the_site_says_the_next_hotline_day_and_the_figures_of_article_and_worker(built_site: Path) -> None:
    home = text_of(built_site, "index.html")
    assert "3月5日" in home
    assert "陈静 副局长接听" in home
    statistics = text_of(built_site, "statistics/index.html")
    for figure in ("3000余件", "93.4%", "77.8%", "13万余件", "99.5%", "202 / 203"):
        assert figure in statistics, figure


def test_every_page_carries_the_demonstration_note_and_its_own_title(built_site: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in built_site.rglob("*.html")}
    assert all("本站为软件演示" in page for page in pages.values())
    titles = {re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1] for page in pages.values()}  # type: ignore[index] # a page without a title fails here, as it should
    assert len(titles) == len(pages)


def test_every_link_within_the_site_arrives(built_site: Path) -> None:
    links = list(internal_links(built_site))
    assert len(links) > 50
    for page, address, target, anchor in links:
        assert target.is_file(), (page, address)
        if anchor:
            assert anchor in _Page(target.read_text(encoding="utf-8")).anchors, (page, address)


def test_no_page_names_another_host_to_fetch_from(built_site: Path) -> None:
    for page in built_site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|srcset)="(?:https?:)?//', text), page
        assert not re.findall(r'<link rel="(?!canonical)[^"]*" href="(?:https?:)?//', text), page


def test_a_second_build_does_not_run_the_renderer(tmp_path: Path) -> None:
    content, site = copy_content(tmp_path), tmp_path / "site"
    build(content, site)
    settings = tmp_path / "site.work" / "mkdocs.yml"  # written for each run of the renderer
    before = settings.stat().st_mtime_ns, listing_digest(site)
    assert "没有变化" in build(content, site)
    assert (settings.stat().st_mtime_ns, listing_digest(site)) == before


def test_a_site_that_somebody_damaged_is_built_again(tmp_path: Path) -> None:
    content, site = copy_content(tmp_path), tmp_path / "site"
    build(content, site)
    (site / "index.html").write_text("gone", encoding="utf-8")
    build(content, site)
    assert "下一个热线接听日" in text_of(site, "index.html")


def test_the_page_of_a_notice_that_is_gone_goes_too_and_other_files_stay_untouched(tmp_path: Path) -> None:
    content, site = copy_content(tmp_path), tmp_path / "site"
    extra = content / "notices" / "extra.yml"
    extra.write_text(
        "notices:\n  - {id: extra, title: 临时公告, kind: work, issuer: 某局, index: X-1,"
        " dated: 2026-02-01, published: 2026-02-01, body: 正文}\n",
        encoding="utf-8",
    )
    build(content, site)
    assert "临时公告" in text_of(site, "notices/extra/index.html")
    script = next((site / "assets" / "javascripts").glob("bundle.*.js"))
    before = script.stat().st_mtime_ns
    extra.unlink()
    build(content, site)
    assert not (site / "notices" / "extra").exists()
    assert "临时公告" not in text_of(site, "notices/index.html")
    assert script.stat().st_mtime_ns == before


def test_two_builds_in_other_folders_languages_and_time_zones_are_the_same_bytes(
    built_site: Path, tmp_path: Path
) -> None:
    site = tmp_path / "elsewhere" / "public"
    elsewhere = {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    build(copy_older_content(tmp_path), site, env=elsewhere)
    assert dict(read_tree(site)) == dict(read_tree(built_site))


@pytest.mark.parametrize("clock", ["2019-12-31 23:59:50", "2031-07-09 08:30:00"])
def test_on_another_day_a_build_for_the_same_day_is_the_same_bytes(
    built_site: Path, tmp_path: Path, clock: str
) -> None:
    faketime = require_program("faketime", "faketime")
    site = tmp_path / "site"
    build(
        copy_older_content(tmp_path),
        site,
        env={"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "3"},
        through=(faketime, clock),
    )
    assert dict(read_tree(site)) == dict(read_tree(built_site))


def test_broken_yaml_ends_with_65_and_every_fault_in_its_place(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    (content / "hotline.yml").write_text("number: 12378\nfax: '1'\n", encoding="utf-8")
    (content / "figures" / "broken.yml").write_text("format: [1\n", encoding="utf-8")
    for command in (["check"], ["build", "--site-dir", tmp_path / "site"]):
        ran = tenday(*command, "--content", content)
        assert ran.returncode == Exit.BAD_CONTENT
        assert ran.stdout == ""
        lines = ran.stderr.splitlines()
        assert all(FAULT.match(line) for line in lines), ran.stderr
        assert any(line.startswith(f"{content}/hotline.yml:1: number: ") for line in lines)
        assert any(line.startswith(f"{content}/figures/broken.yml:") for line in lines)
    assert not (tmp_path / "site").exists()


def test_check_says_how_many_files_are_fine(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    ran = tenday("check", "--content", content)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"{len(list(content.rglob('*.yml')))} 个文件没有问题" in ran.stdout


def test_a_broken_link_in_a_notice_fails_a_strict_build_and_leaves_the_old_site(tmp_path: Path) -> None:
    content, site = copy_content(tmp_path), tmp_path / "site"
    build(content, site, "--strict")
    before = listing_digest(site)
    (content / "notices" / "extra.yml").write_text(
        "notices:\n  - {id: extra, title: 公告, kind: work, issuer: 某局, index: X-1,"
        " dated: 2026-02-01, published: 2026-02-01, body: '[附件](missing.md)'}\n",
        encoding="utf-8",
    )
    ran = tenday("build", "--content", content, "--site-dir", site, "--today", TODAY.isoformat(), "--strict")
    assert ran.returncode == Exit.BAD_CONTENT
    assert "missing.md" in ran.stderr
    assert listing_digest(site) == before


def test_a_folder_with_other_people_s_files_is_refused(tmp_path: Path) -> None:
    content, theirs = copy_content(tmp_path), tmp_path / "home"
    theirs.mkdir()
    (theirs / "letter.txt").write_text("precious", encoding="utf-8")
    ran = tenday("build", "--content", content, "--site-dir", theirs)
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert len(ran.stderr.splitlines()) == 1
    assert (theirs / "letter.txt").read_text(encoding="utf-8") == "precious"


def test_while_another_build_holds_the_folder_the_command_asks_to_try_later(tmp_path: Path) -> None:
    content, work = copy_content(tmp_path), tmp_path / "site.work"
    work.mkdir()
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = tenday("build", "--content", content, "--site-dir", tmp_path / "site")
    assert ran.returncode == Exit.TRY_LATER
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow"])
def test_a_day_that_is_none_is_refused(tmp_path: Path, day: str) -> None:
    ran = tenday("build", "--site-dir", tmp_path / "site", "--today", day)
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert not (tmp_path / "site").exists()
