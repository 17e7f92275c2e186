"""The frame of a reply: whatever the clerk wrote of it, there is one salutation and one closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.sign_off.frame import framed
from tests.mailbox_worker.ledger.office_with_a_letter import as_letter

if TYPE_CHECKING:
    from mailbox_worker.desk import Desk

LETTER = as_letter("2026-000001", 1)
BODY = "该公司已重新定损，五个工作日内支付赔款。"
CLOSING = "感谢您对我局工作的监督与支持。"


def test_a_bare_text_gets_salutation_and_closing(desk: Desk) -> None:
    text = framed(desk, LETTER, BODY)
    assert text.splitlines()[:3] == ["张三：您好！", "", "您3月5日来信收悉。经核查，现答复如下："]
    assert BODY in text
    assert text.endswith(CLOSING)


def test_a_writer_without_a_name_is_greeted_as_writer(desk: Desk) -> None:
    assert framed(desk, as_letter("2026-000001", 1, writer_name=""), BODY).startswith("来信人：您好！\n")


@pytest.mark.parametrize("indent", ["", "　　"])
def test_a_text_that_begins_with_what_was_checked_does_not_say_so_twice(desk: Desk, indent: str) -> None:
    text = framed(desk, LETTER, f"{indent}经核查，{BODY}")
    assert text.count("经核查") == 1
    assert f"现答复如下：\n\n{indent}经核查" in text


@pytest.mark.parametrize("head", ["张三：您好！", "尊敬的张三先生：", "您好！", "张三：\n　　您好！", "张三女士\n"])
def test_a_salutation_is_never_doubled(desk: Desk, head: str) -> None:
    text = framed(desk, LETTER, signed_form(f"{head}\n{BODY}"))
    assert text.startswith(head.strip())
    assert "来信收悉" not in text


@pytest.mark.parametrize(
    "tail",
    [
        "感谢您的来信。",
        "此复。",
        "特此答复。",
        "特此回复",
        "如有疑问，请致电。",
        "最后，感谢您的监督。",
        "此复\n\n　　某处\n　　3月5日",
    ],
)
def test_a_closing_is_never_doubled(desk: Desk, tail: str) -> None:
    text = framed(desk, LETTER, signed_form(f"{BODY}\n{tail}"))
    assert text.endswith(signed_form(tail))
    assert CLOSING not in text


@pytest.mark.parametrize("tail", ["情况如此复杂，请谅解。", "此复印件请妥存。", "我们感谢保险公司的配合。"])
def test_what_only_looks_like_a_closing_does_not_take_it_away(desk: Desk, tail: str) -> None:
    assert framed(desk, LETTER, f"{BODY}\n{tail}").endswith(CLOSING)


def test_a_salutation_or_closing_in_the_middle_is_part_of_the_text(desk: Desk) -> None:
    text = framed(desk, LETTER, f"一、{BODY}\n二、\n张三先生：您好！\n感谢您\n三、\n四、\n五、")
    assert text.startswith("张三：您好！\n\n您3月5日来信收悉")
    assert text.endswith(CLOSING)


def test_a_framed_text_is_in_its_signed_form_and_framing_it_again_changes_nothing(desk: Desk) -> None:
    text = framed(desk, LETTER, BODY)
    assert signed_form(text) == text
    assert framed(desk, LETTER, text) == text
