"""What sends, what returns, what passes on, and how much does not send."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailbox_worker.letter.decisions import Decision, Meaning, is_stop, understand
from tests.mailbox_worker.office import CHEN, STAFF


def decide(text: str, *, certain: bool = True) -> Decision:
    return understand(text, certain=certain, who=CHEN, staff=STAFF)


WORDS_THAT_SEND = ("同意", "同意发", "同意发出", "同意答复", "同意回复", "同意签发", "APPROVE")
TRIMMED_BY_CONTRACT = "。．.！!，,、；;~“”\"'「」"


@pytest.mark.parametrize("word", WORDS_THAT_SEND)
def test_each_word_of_the_contract_sends(word: str) -> None:
    assert decide(word) == Decision(Meaning.SEND, word)


@pytest.mark.parametrize("mark", TRIMMED_BY_CONTRACT)
@pytest.mark.parametrize("word", WORDS_THAT_SEND)
def test_each_mark_of_the_contract_may_stand_around_the_word(word: str, mark: str) -> None:
    for text in (word + mark, mark + word, mark + word + mark, f"{word} {mark}", word + mark + mark):
        assert decide(text).meaning is Meaning.SEND, text


@pytest.mark.parametrize(
    "text",
    [
        " 同意 ",
        "\u3000\u3000同意",
        "\t同意",
        "\u00a0同意\u2003",
        "\n\n同意\n\n",
        "\r\n同意\r\n",
        "ＡＰＰＲＯＶＥ",
        "approve",
        "Approve.",
        "｢同意｣",
        "同意｡",
        "同意！",
        "「同意。」",
        "“同意”",
        "同意～",
    ],
)
def test_width_case_and_white_space_make_no_difference(text: str) -> None:
    assert decide(text).meaning is Meaning.SEND


@pytest.mark.parametrize(
    "text",
    [
        "同意 陈静",
        "同意。陈静",
        "同意，陈静，2026年3月5日",
        "同意\n陈静\n2026年3月5日",
        "同意。\n\n　　　　陈静\n　　　　3月5日",
        "同意 陈静3月5日",
        "同意 陈副局长 2026-03-05",
        "同意发出 陈局 2026.3.5",
        "同意 3.5",
        "同意 3/5 陈静",
        "APPROVE 123456",
        "同意 １２３４５６",
        "同意\n陈静 2026/3/5\n654321",
    ],
)
def test_the_own_name_a_date_and_a_code_may_stand_beside_it(text: str) -> None:
    assert decide(text).meaning is Meaning.SEND


MUST_NOT_SEND = (
    *("阅", "已阅", "收到", "好", "好的", "可以", "OK", "ok", "发", "发出", "行", "是", "嗯", "Y", "yes", "1", "👍"),
    *(
        "拟同意",
        "原则同意",
        "原则上同意",
        "基本同意",
        "我同意",
        "已同意",
        "同意了",
        "同意的",
        "同意吧",
        "都同意",
        "同意意见",
    ),
    *(
        "同意，但请改第二段",
        "同意,但…",
        "同意但是",
        "同意，如无不妥",
        "同意。另请补充材料",
        "同意（修改后）",
        "同意(请改)",
    ),
    *(
        "同意?",
        "同意？",
        "同意 ?",
        "同意。？",
        "？同意",
        "同意﹖",
        "同意⁇",
        "同意!?",
        "同意发？",
        "approve?",
        "同意\u037e",
    ),
    *("同意…", "同意……", "同意 …", "…同意", "同意‥"),
    *("不同意", "不 同意", "未同意", "同意不发", "非同意"),
    *("修改后同意", "核实后同意", "请修改后同意"),
    *("同意同意", "同意 同意", "同意\n同意发", "同意 退回", "同意\n退回：请改", "同意\n转李明", "同意 转 李明"),
    *("同意 李明", "同意 张伟", "同意陈静", "同意 陈静 李明", "同意 陈静 陈静", "同意 陈静 陈局", "同意 chen-jing"),
    *(
        "同意 3月5日前发出",
        "同意 陈静3月5日后发",
        "同意 1陈静",
        "同意 2026.3.5.1",
        "同意 3月5日 3月6日",
        "同意 123456 654321",
        "同意 123456 123456",
        "同意 12345",
        "同意 1234567",
        "同意 3月",
        "同意 明天",
    ),
    *(
        "同意 今天发",
        "同意，尽快发出",
        "请发",
        "同意\n谢谢",
        "同意\n王芳：请办",
        "陈静\n同意",
        "3月5日 同意",
        "您好\n同意",
    ),
    *("同 意", "同\n意", "同\u200b意", "同意\u200b", "同意\ufe0f", "\ufeff同意", "同意\u202e", "同意\u0301"),
    *(
        "> 同意",
        "│ 同意",
        "- 同意",
        "1. 同意",
        "【同意】",
        "(同意)",
        "*同意*",
        "同意：",
        "同意:",
        "同意/不同意",
        "同意 不同意",
    ),
    *(
        "APPROVED",
        "APPROVE IT",
        "DISAPPROVE",
        "APPROVE\nRETURN",
        "AGREE",
        "同意APPROVE",
        "‘同意’",
        "同意\\",
        "『同意』",
    ),
    *("", " ", "\n\n", "。", "……", "「」", "　"),
)


@pytest.mark.parametrize("text", MUST_NOT_SEND, ids=ascii)
def test_F76_everything_else_sends_nothing(text: str) -> None:
    assert decide(text).meaning is not Meaning.SEND


@pytest.mark.parametrize("text", [*WORDS_THAT_SEND, "同意 陈静 123456", "转 李明", "已阅"])
def test_nothing_is_sent_or_passed_on_when_new_text_and_quote_cannot_be_told_apart(text: str) -> None:
    decision = decide(text, certain=False)
    assert (decision.meaning, decision.doubt) == (Meaning.UNCLEAR, "quotes")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("", "empty"),
        ("。。\n　\n", "empty"),
        ("已阅", "no-decision"),
        ("同意？", "no-decision"),
        ("王芳：\n退回", "no-decision"),
        ("同意，但请改第二段", "more-than-approval"),
        ("同意\n退回", "more-than-approval"),
        ("转 王五", "unknown-person"),
        ("转办李明", "no-decision"),
    ],
)
def test_an_unclear_answer_says_why(text: str, doubt: str) -> None:
    decision = decide(text)
    assert (decision.meaning, decision.doubt) == (Meaning.UNCLEAR, doubt)


def test_the_first_line_is_read_back_as_it_was_written() -> None:
    assert decide("\n  「好的！ＯＫ」  \n第二行").said == "「好的！ＯＫ」"


# Returning is generous.

WORDS_THAT_RETURN = ("退回", "不同意", "请修改", "修改后", "核实后", "不发", "缓发", "暂缓", "RETURN")


@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("rest", ["", "。", "：请把第二段写清楚", "再报", " 请改", "\n第二行\n\n第三行", "，同意"])
@pytest.mark.parametrize("word", WORDS_THAT_RETURN)
def test_each_word_of_the_contract_returns_with_all_of_the_text_as_comment(
    word: str, rest: str, *, certain: bool
) -> None:
    decision = decide(word + rest, certain=certain)
    assert (decision.meaning, decision.comment) == (Meaning.RETURN, (word + rest).strip())


@pytest.mark.parametrize(
    "text",
    [
        "「退回」",
        "  退回",
        "\n\n退回：改",
        "return please",
        "Return",
        "ＲＥＴＵＲＮ",
        "不同意见",
        "修改后同意",
        "退回\n同意",
    ],
)
def test_a_first_line_that_begins_with_a_returning_word_returns(text: str) -> None:
    assert decide(text).meaning is Meaning.RETURN


@pytest.mark.parametrize("doing", ["阅办", "核实", "办理"])
@pytest.mark.parametrize("name", ["王芳", "小王", "欧阳娜娜"])
def test_a_leader_who_asks_a_colleague_to_work_on_it_returns_it(name: str, doing: str) -> None:
    assert decide(f"请{name}同志{doing}。").meaning is Meaning.RETURN


@pytest.mark.parametrize("text", ["请同志核实", "请王芳核实", "请王芳同志看看", "建议退回", "已退回", "可退回"])
def test_what_only_sounds_like_a_return_is_asked_back(text: str) -> None:
    assert decide(text).meaning is Meaning.UNCLEAR


# Passing on.


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("转 李明", "li-ming"),
        ("转李明", "li-ming"),
        ("转李局。", "li-ming"),
        ("转\u3000李明", "li-ming"),
        ("转 li-ming", "li-ming"),
        ("请李明同志签批", "li-ming"),
        ("请张局长同志签批。", "zhang-wei"),
        ("REASSIGN li-ming", "li-ming"),
        ("reassign zhang-wei", "zhang-wei"),
        ("转 王芳", "wang-fang"),  # whether a clerk may sign off is asked where rights are known
    ],
)
def test_a_letter_is_passed_on_by_name_alias_or_id(text: str, asked: str) -> None:
    assert decide(text) == Decision(Meaning.REASSIGN, text.strip(), person=asked)


@pytest.mark.parametrize(
    "text",
    [
        "转办 李明",
        "转办李明",
        "转",
        "转 李",
        "转 李明 张伟",
        "转 李明\n谢谢",
        "转李明，同意",
        "请李明签批",
        "REASSIGN",
        "REASSIGN 李",
    ],
)
def test_what_does_not_pass_on_is_asked_back(text: str) -> None:
    assert decide(text).meaning is Meaning.UNCLEAR


# Stopping.


@pytest.mark.parametrize("text", ["撤销", "撤稿", "「撤销」。", "UNDO", "undo!", "\n撤销\n另有安排", "　撤稿"])
def test_each_stopping_word_as_first_line_stops(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", ["", "不撤销", "请撤销", "好的\n撤销", "撤"])
def test_nothing_else_stops(text: str) -> None:
    assert not is_stop(text)


# For all texts.

NAMES = ("陈静", "陈副局长", "陈局")


def is_in_the_closed_grammar(text: str) -> bool:
    """Say in another way what may send: one of seven words, then at most a name, a date and a code, nothing else."""
    if any(mark in text for mark in "…‥\u037e"):
        return False
    plain = unicodedata.normalize("NFKC", text).upper()
    for mark in "。.!,、;~“”\"'「」":
        plain = plain.replace(mark, " ")
    words = plain.split()
    if not words or words[0] not in WORDS_THAT_SEND:
        return False
    rest = "".join(words[1:])
    for name in NAMES:
        rest = rest.replace(name, "", 1)
    return all(letter in "0123456789年月日-/" for letter in rest)


PIECES = st.sampled_from(
    [
        *WORDS_THAT_SEND,
        *WORDS_THAT_RETURN,
        *NAMES,
        *TRIMMED_BY_CONTRACT,
        "李明",
        "3月5日",
        "2026.3.5",
        "123456",
        "？",
        "…",
        *(" ", "\n", "\u3000", "但", "不", "发", "转", "请", "Ａ", "\u200b"),
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=7).map("".join))


@given(TEXTS)
@example("同意。陈静 3月5日")
def test_no_text_outside_the_closed_grammar_ever_sends(text: str) -> None:
    if decide(text).meaning is Meaning.SEND:
        assert is_in_the_closed_grammar(text), text
        assert not any(mark in unicodedata.normalize("NFKC", text) for mark in "?？")


@given(TEXTS)
def test_no_text_sends_when_it_is_not_certainly_new(text: str) -> None:
    assert decide(text, certain=False).meaning in (Meaning.UNCLEAR, Meaning.RETURN)


@given(st.sampled_from(WORDS_THAT_SEND), st.text(min_size=1, max_size=20))
def test_whatever_is_written_after_the_word_must_be_known(word: str, rest: str) -> None:
    decision = decide(f"{word} {rest}")
    if decision.meaning is Meaning.SEND:
        assert is_in_the_closed_grammar(f"{word} {rest}")


@given(TEXTS)
def test_every_text_is_understood_somehow_and_every_doubt_has_a_name(text: str) -> None:
    decision = decide(text)
    assert (decision.doubt is not None) == (decision.meaning is Meaning.UNCLEAR)
    assert (decision.person is not None) == (decision.meaning in (Meaning.REASSIGN, Meaning.DELEGATE))
