"""The renderer refuses to build a site whose Chinese search would silently find nothing."""

from __future__ import annotations

import dataclasses
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
import yaml

from bureau.exits import Exit, Stop
from generator import renderer
from generator.renderer import Rendering
from generator.shipped import Shipped, read_shipped
from tests.generator.office import TODAY, build, copy_older_content

if TYPE_CHECKING:
    from pathlib import Path


def rendering(folder: Path) -> Rendering:
    pages = folder / "pages"
    pages.mkdir()
    settings = yaml.safe_load(read_shipped().settings.read_text(encoding="utf-8"))
    for nav in (path.removesuffix(".md") for item in settings["nav"] for path in item.values()):
        (pages / nav).parent.mkdir(exist_ok=True)
        (pages / f"{nav}.md").write_text("# 热线\n\n热线：12378。\n", encoding="utf-8")
    return Rendering(
        program="mkdocs",
        pages=pages,
        site=folder / "site",
        settings=folder / "mkdocs.yml",
        title="某局",
        origin="https://example.org/",
        today=TODAY,
        extra={"office": "某局", "address": "某地", "demonstration": None, "built_on": TODAY.isoformat()},
    )


def render(asked: Rendering, shipped: Shipped) -> None:
    with renderer.started("mkdocs", asked.settings, TODAY, strict=False) as program:
        program.render(asked, shipped)
        program.wait(asked)


def test_the_program_never_waits_for_somebody_to_read_what_it_says(tmp_path: Path) -> None:
    asked = rendering(tmp_path)
    for number in range(300):  # each is named as outside the navigation: more than a pipe holds (65,536 bytes)
        (asked.pages / f"{number:0>230}.md").write_text("# 公告\n", encoding="utf-8")
    with renderer.started("mkdocs", asked.settings, TODAY, strict=False) as program:
        program.render(asked, read_shipped())
        assert program.process.wait(timeout=100) == 0  # it ends, though nobody asked for a word
        program.wait(asked)


def test_without_jieba_the_build_stops_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)  # how Python itself marks a module that cannot be imported
    with pytest.raises(Stop, match=r"pip install 'tenday\[site\]'") as stopped:
        renderer.versions("mkdocs")
    assert stopped.value.code is Exit.BAD_CONFIGURATION


def test_a_separator_without_the_word_mark_stops_the_build(tmp_path: Path) -> None:
    shipped = read_shipped()
    settings = yaml.safe_load(shipped.settings.read_text(encoding="utf-8"))
    settings["plugins"] = [{"search": {"separator": r"[\s\-]+"}}]
    broken = tmp_path / "broken.yml"
    broken.write_text(yaml.safe_dump(settings), encoding="utf-8")
    asked = rendering(tmp_path)
    with pytest.raises(Stop, match="search_index") as stopped:
        render(asked, dataclasses.replace(shipped, settings=broken))
    assert stopped.value.code is Exit.OUR_FAULT


def test_the_shipped_settings_separate_words_at_chinese_colons_and_brackets() -> None:
    settings = yaml.safe_load(read_shipped().settings.read_text(encoding="utf-8"))
    (search,) = (plugin["search"] for plugin in settings["plugins"] if "search" in plugin)
    for mark in ("\\u200b", "：", "（", "《", "“", "〔"):
        assert mark in search["separator"]


def test_the_versions_at_work_are_named_so_that_an_update_builds_anew() -> None:
    named = renderer.versions("mkdocs")
    assert [name.split()[0] for name in named] == ["mkdocs", "mkdocs-material", "jieba"]
    assert all(name.split()[1][0].isdigit() for name in named)


def test_the_successor_of_the_theme_builds_the_same_pages(built_site: Path, tmp_path: Path) -> None:
    if find_spec("zensical") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("zensical is missing: make setup installs it with the locked packages", pytrace=False)
        pytest.skip("zensical is missing: make setup installs it with the locked packages")
    site = tmp_path / "site"
    build(copy_older_content(tmp_path), site, "--renderer", "zensical")
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert pages == {path.relative_to(built_site).as_posix() for path in built_site.rglob("*.html")}
    home = (site / "index.html").read_text(encoding="utf-8")
    assert "下一个热线接听日" in home
    assert 'content="default-src' in home
    assert "GovernmentOffice" in home
