import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.new_text import NewText, split_new_text
from mailbox_worker.mail.parsed import ATTACHED_MAIL_MARK

QUOTED = "请审阅：2026-000123\n│ 我的车险理赔被拒。\n同意请回复“同意”。"
HEAD = "发件人: 局长信箱 <director@bureau.example>\n发送时间: 2026年3月5日 15:20\n收件人: 陈静\n主题: 【请签批】"
ADDRESS = "director@bureau.example"

TAILS = {
    "QQ": f'------------------ 原始邮件 ------------------\n发件人: "局长信箱" <{ADDRESS}>;\n{QUOTED}',
    "Foxmail": f"发件人： 局长信箱\n发送时间： 2026-03-05 15:20\n收件人： chenjing\n主题： 请签批\n{QUOTED}",
    "163": f"---- 回复的原邮件 ----\n| 发件人 | 局长信箱<{ADDRESS}> |\n| 日期 | 2026年03月05日 |\n{QUOTED}",
    "163 old": f'在 2026-03-05 15:20:11，"局长信箱" <{ADDRESS}> 写道：\n{QUOTED}',
    "163 English": f'At 2026-03-05 15:20:11, "director" <{ADDRESS}> wrote:\n{QUOTED}',
    "Outlook zh": f"{HEAD}\n\n{QUOTED}",
    "Outlook zh with rule": f"________________________________\n{HEAD}\n\n{QUOTED}",
    "Outlook 2003 zh": f"-----邮件原件-----\n{HEAD}\n{QUOTED}",
    "Outlook en": f"From: director <{ADDRESS}>\nSent: Thursday, March 5, 2026 3:20 PM\nTo: Chen\nSubject: x\n{QUOTED}",
    "Original Message": f"-----Original Message-----\nFrom: director\n{QUOTED}",
    "Apple zh": f"> 在 2026年3月5日，下午3:20，局长信箱 <{ADDRESS}> 写道：\n> \n> 请审阅",
    "Apple zh unmarked": f"在 2026年3月5日，15:20，局长信箱 <{ADDRESS}> 写道：\n\n{QUOTED}",
    "Gmail zh": f"局长信箱 <{ADDRESS}> 于2026年3月5日周四 下午3:20写道：\n\n> 请审阅\n> 2026-000123",
    "Gmail zh folded": f"局长信箱局长信箱局长信箱局长信箱 <{ADDRESS}>\n于2026年3月5日周四 下午3:20写道：\n> 请审阅",
    "Gmail en": f"On Thu, Mar 5, 2026 at 3:20 PM director <{ADDRESS}> wrote:\n\n> 请审阅",
    "Gmail en folded": f"On Thu, Mar 5, 2026 at 3:20 PM director <{ADDRESS}>\nwrote:\n\n> 请审阅",
    "Gmail zh-TW": f"局長信箱 <{ADDRESS}> 於 2026年3月5日 週四 下午3:20寫道：\n\n> 請審閱",
    "Sina": f"----- 原始邮件 -----\n发件人：director\n{QUOTED}",
    "forwarded": f"---------- Forwarded message ---------\nFrom: director\n{QUOTED}",
    "attached mail": f"{ATTACHED_MAIL_MARK}\nFrom: {ADDRESS}\n\n{QUOTED}",
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
@pytest.mark.parametrize("new", ["同意", "退回：请把第二段的金额核实后再报。\n\n另外，称呼请用全名。"])
def test_F74_the_new_text_stands_above_the_quote_of_every_known_program(new: str, tail: str) -> None:
    parts = split_new_text(f"{new}\n\n\n{tail}\n")
    assert parts == NewText(new, tail, "", certain=True)


SIGNATURES = [
    "发自我的iPhone",
    "发自我的 iPhone 15 Pro",
    "发自我的华为手机",
    "发自我的小米",
    "来自QQ邮箱移动版",
    "发自网易邮箱大师",
    "从我的iPhone发送",
    "Sent from my iPhone",
    "获取 Outlook for Android",
    "Get Outlook for iOS <https://aka.ms/o0ukef>",
]


@pytest.mark.parametrize("signature", [*SIGNATURES, "-- \n陈静\n副局长", "-- \n陈静\n发自我的iPhone"])
def test_F80_a_recognised_signature_is_no_new_text(signature: str) -> None:
    parts = split_new_text(f"同意\n\n{signature}\n\n{TAILS['QQ']}")
    assert parts.new == "同意"
    assert parts.signature == signature.removeprefix("-- \n")
    assert parts.certain


@pytest.mark.parametrize(
    "line",
    ["发自我的iPhone，但请修改第二段", "发自我的内心：同意", "来自我的手机号码13800000000的来电", "发自肺腑地请您不发"],
)
def test_what_only_begins_like_a_signature_is_new_text(line: str) -> None:
    parts = split_new_text(f"同意\n{line}")
    assert (parts.new, parts.signature) == (f"同意\n{line}", "")


@pytest.mark.parametrize("tail", ["--\n但请改第二段", "-- \n但请改第二段", "-- \n陈静\n-- \n又及", "--\n陈静"])
def test_a_doubtful_signature_is_not_certain(tail: str) -> None:
    assert not split_new_text(f"同意\n{tail}").certain


def test_F75_a_mark_on_the_same_line_as_text_is_cut_but_not_certain() -> None:
    line = "CAUTION: external mail. 已读 ---- 回复的原邮件 ---- 发件人 局长信箱 日期 2026年3月5日 请审阅 同意"
    parts = split_new_text(line)
    assert parts.new == "CAUTION: external mail. 已读"
    assert parts.quoted.startswith("---- 回复的原邮件 ----")
    assert not parts.certain


@pytest.mark.parametrize(
    "text",
    [
        f"同意 在 2026年3月5日，局长信箱 <{ADDRESS}> 写道： 请审阅",
        "同意 发件人: 局长信箱 发送时间: 2026年3月5日 收件人: 陈静 主题: 请签批 请审阅",
        f"同意 On Thu, Mar 5, 2026 director <{ADDRESS}> wrote: 请审阅",
    ],
)
def test_F75_flattened_quotes_of_other_programs_are_not_certain(text: str) -> None:
    parts = split_new_text(text)
    assert parts.new.strip() == "同意"
    assert not parts.certain


@pytest.mark.parametrize("banner", ["CAUTION: This email originated from outside.", "【外部邮件】请谨慎点击链接"])
def test_F75_a_banner_in_the_new_text_is_not_certain(banner: str) -> None:
    assert not split_new_text(f"{banner}\n同意\n\n{TAILS['QQ']}").certain


def test_an_answer_below_the_quote_is_new_text_but_not_certain() -> None:
    parts = split_new_text(f"On Thu, Mar 5, 2026 at 3:20 PM director <{ADDRESS}> wrote:\n> 请审阅\n> 同意\n\n退回")
    assert parts.new == "退回"
    assert "> 同意" in parts.quoted
    assert not parts.certain


def test_answers_between_quoted_lines_are_new_text_but_not_certain() -> None:
    parts = split_new_text("> 第一段\n改成八千元\n> 第二段\n可以")
    assert parts.new == "改成八千元\n可以"
    assert parts.quoted == "> 第一段\n> 第二段"
    assert not parts.certain


@pytest.mark.parametrize("tail", [TAILS["QQ"], TAILS["Gmail zh"], "> 同意"])
def test_F74_nothing_above_a_quote_is_empty_and_not_certain(tail: str) -> None:
    parts = split_new_text(f"\n{tail}")
    assert (parts.new, parts.certain) == ("", False)


@pytest.mark.parametrize(
    "letter",
    [
        "我在2026年3月5日的信中写道：车险应当赔付。公司没有回答。",
        "保费 > 5000 元，赔款 < 100 元。",
        "材料放在 C:\\new\\table，\\1 和 $1 请照原样。",
        "他们的短信说：On 5 May we wrote to you.\n我没有收到。",
        "----\n以上是我的意见。",
        "",
    ],
)
def test_a_letter_that_quotes_nobody_is_new_text_whole(letter: str) -> None:
    assert split_new_text(letter) == NewText(letter, "", "", certain=True)


def test_a_lone_field_of_a_head_cuts_nothing_but_is_not_certain() -> None:
    letter = "发件人：我自己。\n收到的答复我不满意，请局长过问。"
    assert split_new_text(letter) == NewText(letter, "", "", certain=False)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 200_000,
        "> \n" * 100_000,
        "发件人: 日期: " * 40_000,
        "在 2026年" * 50_000,
        "-" * 500_000,
        "On @" * 100_000,
    ],
)
def test_no_text_is_slow(text: str) -> None:
    start = time.process_time()
    split_new_text(text)
    assert time.process_time() - start < 8


@given(
    st.lists(
        st.sampled_from([*TAILS.values(), *SIGNATURES, "同意", "退回", "> x", "", "-- ", "--", "写道："]), max_size=8
    )
)
def test_every_line_stays_in_exactly_one_part(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = split_new_text(text)
    kept = f"{parts.new}\n{parts.quoted}\n{parts.signature}".split("\n")
    written = [line for line in text.split("\n") if line.strip() and line.strip() != "--"]
    assert sorted(line for line in kept if line.strip() and line.strip() != "--") == sorted(written)
