"""With the keyboard alone: every control of every kind of page gets focus, shows it, and lets go of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.reader import KINDS, PHONE, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

PHONED = ("home", "mailbox", "about")  # on a phone only the head of a page differs
# Number every visible control in the order of the document; note what gets focus, and whether it shows: by an outline,
# within the window, and not under something else.
WATCH = """() => {
  const scrolls = one => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
    && one.scrollWidth > one.clientWidth;
  const controls = [...document.querySelectorAll('body *')].filter(one => !one.closest('.md-search__output') &&
    (one.matches('a[href], button, input, select, textarea, summary, [tabindex]') || scrolls(one))
    && (one.tabIndex >= 0 || scrolls(one)) && !one.disabled && one.checkVisibility({visibilityProperty: true})
    && one.getClientRects().length && one.getBoundingClientRect().width > 0);
  window.wanted = controls.map(one => one.outerHTML.slice(0, 120));
  window.focused = [];
  document.addEventListener('focusin', event => {
    const one = event.target;
    if (one.closest('.md-search__output')) return; // results unfold below the box: test_reading_aids.py
    const style = getComputedStyle(one), place = one.getClientRects()[0];
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const over = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
    const free = over !== null && (one.contains(over) || over.contains(one));
    window.focused.push({what: window.wanted[controls.indexOf(one)] ?? one.outerHTML, shown, free});
  });
  return controls.length;
}"""


def tabs_through(page: Page) -> tuple[list[str], list[dict[str, Any]]]:
    """Press Tab once for every control; give the controls, and what had focus."""
    count = page.evaluate(WATCH)
    for _ in range(count):
        page.keyboard.press("Tab")
    if page.evaluate("window.focused.length") < count:  # the list of results took one
        page.keyboard.press("Tab")
    return page.evaluate("window.wanted"), page.evaluate("window.focused")


@pytest.mark.parametrize(("kind", "width"), [*((kind, WIDE) for kind in KINDS), *((kind, PHONE) for kind in PHONED)])
def test_tab_reaches_every_control_of_a_page_in_order_and_shows_where_it_is(
    reader: Reader, kind: str, width: int
) -> None:
    page = reader.opens(kind, width=width)
    wanted, focused = tabs_through(page)
    assert len(wanted) > 10
    assert [one["what"] for one in focused] == wanted
    assert [one["what"] for one in focused if not (one["shown"] and one["free"])] == []
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("window.focused.at(-1).what") == wanted[-2]  # the last one lets go, too


def test_a_letter_is_written_and_copied_without_a_mouse(reader: Reader) -> None:
    page = reader.opens("mailbox")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#letter-name").focus()
    page.keyboard.insert_text("张三")
    while page.evaluate("document.activeElement.id") != "letter-text":
        page.keyboard.press("Tab")
    page.keyboard.insert_text("至今没有定损。")
    while page.evaluate("document.activeElement.textContent.trim()") != "复制全文":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "姓名：张三" in copied
    assert "至今没有定损。" in copied
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_download() as saving:
        page.keyboard.press("Space")
    assert saving.value.suggested_filename.endswith(".eml")


def test_buttons_of_the_page_s_head_and_folded_tables_open_by_key(reader: Reader) -> None:
    page = reader.opens("home")
    page.get_by_role("button", name="长者模式").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.dataset.type") == "large"
    page.get_by_text("看同样数字的表格").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("row", name="第11天").is_visible()
