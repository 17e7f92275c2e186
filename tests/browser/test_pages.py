"""Every kind of page, at two widths, light and dark: accessible, quiet, alone on its host, whole without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # ships none; one call here

from tests.browser.reader import KINDS, PHONE, WIDE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320  # px
SIZE_OF_TITLE = "parseFloat(getComputedStyle(document.querySelector('main h1')).fontSize)"
FIRST_VIEW = 300_000  # bytes, uncompressed
SMALLEST_TEXT = 14  # px, what a reader of fifty still reads on a phone

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in found.response["violations"]
    ]


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def too_small(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """smallest => [...document.querySelectorAll('body *')].filter(element =>
             [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
             && element.checkVisibility() && !element.closest('.md-search, script, template')
             && parseFloat(getComputedStyle(element).fontSize) < smallest).map(element => element.outerHTML)""",
            SMALLEST_TEXT,
        )
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_is_quiet_and_fits_in_every_width_scheme_and_size(reader: Reader, kind: str) -> None:
    page = reader.opens(kind)
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) == 0, width
        assert too_small(page) == [], width
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (width, scheme)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    before = page.evaluate(SIZE_OF_TITLE)
    page.get_by_role("button", name="长者模式").click()
    assert page.evaluate(SIZE_OF_TITLE) > before
    assert sideways(page) == 0
    assert reader.foreign == []
    assert reader.complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_the_same_without_scripts(reader: Reader, kind: str) -> None:
    without = reader.opens(kind, scripts=False).locator("main").inner_text()
    assert len(without) > 20
    if kind != "mailbox":  # there scripts put a form in the place of the text to copy; see test_letter.py
        assert without == reader.opens(kind).locator("main").inner_text()


def test_every_page_forbids_inline_scripts_and_styles(built_site: Path) -> None:
    for path in built_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy is not None, path
        assert policy[1].startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        assert "unsafe" not in policy[1]
        assert " style=" not in text, path


def test_the_first_view_stays_below_300_kilobytes_and_fetches_no_search_index(
    reader: Reader, built_site: Path, address: str
) -> None:
    for kind in ("home", "mailbox", "hotline"):
        reader.fetched.clear()
        reader.opens(kind).wait_for_load_state("networkidle")
        names = [unquote(urlsplit(url).path) for url in reader.fetched if url.startswith(address)]
        files = [built_site / f"{name[1:]}{'index.html' if name.endswith('/') else ''}" for name in names]
        assert sum(file.stat().st_size for file in files) <= FIRST_VIEW, kind
        assert not [name for name in names if "search/" in name or "worker" in name]


@pytest.mark.parametrize(("width", "shown", "hidden"), [(WIDE, "columns", "bars"), (PHONE, "bars", "columns")])
def test_a_chart_has_a_form_of_its_own_for_each_width_and_names_itself(
    reader: Reader, width: int, shown: str, hidden: str
) -> None:
    page = reader.opens("home", width=width)
    assert not page.locator(f".chart__{hidden}").is_visible()
    chart = page.locator(f".chart__{shown}")
    assert chart.is_visible()
    image = page.get_by_role("img", name="各用时天数的答复件数")
    assert image.count() == 1
    assert "第6天41件" in chart.locator("desc").inner_html()
    labels = chart.locator("text").all_text_contents()
    assert {"1天", "10天", "11天", "41"} <= {label.strip() for label in labels}


def test_the_numbers_of_a_chart_stand_in_a_table_beside_it(reader: Reader) -> None:
    page = reader.opens("home", scripts=False)
    page.get_by_text("看同样数字的表格").click()
    row = page.get_by_role("row", name="第11天")
    assert "超期" in row.inner_text()
