"""Every kind of page on paper: nothing to press, ink on white, links told by their lines, nothing cut off."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pytest

from tests.browser.reader import KINDS

if TYPE_CHECKING:
    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

WIDTH = 680  # px: A4 with the margins of a browser
INK, GREY, SEAL = "rgb(22, 32, 43)", "rgb(74, 88, 102)", "rgb(166, 27, 27)"
TO_PRESS = "nav, button, input, select, textarea, .md-skip, .card__actions"
SEEN = """wanted => [...document.querySelectorAll(wanted)]
  .filter(one => one.checkVisibility() && one.getClientRects().length).map(one => one.outerHTML.slice(0, 90))"""
UNREADABLE_LINKS = """inks => [...document.querySelectorAll('main a[href]')].filter(one => one.checkVisibility())
  .filter(one => !inks.includes(getComputedStyle(one).color)
    || getComputedStyle(one).textDecorationLine !== 'underline')
  .map(one => one.outerHTML.slice(0, 90))"""
CUT = """() => [...document.querySelectorAll('main *')].filter(one => one.checkVisibility()
    && !one.closest('caption'))
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    || (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1))
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("kind", KINDS)
def test_on_paper_a_page_has_nothing_to_press_and_nothing_is_cut_off(reader: Reader, kind: str) -> None:
    page = reader.opens(kind, scheme="dark")
    page.set_viewport_size({"width": WIDTH, "height": 960})
    page.emulate_media(media="print")
    assert page.evaluate(SEEN, TO_PRESS) == []
    assert page.evaluate("getComputedStyle(document.querySelector('main h1')).color") == INK
    assert page.evaluate(UNREADABLE_LINKS, [INK, GREY, SEAL]) == []
    assert page.evaluate(CUT) == []


def test_on_paper_a_chart_keeps_its_columns_and_its_numbers_are_written_out(reader: Reader) -> None:
    page = reader.opens("home")
    page.emulate_media(media="print")
    assert page.locator(".chart__columns").is_visible()
    assert not page.locator(".chart__bars").is_visible()
    assert page.get_by_role("row", name="第11天").is_visible()


def test_a_short_notice_takes_one_sheet_and_no_empty_one_after_it(reader: Reader) -> None:
    page = reader.opens("notice")
    printed = page.pdf(format="A4", margin={"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"})
    assert len(pypdf.PdfReader(BytesIO(printed)).pages) == 1
