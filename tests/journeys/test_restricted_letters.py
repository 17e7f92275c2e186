"""A letter that names a colleague is kept from that colleague, through drafting, sign-off, reminders and escalation."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP

import pytest

from tenday.demonstration.writing import answer, header, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    STAND_IN,
    WRITER,
    BureauAtWork,
    reply_body,
)

SUBJECT, TEXT = "车险理赔中的不当干预", "您好！陈静副局长打电话要求公司不予赔付，请核查。"


def got(bureau: BureauAtWork, address: str) -> list[bytes]:
    """Give all mail of an address but the digests that know of no letter: they say only that the mailbox lives."""
    inbox = bureau.town.correspondent(address).inbox()
    return [
        raw
        for raw in inbox
        if header(raw, "X-Tenday-Kind") != "digest"
        or re.search(r"\d{4}-\d{6}|│", header(raw, "Subject") + plain_text(raw))
        or "目前没有需要您办理的来信。" not in plain_text(raw)
    ]


def test_a_letter_that_names_the_deputy_goes_to_the_director_and_never_to_her(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", SUBJECT, TEXT)
    for _ in range(13):  # nobody drafts: reminders and the escalation come and go
        bureau.tick()
        bureau.pass_time(days=1)
    assert bureau.mail_to(CLERK, "reminder")
    assert bureau.mail_to(DIRECTOR, "escalation")
    request = bureau.newest(CLERK, "draft-request")
    assert "限定知悉：提及陈静" in plain_text(request)
    assert "送张伟局长签批" in plain_text(request)
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(STAND_IN, "sign-off-request") == []
    for_director = bureau.newest(DIRECTOR, "sign-off-request")
    bureau.staff_answers(DIRECTOR, for_director, "转 陈静")
    bureau.tick()
    assert bureau.mail_to(DIRECTOR, "not-understood")
    bureau.staff_answers(DIRECTOR, for_director, "退回：请核实通话记录。")
    bureau.tick()
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.decides(DIRECTOR, "同意")
    bureau.pass_time(days=31)
    bureau.tick()
    assert DRAFT in reply_body(bureau.newest(WRITER, "reply"))
    assert bureau.json("list")[0]["state"] == "closed"
    assert got(bureau, DEPUTY) == [], "not her mail: no number, no subject, no word of it"


def test_a_name_in_the_salutation_is_asked_about_and_then_the_letter_is_the_deputys(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_letter("尊敬的陈局长：\n您好！我的车追尾，保险公司拒赔。")
    assert "反映本人，还是仅为称呼？" in plain_text(request)
    bureau.says(CLERK, "draft-request", "仅为称呼")
    assert "仅为称呼" in plain_text(bureau.newest(CLERK, "receipt"))
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DEPUTY, "sign-off-request")


@pytest.mark.parametrize("words", ["反映本人", ""])
def test_a_name_in_the_salutation_stays_kept_from_her_until_the_clerk_says_otherwise(
    bureau: BureauAtWork, words: str
) -> None:
    bureau.gets_a_letter("尊敬的陈局长：\n您好！我的车追尾，保险公司拒赔。")
    if words:
        bureau.says(CLERK, "draft-request", words)
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DIRECTOR, "sign-off-request")
    assert got(bureau, DEPUTY) == []


def test_a_follow_up_that_names_the_deputy_takes_the_letter_out_of_her_hands(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    held = bureau.newest(DEPUTY, "sign-off-request")
    acknowledgement = bureau.newest(WRITER, "acknowledgement")
    more = answer(acknowledgement, WRITER, "补充：陈静收了公司的礼。", at=bureau.now, message_id="<m@example.org>")
    bureau.citizen_writes(more, WRITER)
    bureau.tick()
    before = len(got(bureau, DEPUTY))
    bureau.staff_answers(DEPUTY, held, "同意")
    bureau.tick()
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DIRECTOR, "sign-off-request")
    assert bureau.mail_to(WRITER, "reply") == []
    assert len(got(bureau, DEPUTY)) == before, "she is not even told why"


def test_a_letter_about_the_director_stays_with_the_deputies_and_names_the_office_outside(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "反映问题", "张伟局长与保险公司老总往来密切，请核查。")
    for _ in range(13):
        bureau.tick()
        bureau.pass_time(days=1)
    request = bureau.newest(CLERK, "draft-request")
    assert "应转送：上级监管机关信访部门（演示）" in plain_text(request)
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DEPUTY, "sign-off-request")
    assert got(bureau, DIRECTOR) == []


def test_the_next_letter_of_the_same_writer_is_kept_from_her_too_and_told_apart(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", SUBJECT, TEXT)
    bureau.tick()
    bureau.plain_letter(WRITER, "张三", "请问进展", "一周了，没有消息。")
    bureau.tick()
    second = bureau.newest(CLERK, "draft-request")
    assert "重信：来信人另有在办来信 2026-000001" in plain_text(second)
    bureau.staff_answers(CLERK, second, DRAFT)
    bureau.tick()
    assert "2026-000002" in header(bureau.newest(DIRECTOR, "sign-off-request"), "Subject")
    assert got(bureau, DEPUTY) == []


def test_F15_the_same_letter_under_another_message_id_is_linked_and_acknowledged_once(bureau: BureauAtWork) -> None:
    for _ in range(2):
        bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    counts = bureau.tick()
    assert (counts["letters"], counts["duplicates"]) == (1, 1)
    bureau.pass_time(days=1)
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    assert bureau.tick()["duplicates"] == 1
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    (row,) = bureau.json("list")
    kinds = [event["kind"] for event in bureau.json("show", row["number"])["events"]]
    assert kinds.count("duplicate-arrived") == 2


def test_an_urgent_letter_says_so_to_the_clerk_and_gives_its_writer_the_numbers(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "没有活路", "公司再不赔，我就去跳楼。")
    bureau.tick()
    request = bureau.newest(CLERK, "draft-request")
    assert header(request, "Subject").startswith("【紧急】【请拟办")
    assert "★ 紧急来信（出现“跳楼”）" in plain_text(request)
    acknowledgement = plain_text(bureau.newest(WRITER, "acknowledgement"))
    assert "心理援助热线　12356" in acknowledgement
    assert "跳楼" not in acknowledgement


def test_an_information_request_is_flagged_loudly(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "政府信息公开申请", "申请公开贵局2011年处罚决定书。")
    bureau.tick()
    assert "★★ 可能是政府信息公开申请 ★★" in plain_text(bureau.newest(CLERK, "draft-request"))


def test_a_half_filled_form_is_asked_for_once_by_the_labels_of_what_is_missing(bureau: BureauAtWork) -> None:
    form = "【局长信箱来信表】\n联系电话：000-0000-0000\n事项类别：人身保险\n来信内容：保单查不到。\n【来信表结束】"
    bureau.plain_letter(WRITER, "张三", "来信", form)
    bureau.tick()
    acknowledgement = bureau.newest(WRITER, "acknowledgement")
    assert "您的来信表中，姓名未填写。" in plain_text(acknowledgement)
    assert "保单查不到" not in plain_text(acknowledgement)
    more = "【局长信箱来信表】\n姓名：张三\n【来信表结束】"
    bureau.citizen_writes(answer(acknowledgement, WRITER, more, at=bureau.now, message_id="<m@example.org>"), WRITER)
    bureau.tick()
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    shown = bureau.json("show", "2026-000001")
    assert shown["fields"]["name"] == "张三"
    assert shown["category"] == "life"


def test_THREAT_9_an_approval_whose_other_form_says_something_else_is_asked_back(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    request = bureau.newest(DEPUTY, "sign-off-request")
    approval = answer(request, f"陈静 <{DEPUTY}>", "同意", at=bureau.now, message_id="<two@bureau.example>")
    mail = BytesParser(policy=SMTP).parsebytes(approval)
    assert isinstance(mail, EmailMessage)
    mail.add_alternative("<p>请先不要发出。</p>", subtype="html")
    bureau.town.correspondent(DEPUTY).send(mail.as_bytes(), MAILBOX)
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert bureau.mail_to(DEPUTY, "not-understood")


def test_a_later_letter_of_the_same_writer_does_not_tell_her_of_the_one_she_may_not_see(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", SUBJECT, TEXT)
    bureau.tick()
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.decides(DIRECTOR, "同意")
    bureau.plain_letter(WRITER, "张三", "另一件事", "我的分期保费怎么交？")
    bureau.tick()
    request = bureau.newest(CLERK, "draft-request")
    assert "2026-000001" in plain_text(request)
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DEPUTY, "sign-off-request", "2026-000002")
    assert not any("2026-000001" in plain_text(raw) for raw in got(bureau, DEPUTY))
