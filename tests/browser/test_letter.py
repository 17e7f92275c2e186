"""The letter form in a real Chromium: the worker reads back what it makes, and without scripts nothing is lost."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from bureau.content import load_content
from bureau.forms import form_text, read_fields
from tests.browser.reader import PHONE
from tests.generator.office import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

FORM = load_content(ROOT / "content").letter_form
LETTER = {
    "name": "张三",
    "phone": "0791-0000-0000",
    "company": "演示财险 & “样本”<b>",
    "matter": "车险理赔",
    "policy": "DEMO-0001",
    "request": "尽快定损 100%",
    "text": "3月1日出险，至今没有定损。\n\n姓名：这一行不是姓名\n希望如何解决：这一行也不是\n此致　敬礼 😀",
}
FEW = {"name": "　李四 ", "text": "\n  只有正文  \n"}


def fill(page: Page, values: dict[str, str]) -> None:
    for field, value in values.items():
        box = page.locator(f"#letter-{field}")
        if field == "matter":
            box.select_option(value)
        else:
            box.fill(value)


def trimmed(values: dict[str, str]) -> dict[str, str]:
    return {field: value.strip() for field, value in values.items()}


@pytest.mark.parametrize("values", [LETTER, FEW], ids=["all fields", "only what must be"])
def test_the_copied_text_is_the_form_s_and_the_worker_reads_every_field_back(
    reader: Reader, values: dict[str, str]
) -> None:
    page = reader.opens("mailbox")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill(page, values)
    page.get_by_role("button", name="复制全文").click()
    page.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == form_text(FORM, values)
    assert read_fields(FORM, copied) == trimmed(values)
    assert page.locator("#whole-letter").text_content() == copied
    assert reader.complaints == []


def test_the_saved_mail_file_is_addressed_and_holds_the_same_text(reader: Reader) -> None:
    page = reader.opens("mailbox", width=PHONE)
    fill(page, LETTER)
    with page.expect_download() as saving:
        page.get_by_role("button", name="保存为邮件文件").click()
    message = email.message_from_bytes(saving.value.path().read_bytes(), policy=email.policy.default)
    assert saving.value.suggested_filename.endswith(".eml")
    assert message["To"] == load_content(ROOT / "content").office.mailbox
    assert message["Subject"] == FORM.title
    body = message.get_content()
    assert body.replace("\r\n", "\n") == form_text(FORM, LETTER)
    assert read_fields(FORM, body) == LETTER
    assert reader.complaints == []


def test_the_mail_program_is_given_the_same_text(reader: Reader) -> None:
    page = reader.opens("mailbox")
    asked = page.context.new_cdp_session(page)
    asked.send("Page.enable")
    addresses: list[str] = []
    asked.on("Page.frameRequestedNavigation", lambda event: addresses.append(event["url"]))
    fill(page, FEW)
    page.get_by_role("button", name="打开邮件程序").click()
    page.get_by_text("已请求打开邮件程序").wait_for()
    assert addresses
    address = urlsplit(addresses[0])
    assert address.scheme == "mailto"
    query = parse_qs(address.query)
    assert query["subject"] == [FORM.title]
    assert query["body"][0].replace("\r\n", "\n") == form_text(FORM, FEW)


def test_a_letter_too_long_for_an_address_is_not_cut_but_told(reader: Reader) -> None:
    page = reader.opens("mailbox")
    fill(page, {**LETTER, "text": "很长。" * 200})
    page.get_by_role("button", name="打开邮件程序").click()
    page.get_by_text("有的邮件程序装不下").wait_for()
    assert page.url.startswith("http")


def test_what_must_be_filled_in_is_asked_for_at_its_place(reader: Reader) -> None:
    page = reader.opens("mailbox")
    page.get_by_role("button", name="复制全文").click()
    page.get_by_text("请填写姓名。").wait_for()
    name = page.get_by_label("姓名")
    assert name.get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "letter-name"
    name.fill("张三")
    assert name.get_attribute("aria-invalid") == "false"
    page.locator("#whole-letter").filter(has_text="姓名：张三").wait_for()


def test_a_line_that_would_end_the_form_early_is_refused(reader: Reader) -> None:
    page = reader.opens("mailbox")
    fill(page, {"name": "张三", "text": f"前面\n {FORM.ending}\n后面"})
    page.get_by_role("button", name="复制全文").click()
    page.get_by_text("请不要单独写一行").wait_for()


def test_copying_comes_first_then_the_mail_program_then_the_file(reader: Reader) -> None:
    page = reader.opens("mailbox", width=PHONE)
    assert page.locator("#letter button").all_inner_texts() == ["复制全文", "打开邮件程序", "保存为邮件文件"]


def test_the_form_says_which_fields_are_never_published(reader: Reader) -> None:
    said = reader.opens("mailbox").get_by_text("永不公开").locator("..").inner_text()
    for field in FORM.fields:
        assert (field.label in said) == field.private, field.label


def test_without_scripts_there_are_number_address_and_a_text_to_copy(reader: Reader) -> None:
    page = reader.opens("mailbox", scripts=False)
    office = load_content(ROOT / "content").office
    assert not page.locator("#letter").is_visible()
    assert page.locator("#whole-letter").text_content() == form_text(FORM, {})
    main = page.locator("main").inner_text()
    for said in (office.mailbox, office.phone, office.postal_address, *(field.label for field in FORM.fields)):
        assert said in main, said
