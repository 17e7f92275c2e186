"""Every kind of page, at two widths, light and dark: accessible, quiet, alone on its host, whole without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # ships none; one call here

from tests.browser.reader import KINDS, PHONE, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TEXT = 14  # px, what a reader of fifty still reads on a phone

Scheme = Literal["light", "dark"]


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in found.response["violations"]
    ]


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_and_fits(reader: Reader, kind: str, width: int, scheme: Scheme) -> None:
    page = reader.opens(kind, width=width, scheme=scheme)
    assert violations(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_nothing_of_other_hosts_and_complains_of_nothing(reader: Reader, kind: str) -> None:
    reader.opens(kind).wait_for_load_state("networkidle")
    assert reader.foreign == []
    assert reader.complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_the_same_without_scripts(reader: Reader, kind: str) -> None:
    without = reader.opens(kind, scripts=False).locator("main").inner_text()
    assert without == reader.opens(kind).locator("main").inner_text()
    assert len(without) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_in_large_type_fits_the_narrowest_phone(reader: Reader, kind: str) -> None:
    page = reader.opens(kind, width=320)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main h1')).fontSize)")
    page.get_by_role("button", name="长者模式").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main h1')).fontSize)") > before
    assert sideways(page) == 0


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_page_is_smaller_than_a_reader_can_read(reader: Reader, kind: str, width: int) -> None:
    small = reader.opens(kind, width=width).evaluate(
        """smallest => [...document.querySelectorAll('body *')].filter(element =>
             [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
             && element.checkVisibility() && !element.closest('.md-search, script')
             && parseFloat(getComputedStyle(element).fontSize) < smallest).map(element => element.outerHTML)""",
        SMALLEST_TEXT,
    )
    assert small == []


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


def test_on_paper_there_is_no_navigation_and_the_chart_stays(reader: Reader) -> None:
    page = reader.opens("home", scheme="dark")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="主导航").is_visible()
    assert page.locator(".chart__columns").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main h1')).color") == "rgb(22, 32, 43)"
