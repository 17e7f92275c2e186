"""Whole journeys of letters that a colleague may not know of, with everything that a letter can cause on its way."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from typing import TYPE_CHECKING

import pytest
import yaml

from tenday.demonstration.writing import answer, header, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    STAND_IN,
    BureauAtWork,
    open_bureau,
    reply_body,
)
from tests.journeys.delivery_reports import delivery_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

NUMBER = "2026-000001"
WRITER, OTHER = "zhangsan@example.org", "lisi@example.org"
EXTENSION = (
    "文种：延期告知 5日\n您反映的事项情况复杂，尚需向保险公司调取材料，现将答复期限延长五日，特此告知，请予谅解。"
)


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER, OTHER], hold_minutes=0)


def newest(bureau: BureauAtWork, address: str, kind: str) -> bytes:
    """Give the newest mail of that kind about the first letter; mail to writers names no other."""
    return bureau.mail_to(address, kind, "" if address == WRITER else NUMBER)[-1]


def all_said_to(bureau: BureauAtWork, address: str) -> str:
    """Give every word of every mail that an address has got: header lines and all forms of the text, decoded."""
    mails = [BytesParser(policy=default).parsebytes(raw) for raw in bureau.town.correspondent(address).inbox()]
    parts = [part for mail in mails for part in mail.walk() if part.get_content_maintype() == "text"]
    headers = [str(value) for mail in mails for value in mail.values()]
    return "\n".join([*headers, *(str(part.get_content()) for part in parts)])


def days_go_by(bureau: BureauAtWork, steps: list[int]) -> None:
    for days in steps:
        bureau.pass_time(days=days)
        bureau.tick()


def live_whole(bureau: BureauAtWork, signer: str) -> None:
    """Let the first letter live: reminders, extension, follow-up, escalation, a return, the answer, a bounce."""
    days_go_by(bureau, [4, 2, 2])
    assert bureau.mail_to(CLERK, "reminder")
    bureau.staff_answers(CLERK, newest(bureau, CLERK, "draft-request"), EXTENSION)
    bureau.tick()
    bureau.staff_answers(signer, newest(bureau, signer, "sign-off-request"), "同意")
    bureau.tick()
    assert header(newest(bureau, WRITER, "reply"), "X-Tenday-Purpose") == "extension"
    acknowledgement = newest(bureau, WRITER, "acknowledgement")
    more = answer(acknowledgement, WRITER, "补充一份材料。", at=bureau.now, message_id="<more@example.org>")
    bureau.citizen_writes(more, WRITER)
    bureau.tick()
    days_go_by(bureau, [5, 3, 2])
    assert bureau.mail_to(signer, "escalation")
    bureau.staff_answers(CLERK, newest(bureau, CLERK, "draft-request"), DRAFT)
    bureau.tick()
    days_go_by(bureau, [3])
    bureau.staff_answers(signer, newest(bureau, signer, "sign-off-request"), "退回：请核实通话记录。")
    bureau.tick()
    bureau.staff_answers(CLERK, newest(bureau, CLERK, "draft-request"), DRAFT)
    bureau.tick()
    bureau.staff_answers(signer, newest(bureau, signer, "sign-off-request"), "同意")
    bureau.tick()
    reply = newest(bureau, WRITER, "reply")
    assert DRAFT in reply_body(reply)
    bureau.town.submit(delivery_report(WRITER, header(reply, "Message-ID")), "", MAILBOX)
    bureau.tick()
    assert any(NUMBER in plain_text(raw) for raw in bureau.mail_to(CLERK, "alarm"))
    days_go_by(bureau, [1])


@pytest.mark.parametrize(
    ("kept_from", "signer", "text"),
    [
        (DEPUTY, DIRECTOR, "您好！陳 靜副局長打電話要求公司拒賠，請核查。"),
        (DIRECTOR, DEPUTY, "您好！张伟局长打电话要求公司拒赔，请核查。"),
    ],
    ids=["the deputy", "the director"],
)
def test_a_letter_lives_its_whole_life_without_a_word_to_whom_it_names(
    bureau: BureauAtWork, kept_from: str, signer: str, text: str
) -> None:
    bureau.plain_letter(WRITER, "张三", "不当干预一案", text)
    bureau.plain_letter(OTHER, "李四", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    live_whole(bureau, signer)
    bureau.sends_word(kept_from, "待办")
    said = all_said_to(bureau, kept_from)
    assert "2026-000002" in said, "the other letter is told of, in digests and escalations too"
    assert bureau.mail_to(kept_from, "digest")
    for word in (NUMBER, "不当干预", "请核查", "請核查", "张三", DRAFT[:12]):
        assert word not in said


def test_a_letter_that_names_every_leader_is_told_to_the_clerk_and_to_none_of_them(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "三位领导", "张伟、陈静、李明都收了公司的礼，请核查。")
    bureau.tick()
    request = plain_text(newest(bureau, CLERK, "draft-request"))
    assert "应转送：上级监管机关信访部门（演示）" in request
    assert "本局没有可以签批的人：请以密封件转送" in request
    assert "即为答复稿" not in request
    bureau.says(CLERK, "draft-request", DRAFT)
    told = plain_text(newest(bureau, CLERK, "not-understood"))
    assert "您写的文字没有送给任何人。请以密封件转送上级监管机关信访部门（演示）" in told
    assert "请回复原来那封邮件" not in told
    bureau.says(CLERK, "draft-request", "无效件")
    assert (bureau.state(), bureau.json("show", NUMBER)["drafts"]) == ("drafting", [])
    days_go_by(bureau, [8, 2, 2])
    reminder = plain_text(newest(bureau, CLERK, "reminder"))
    assert "局领导均须回避，应转送上级监管机关信访部门（演示），" in reminder
    assert "邮件办理" not in reminder, "there is nothing to be had by replying"
    for leader in (DIRECTOR, DEPUTY, STAND_IN):
        assert NUMBER not in all_said_to(bureau, leader)


def test_the_signer_whom_the_office_outside_names_ends_a_letter_that_every_leader_is_kept_from(
    bureau: BureauAtWork,
) -> None:
    bureau.plain_letter(WRITER, "张三", "三位领导", "张伟、陈静、李明都收了公司的礼，请核查。")
    bureau.tick()
    signer = {
        "id": "zhao-min",
        "name": "赵敏",
        "post": "deputy-director",
        "title": "指定签批人",
        "since": date(2026, 3, 6),
        "duties": "由上级监管机关指定（虚构人员）",
    }
    bureau.gains(signer, OTHER)
    bureau.pass_time(days=1)
    bureau.says(CLERK, "draft-request", DRAFT)
    agreed = answer(
        newest(bureau, OTHER, "sign-off-request"), OTHER, "同意", at=bureau.now, message_id="<z@example.org>"
    )
    bureau.citizen_writes(agreed, OTHER)
    bureau.tick()
    assert bureau.state() == "answered"
    assert DRAFT in reply_body(newest(bureau, WRITER, "reply"))
    for leader in (DIRECTOR, DEPUTY, STAND_IN):
        assert NUMBER not in all_said_to(bureau, leader)


def test_a_salutation_to_all_leaders_is_settled_first_and_then_takes_a_draft(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔", "尊敬的张局长、陈局长、李局长：\n您好！我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.says(CLERK, "draft-request", "我再问问人保")
    assert "请先只写一行“反映本人”或“仅为称呼”" in plain_text(newest(bureau, CLERK, "not-understood"))
    bureau.says(CLERK, "draft-request", "仅为称呼")
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DEPUTY, "sign-off-request", NUMBER)


def test_a_letter_under_way_that_a_follow_up_takes_from_every_leader_is_the_clerks_again(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    text = "补充：张伟、陈静、李明都收了公司的礼。"
    more = answer(
        newest(bureau, WRITER, "acknowledgement"), WRITER, text, at=bureau.now, message_id="<more@example.org>"
    )
    bureau.citizen_writes(more, WRITER)
    bureau.tick()
    assert "请以密封件转送" in plain_text(newest(bureau, CLERK, "draft-request"))
    bureau.staff_answers(DEPUTY, newest(bureau, DEPUTY, "sign-off-request"), "同意")
    days_go_by(bureau, [8, 2])
    assert "局领导均须回避，应转送上级监管机关信访部门（演示），" in plain_text(newest(bureau, CLERK, "reminder"))
    assert bureau.mail_to(WRITER, "reply") == []
    shown = bureau.command("mail", "explain", NUMBER, "--config", str(bureau.config))
    assert shown.code == 0


def test_F40_a_letter_locked_in_winmail_dat_is_said_to_be_unreadable_and_not_empty(bureau: BureauAtWork) -> None:
    sealed = EmailMessage(policy=SMTP)
    sealed["From"], sealed["To"], sealed["Subject"] = f"张三 <{WRITER}>", MAILBOX, "来信"
    sealed["Message-ID"] = "<sealed@example.org>"
    sealed.add_attachment(b"\x78\x9f\x3e\x22" + bytes(60), maintype="application", subtype="x-a", filename="att1.bin")
    bureau.citizen_writes(sealed.as_bytes(), WRITER)
    bureau.tick()
    assert "正文装在 Outlook 的 winmail.dat 中，无法读取" in plain_text(newest(bureau, CLERK, "draft-request"))


def test_a_joint_letter_is_counted_as_one_letter_and_as_many_persons(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "聯名投訴", "我們十二戶業主聯名反映，公司拒賠。")
    bureau.plain_letter(OTHER, "李四", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    assert [row["people"] for row in bureau.json("list")] == [12, 1]
    assert "联名：1 件 12 人次" in plain_text(newest(bureau, CLERK, "draft-request"))
    assert header(newest(bureau, CLERK, "draft-request"), "Subject").startswith("【紧急】"), "five signers and more"
    published = yaml.safe_load((bureau.folder / "content" / "published" / "mailbox.yml").read_text(encoding="utf-8"))
    figures = {figure["id"]: (float(figure["value"]), figure["unit"]) for figure in published["figures"]}
    assert (figures["received"], figures["people"]) == ((2, "件"), (13, "人次"))
