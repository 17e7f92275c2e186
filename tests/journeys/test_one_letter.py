"""The life of a letter, through the command line and real servers, by mails that people read and answer."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tenday.demonstration.writing import answer, header, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    PEOPLE,
    BureauAtWork,
    open_bureau,
    reply_body,
    token_of,
)

if TYPE_CHECKING:
    from tests.servers.fixtures import OpenTown

LETTERS = sorted((Path(__file__).parent.parent / "letters").glob("*.eml"))
WRITER = "zhangsan@example.org"


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER, "lisi@example.org"])


def one_request(bureau: BureauAtWork, address: str, kind: str) -> bytes:
    (request,) = bureau.mail_to(address, kind)
    return request


def to_sign_off(bureau: BureauAtWork) -> bytes:
    """Bring one letter to the deputy's desk; gives the sign-off request."""
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    assert bureau.tick()["letters"] == 1
    bureau.staff_answers(CLERK, one_request(bureau, CLERK, "draft-request"), DRAFT)
    assert bureau.tick()["answers"] == 1
    return bureau.mail_to(DEPUTY, "sign-off-request")[-1]


def test_a_letter_is_acknowledged_drafted_signed_off_and_answered(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    (acknowledgement,) = bureau.mail_to(WRITER, "acknowledgement")
    assert "2026年3月15日" in plain_text(acknowledgement)
    assert header(acknowledgement, "Auto-Submitted") == "auto-replied"
    assert DRAFT in plain_text(request)
    assert header(request, "Auto-Submitted") == ""

    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == [], "the reply waits hold_minutes"
    bureau.pass_time(minutes=11)
    assert bureau.tick()["accepted"] == 1

    (reply,) = bureau.mail_to(WRITER, "reply")
    shown = bureau.json("show", "2026-000001")
    assert reply_body(reply) == shown["drafts"][0]["text"]
    assert header(reply, "In-Reply-To") == header(reply, "References") == shown["mails"][0]["message_id"]
    assert header(reply, "X-Tenday-Purpose") == "final"
    assert header(reply, "Auto-Submitted") == ""
    assert (shown["state"], shown["late"]) == ("answered", False)
    assert shown["sign_offs"][0]["sha256"] == shown["drafts"][0]["sha256"]
    assert shown["sign_offs"][0]["evidence"] == f"auth=pass smtp.auth={DEPUTY}"
    assert bureau.json("verify")["ok"] is True


def test_everything_seen_is_moved_out_of_the_inbox_and_nothing_is_lost(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    bureau.tick()
    assert bureau.town.imap.messages("director") == []
    kept = [header(mail.raw, "Subject") for mail in bureau.town.imap.messages("director", "Processed")]
    assert len(kept) == 5, "the letter, two answers, two copies to ourselves"
    assert bureau.tick() == dict.fromkeys(bureau.tick(), 0)


def test_THREAT_12_a_returned_draft_goes_back_with_the_comment_and_only_the_new_text_is_sent(
    bureau: BureauAtWork,
) -> None:
    first = to_sign_off(bureau)
    bureau.staff_answers(DEPUTY, first, "退回：请写明赔付的日期。")
    bureau.tick()
    again = bureau.mail_to(CLERK, "draft-request")[-1]
    assert "│ 退回：请写明赔付的日期。" in plain_text(again)
    bureau.staff_answers(CLERK, again, DRAFT.replace("五个工作日内", "3月12日前"))
    bureau.tick()
    second = bureau.mail_to(DEPUTY, "sign-off-request")[-1]
    assert token_of(second) != token_of(first)
    assert "3月12日前" in plain_text(second)
    assert "此前的退回意见" in plain_text(second)
    bureau.staff_answers(DEPUTY, second, "同意")
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert "3月12日前" in reply_body(reply)
    assert "五个工作日内" not in reply_body(reply)


def test_F77_an_approval_of_an_older_version_is_refused(bureau: BureauAtWork) -> None:
    first = to_sign_off(bureau)
    bureau.staff_answers(CLERK, one_request(bureau, CLERK, "draft-request"), DRAFT + "（更正）")
    bureau.tick()
    bureau.staff_answers(DEPUTY, first, "同意")
    bureau.tick()
    (refusal,) = bureau.mail_to(DEPUTY, "refusal")
    assert "旧稿" in plain_text(refusal)
    assert bureau.json("list")[0]["state"] == "awaiting_sign_off"


def test_read_is_not_agreed_and_is_asked_back_once(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    for _ in range(2):
        bureau.staff_answers(DEPUTY, request, "已阅")
        bureau.tick()
    (question,) = bureau.mail_to(DEPUTY, "not-understood")
    assert "您回复的是“已阅”" in plain_text(question)
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert len(bureau.mail_to(WRITER, "reply")) == 1


def test_F70_F71_a_forged_approval_is_refused_and_told_to_the_registered_address(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    bureau.forged_answer(request, "同意", f"陈静 <{DEPUTY}>")
    bureau.tick()
    bureau.pass_time(hours=2)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert bureau.json("list")[0]["state"] == "awaiting_sign_off"
    (refusal,) = bureau.mail_to(DEPUTY, "refusal")
    assert "未予受理" in plain_text(refusal)
    refused = [event for event in bureau.json("show", "2026-000001")["events"] if event["kind"] == "answer-refused"]
    assert refused[0]["data"]["evidence"] == "auth=none smtp.auth="


def test_a_colleague_cannot_sign_off_under_the_deputys_name(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    clerk = bureau.town.correspondent(CLERK)
    forged = answer(request, f"陈静 <{DEPUTY}>", "同意", at=bureau.now, message_id="<forged@bureau.example>")
    clerk.send(forged, MAILBOX)
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    refused = [event for event in bureau.json("show", "2026-000001")["events"] if event["kind"] == "answer-refused"]
    assert refused[0]["data"]["reason"] == "other-account"


def test_THREAT_6_undo_within_the_hold_stops_the_reply(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "receipt")[-1], "撤销")
    bureau.tick()
    bureau.pass_time(hours=1)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert bureau.json("list")[0]["state"] == "drafting"
    assert "撤销了签批" in plain_text(bureau.mail_to(CLERK, "draft-request")[-1])


def test_an_advertisement_is_set_aside_only_when_the_deputy_agrees(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "", "代开发票优惠", "诚信代开，量大从优。")
    bureau.tick()
    bureau.staff_answers(CLERK, one_request(bureau, CLERK, "draft-request"), "无效件")
    bureau.tick()
    assert bureau.json("list")[0]["state"] == "awaiting_sign_off"
    bureau.staff_answers(DEPUTY, one_request(bureau, DEPUTY, "sign-off-request"), "同意")
    bureau.tick()
    bureau.pass_time(days=20)
    bureau.tick()
    (row,) = bureau.json("list")
    assert (row["state"], row["late"]) == ("set_aside", False)
    assert bureau.mail_to(WRITER, "reply") == []


def test_a_chat_line_is_asked_back_before_it_reaches_the_deputy(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.staff_answers(CLERK, one_request(bureau, CLERK, "draft-request"), "我再问问人保，明天给稿")
    bureau.tick()
    assert bureau.mail_to(DEPUTY, "sign-off-request") == []
    question = one_request(bureau, CLERK, "confirmation-request")
    assert "是否作为答复稿送签" in plain_text(question)
    bureau.staff_answers(CLERK, question, "是")
    bureau.tick()
    assert "我再问问人保，明天给稿" in plain_text(one_request(bureau, DEPUTY, "sign-off-request"))


def test_a_follow_up_joins_its_letter_and_the_clerk_sees_it(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    (acknowledgement,) = bureau.mail_to(WRITER, "acknowledgement")
    more = answer(acknowledgement, WRITER, "补充：保单尾号0000。", at=bureau.now, message_id="<more@example.org>")
    bureau.citizen_writes(more, WRITER)
    counts = bureau.tick()
    assert (counts["letters"], counts["follow_ups"]) == (0, 1)
    assert len(bureau.json("list")) == 1
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    assert "补充：保单尾号0000。" in plain_text(bureau.mail_to(CLERK, "draft-request")[-1])


def test_F84_a_strangers_mail_in_the_thread_is_a_letter_of_its_own(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    (acknowledgement,) = bureau.mail_to(WRITER, "acknowledgement")
    raw = answer(acknowledgement, "lisi@example.org", "请问进展？", at=bureau.now, message_id="<li@example.org>")
    bureau.citizen_writes(raw, "lisi@example.org")
    assert bureau.tick()["letters"] == 1
    assert [row["from"] for row in bureau.json("list")] == [WRITER, "lisi@example.org"]


def test_a_letter_that_nobody_drafts_is_reminded_escalated_and_late(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    for _ in range(13):
        bureau.tick()
        bureau.pass_time(days=1)
    subjects = [header(raw, "Subject") for raw in bureau.mail_to(CLERK, "reminder")]
    *before, after = subjects
    assert before == ["【催办】2026-000001 办理时限3月13日"] * 3, "three workdays and one before it, and on it"
    assert after == "【催办】2026-000001 已过答复期限"
    told = [header(raw, "Subject") for raw in bureau.mail_to(DEPUTY, "reminder")]
    assert told == ["【提醒】2026-000001 办理时限3月13日", "【提醒】2026-000001 请说明超期原因"]
    warned, late = [header(raw, "Subject") for raw in bureau.mail_to(DIRECTOR, "escalation")]
    assert warned == "【超期预警】2026-000001 今日是办理时限"
    assert late == "【超期预警】2026-000001 已过答复期限"
    assert bureau.json("list")[0]["late"] is True


def test_F59_an_out_of_office_note_is_no_decision_and_gets_no_answer(bureau: BureauAtWork) -> None:
    request = to_sign_off(bureau)
    note = answer(request, f"陈静 <{DEPUTY}>", "同意", at=bureau.now, message_id="<ooo@bureau.example>")
    bureau.town.correspondent(DEPUTY).send(b"Auto-Submitted: auto-replied\r\n" + note, MAILBOX)
    assert bureau.tick()["automatic"] == 1
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []


def senders(path: Path) -> str:
    return header(path.read_bytes(), "From").rpartition("<")[2].rstrip(">").strip()


def test_ten_letters_of_different_make_are_all_answered(tmp_path: Path, open_town: OpenTown) -> None:
    citizens = sorted({senders(path) for path in LETTERS})
    bureau = open_bureau(tmp_path, open_town, citizens, hold_minutes=0)
    for path in LETTERS:
        bureau.citizen_writes(path.read_bytes(), senders(path))
    assert len(LETTERS) >= 10
    assert bureau.tick()["letters"] == len(LETTERS)
    for row in bureau.json("list"):
        (request,) = bureau.mail_to(CLERK, "draft-request", row["number"])
        assert row["subject"] in plain_text(request)
        bureau.staff_answers(CLERK, request, f"{row['number']}：{DRAFT}")
    assert bureau.tick()["answers"] == len(LETTERS)
    for row in bureau.json("list"):
        address = PEOPLE[row["in_charge"]]
        (request,) = bureau.mail_to(address, "sign-off-request", row["number"])
        bureau.staff_answers(address, request, "同意")
    bureau.tick()
    bureau.tick()
    for row in bureau.json("list"):
        assert row["state"] == "answered", row
        shown = bureau.json("show", row["number"])
        (reply,) = bureau.mail_to(row["from"], "reply", row["number"])
        assert reply_body(reply) == shown["drafts"][0]["text"]
        assert message_from_bytes(reply)["In-Reply-To"] == shown["mails"][0]["message_id"] or (
            shown["mails"][0]["message_id"] is None
        )
        kinds = [event["kind"] for event in shown["events"]]
        assert [kind for kind in kinds if not kind.startswith("mail-")] == [
            "letter-logged",
            "draft-received",
            "signed-off",
            "reply-accepted",
        ] or "not-acknowledged" in kinds
    assert bureau.json("verify")["ok"] is True
