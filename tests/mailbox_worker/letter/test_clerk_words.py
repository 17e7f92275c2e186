"""A clerk's answer: a word, a draft, or chat that is asked back before it reaches the deputy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.letter.clerk_words import (
    SHORTEST_DRAFT,
    ClerkAnswer,
    ClerkMeaning,
    greets,
    is_yes,
    understand_clerk,
)
from tests.mailbox_worker.office import STAFF

LONG = "经核实，该公司已重新定损，五个工作日内支付赔款，请留意账户变动。如有出入，可再来信说明情况。"


def understood(text: str, *, certain: bool = True) -> ClerkAnswer:
    return understand_clerk(text, certain=certain, staff=STAFF)


@pytest.mark.parametrize("text", ["无效件", "非来信", "「无效件」。", "\n无效件\n", "　无效件"])
def test_a_sole_word_proposes_to_set_the_letter_aside(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.SET_ASIDE)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("类别 人身保险", "life"),
        ("类别：人身保险", "life"),
        ("类别: life", "life"),
        ("类别综合。", "general"),
        ("类别 车险（理赔）", "motor"),
        ("类别 车险(理赔)", "motor"),
    ],
)
def test_a_known_category_changes_it(text: str, category: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.CATEGORY, argument=category)


@pytest.mark.parametrize("text", ["转 赵敏", "转赵敏。", "转 zhao-min"])
def test_a_letter_is_handed_over_to_another_clerk(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.HAND_OVER, argument="zhao-min")


@pytest.mark.parametrize(
    "text",
    [
        "类别 航天",
        "类别",
        "转 陈静",
        "转 王五",
        "转办 赵敏",
        "转",
        "无效件吗？",
        "是无效件",
        "无效件\n谢谢",
        "类别 综合\n类别 人身保险",
    ],
)
def test_a_word_with_an_unknown_argument_or_company_is_asked_back(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.ASK_BACK, text=text, doubt="short")


def test_a_word_inside_a_draft_is_the_draft() -> None:
    text = f"您好！\n无效件\n{LONG}"
    assert understood(text) == ClerkAnswer(ClerkMeaning.DRAFT, text=text)


def test_a_long_text_is_a_draft_as_it_was_typed() -> None:
    assert understood(f"\n　　{LONG}\n　　此复。\n") == ClerkAnswer(ClerkMeaning.DRAFT, text=f"　　{LONG}\n　　此复。")


@pytest.mark.parametrize(
    "text",
    [
        "我再问问人保，明天给稿",
        "我再问问李同志，明天给稿",
        "明天问李同志",
        "我问了王女士：明天答复",
        "来信人说没有收到",
        "好的",
        "x" * 39,
    ],
)
def test_chat_is_asked_back(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.ASK_BACK, text=text, doubt="short")


def test_forty_characters_without_a_salutation_are_a_draft() -> None:
    assert understood("字" * SHORTEST_DRAFT).meaning is ClerkMeaning.DRAFT


@pytest.mark.parametrize(
    "text",
    [
        "您好！已转人保处理。",
        "张三先生：\n已办结。",
        "尊敬的张三：已办结。",
        "张三：\n您好！已办结。",
        "张女士\n已办结。",
    ],
)
def test_a_short_text_with_a_salutation_is_a_draft(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.DRAFT, text=text)


def test_a_text_that_cannot_be_told_from_a_quote_is_asked_back() -> None:
    assert understood(f"您好！{LONG}", certain=False).doubt == "quotes"


@pytest.mark.parametrize("text", ["", "\n\n", "。", "　"])
def test_nothing_new_is_asked_back(text: str) -> None:
    assert understood(text) == ClerkAnswer(ClerkMeaning.ASK_BACK, doubt="empty")


@pytest.mark.parametrize(
    "head",
    [
        "张三：您好！",
        "尊敬的张三先生：",
        "张先生：",
        "来信人：",
        "来信人您好，",
        "张三女士，您好！",
        "你们好",
        "　　张三同志：您好",
        "张三先生\n经查",
    ],
)
def test_these_are_salutations(head: str) -> None:
    assert greets(head.splitlines())


@pytest.mark.parametrize(
    "head", ["", "经核查：", "关于李同志反映的问题：", "来信人反映的问题", "张先生", "现答复如下：\n一、\n您好"]
)
def test_these_are_none(head: str) -> None:
    assert not greets(head.splitlines())


@pytest.mark.parametrize(
    ("text", "yes"), [("是", True), ("「是」。", True), ("yes", True), ("是的", False), ("是\n是", False), ("", False)]
)
def test_only_one_word_confirms(text: str, *, yes: bool) -> None:
    assert is_yes(text) is yes


@given(st.text(max_size=80), st.booleans())
def test_whatever_is_typed_is_a_draft_whole_or_is_asked_back_or_is_one_word(text: str, certain: bool) -> None:  # noqa: FBT001
    answer = understood(text, certain=certain)
    if answer.meaning is ClerkMeaning.DRAFT:
        assert certain
        assert answer.text == text.strip("\n")
    if answer.meaning in (ClerkMeaning.CATEGORY, ClerkMeaning.HAND_OVER, ClerkMeaning.SET_ASIDE):
        assert len([line for line in text.splitlines() if line.strip(" 　。.，,！!；;、~～“”\"'「」")]) == 1
