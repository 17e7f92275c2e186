"""What a reader can do with keyboard and buttons: skip, search in Chinese, choose dark or large type for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.reader import PHONE
from tests.browser.test_search import search

if TYPE_CHECKING:
    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser


def test_on_a_phone_the_keyboard_opens_search_and_escape_closes_it(reader: Reader) -> None:
    page = reader.opens("home", width=PHONE)
    page.get_by_role("button", name="搜索").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="站内搜索")).to_be_focused()
    assert search(page, "隐私")
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()


def test_the_first_tab_stop_skips_to_the_content(reader: Reader) -> None:
    page = reader.opens("statistics")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "跳到正文"


def test_every_link_of_the_navigation_is_reached_by_tab(reader: Reader) -> None:
    page = reader.opens("home")
    wanted = set(page.get_by_role("navigation", name="主导航").get_by_role("link").all_inner_texts())
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert wanted <= reached


def test_the_page_that_is_open_is_marked_in_the_navigation(reader: Reader) -> None:
    assert reader.opens("statistics").locator("[aria-current=page]").inner_text() == "统计"
    assert reader.opens("notice").locator("[aria-current=true]").inner_text() == "公告"


@pytest.mark.parametrize(("system", "chosen"), [("light", "rgb(18, 24, 31)"), ("dark", "rgb(255, 255, 255)")])
def test_a_chosen_colour_scheme_outlives_the_page_and_can_be_given_back(
    reader: Reader, system: str, chosen: str
) -> None:
    page = reader.opens("home", scheme="dark" if system == "dark" else "light")
    background = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(background)
    page.get_by_role("button", name="深色").click()
    expect(page.locator("body")).to_have_css("background-color", chosen)
    page.goto(reader.address + "about/")
    assert page.evaluate(background) == chosen
    page.get_by_role("button", name="深色").click()
    expect(page.locator("body")).to_have_css("background-color", before)


def test_large_type_is_remembered(reader: Reader) -> None:
    page = reader.opens("home")
    page.get_by_role("button", name="长者模式").click()
    page.goto(reader.address + "mailbox/")
    button = page.get_by_role("button", name="长者模式")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.documentElement.dataset.type") == "large"


def test_without_scripts_no_button_is_shown_that_would_do_nothing(reader: Reader) -> None:
    page = reader.opens("home", scripts=False)
    assert page.locator("header button:visible, header input:visible").count() == 0
