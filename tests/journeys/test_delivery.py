"""A letter whose writer has no usable e-mail address: drafted, signed off, brought by a colleague, answered."""

from __future__ import annotations

from tenday.demonstration.writing import header, letter, plain_text
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DRAFT, MAILBOX, WRITER, BureauAtWork


def on_the_deputys_desk(bureau: BureauAtWork) -> bytes:
    """Bring a letter without a sender's address to the deputy; gives the request."""
    text = "我父亲不用邮箱，请把答复寄到南昌市示例路 2 号，李四收。"
    raw = letter(WRITER, "李四", MAILBOX, "人身保险退保", text, at=bureau.now, message_id="<1@example.org>")
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"from:")]
    bureau.citizen_writes(b"\r\n".join([b"From: undisclosed-senders:;", *lines]) + b"\r\n\r\n" + body, WRITER)
    bureau.tick()
    request = bureau.mail_to(CLERK, "draft-request")[-1]
    assert "签批之后由您以邮寄、电话或面告送达" in plain_text(request)
    bureau.staff_answers(CLERK, request, DRAFT)
    bureau.tick()
    return bureau.mail_to(DEPUTY, "sign-off-request")[-1]


def test_a_letter_without_an_address_is_signed_off_delivered_by_a_colleague_and_answered(bureau: BureauAtWork) -> None:
    request = on_the_deputys_desk(bureau)
    number = header(request, "Subject").split()[-2]
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    assert bureau.state() == "awaiting_delivery"
    told = plain_text(bureau.mail_to(CLERK, "receipt")[-1])
    assert DRAFT in told
    assert f"已送达 {number} 邮寄" in told
    bureau.pass_time(days=1)
    bureau.tick()
    assert f"没有可用的邮箱。送达之后请发一封新邮件到本信箱，正文只写：\n已送达 {number} 邮寄\n" in plain_text(
        bureau.newest(CLERK, "digest")
    ).replace("\r\n", "\n")
    bureau.sends_word(CLERK, f"已送达 {number} 邮寄")
    assert "已送达" in header(bureau.newest(CLERK, "digest"), "Subject")
    shown = bureau.json("show", number)
    assert (shown["state"], shown["answered_at"][:10], shown["late"]) == ("answered", "2026-03-06", False)
    assert [event["by"] for event in shown["events"] if event["kind"] == "delivered"] == ["wang-fang"]
    assert bureau.town.correspondent(WRITER).inbox() == []


def test_a_delivery_is_told_by_a_reply_to_the_mail_that_asked_for_it(bureau: BureauAtWork) -> None:
    request = on_the_deputys_desk(bureau)
    number = header(request, "Subject").split()[-2]
    assert "同意之后由王芳按原文邮寄、电话或面告送达" in plain_text(request)
    bureau.says(DEPUTY, "sign-off-request", "同意")
    assert header(bureau.newest(CLERK, "receipt"), "Subject").startswith(f"【请送达】{number}")
    bureau.forged_answer(bureau.newest(CLERK, "receipt"), f"已送达 {number} 面告", f"王芳 <{CLERK}>")
    bureau.tick()
    assert bureau.state() == "awaiting_delivery"
    bureau.says(CLERK, "receipt", f"已送达 {number} 面告")
    assert bureau.state() == "answered"
    bureau.says(CLERK, "receipt", f"已送达 {number} 面告")
    assert "没有待送达" in header(bureau.newest(CLERK, "digest"), "Subject")


def test_a_delivery_is_told_once_and_only_of_a_letter_that_waits_for_it(bureau: BureauAtWork) -> None:
    request = on_the_deputys_desk(bureau)
    number = header(request, "Subject").split()[-2]
    bureau.sends_word(CLERK, f"已送达 {number} 电话")
    assert "没有待送达" in header(bureau.newest(CLERK, "digest"), "Subject")
    assert bureau.state() == "awaiting_sign_off"


def test_a_sign_off_can_be_taken_back_until_the_text_is_delivered(bureau: BureauAtWork) -> None:
    bureau.staff_answers(DEPUTY, on_the_deputys_desk(bureau), "同意")
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "receipt")[-1], "撤销")
    bureau.tick()
    assert bureau.state() == "drafting"
    assert "撤销了签批" in plain_text(bureau.mail_to(CLERK, "draft-request")[-1])
