"""A notice on the wall, and a visitor with a telephone: what its code opens, today and after it was replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import PHONE
from tests.browser.serving import serving
from tests.generator.office import build, copy_older_content
from tests.generator.reading_codes import codes_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser
NOTICE = "posters/demo-property-yudu/demo-property-yudu-2026-03.pdf"
PLANNED = "    exceptions:\n"
SWAP = (
    "      - {day: 2026-03-25, person: general-manager, in_place_of: claims-manager, decided: 2026-03-04, why: 出差}\n"
)


@pytest.fixture(scope="module")
def next_day(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve the site as it is after one insurer swapped two turns in March: address and folder."""
    folder = tmp_path_factory.mktemp("next")
    content, site = copy_older_content(folder), folder / "site"
    insurers = content / "insurers.yml"
    text = insurers.read_text(encoding="utf-8")
    assert PLANNED in text
    insurers.write_text(text.replace(PLANNED, PLANNED + SWAP, 1), encoding="utf-8")
    build(content, site, "--previous", str(built_site))
    with serving(site) as address:
        yield address, site


def scanned(browser: Browser, printed: Path, address: str, folder: Path) -> Locator:
    """Open what the code of a printed notice leads to, without scripts; give the row that stands out."""
    (code,) = codes_on(printed, folder)
    context = browser.new_context(viewport={"width": PHONE, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(code.replace("https://tenday.example.org/", address))
    return page.locator("tr:target")


def test_the_code_of_a_notice_opens_the_line_that_says_it_is_the_current_one(
    browser: Browser, address: str, built_site: Path, tmp_path: Path
) -> None:
    row = scanned(browser, built_site / NOTICE, address, tmp_path)
    assert "现行有效" in row.inner_text()
    assert row.locator("th").evaluate("cell => getComputedStyle(cell).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_the_code_of_yesterday_s_notice_opens_the_line_that_says_it_was_replaced_and_when(
    browser: Browser, next_day: tuple[str, Path], built_site: Path, tmp_path: Path
) -> None:
    address, site = next_day
    old = scanned(browser, built_site / NOTICE, address, tmp_path)
    assert "已被替换" in old.inner_text()
    assert "2026年3月4日起" in old.inner_text()
    assert "现行有效" in scanned(browser, site / NOTICE, address, tmp_path).inner_text()
