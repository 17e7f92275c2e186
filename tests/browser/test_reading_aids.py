"""What a reader can do with keyboard and buttons: skip, search in Chinese, choose dark or large type for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

FOUND_ON = {  # what is asked -> a page that must be among the results
    "热线": "hotline/",
    "接听日": "hotline/",
    "陈静": "hotline/",
    "局长信箱": "mailbox/",
    "来信表": "mailbox/",
    "保单号": "mailbox/",
    "张贴": "notices/hotline-2026/",
    "营业场所": "notices/hotline-2026/",
    "赣演示": "notices/",
    "未决赔案": "statistics/",
    "结案率": "statistics/",
    "3000": "statistics/",
    "隐私": "about/",
    "079100000000": "",
}


def search(page: Page, words: str) -> list[str]:
    """Ask, and give the addresses of all results; the theme listens to keys, so one is pressed."""
    box = page.get_by_role("textbox", name="站内搜索")
    box.fill(words)
    box.press("End")
    page.wait_for_function("document.querySelector('.md-search-result__meta').textContent.includes('找到')")
    links = page.locator(".md-search-result__link")
    return [links.nth(index).get_attribute("href") or "" for index in range(links.count())]


@pytest.mark.parametrize("words", [words for words, page in FOUND_ON.items() if page])
def test_chinese_words_and_numbers_find_their_page(reader: Reader, words: str) -> None:
    results = search(reader.opens("home"), words)
    assert any(address.startswith(reader.address + FOUND_ON[words]) for address in results), results


def test_on_a_phone_the_keyboard_opens_search_and_escape_closes_it(reader: Reader) -> None:
    page = reader.opens("home", width=PHONE)
    page.get_by_role("button", name="搜索").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'query'")
    assert search(page, "隐私")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.getElementById('__search').checked")


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
    page.wait_for_function(f"{background} === '{chosen}'")
    page.goto(reader.address + "about/")
    assert page.evaluate(background) == chosen
    page.get_by_role("button", name="深色").click()
    page.wait_for_function(f"{background} === '{before}'")


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
