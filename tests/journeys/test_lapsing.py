"""What time has overtaken, by real servers: an extension nobody signed in time, and requests too old to be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenday.demonstration.writing import header, plain_text
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DIRECTOR, DRAFT, WRITER, reply_body

if TYPE_CHECKING:
    from tests.journeys.bureau_at_work import BureauAtWork

EXTENSION = f"延期告知 5日\n{DRAFT}"


def test_an_extension_that_nobody_signs_in_time_goes_back_and_the_letter_is_answered(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft(EXTENSION)
    bureau.pass_time(days=10)
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off", "its last day is not over"
    bureau.pass_time(days=1)
    bureau.tick()
    bureau.tick()
    assert bureau.state() == "drafting"
    assert "不用再签批。已请王芳直接拟办答复" in plain_text(bureau.newest(DEPUTY, "receipt"))
    assert len(bureau.mail_to(DEPUTY, "receipt")) == 1
    again = bureau.newest(CLERK, "draft-request")
    assert "延期告知没有在期限之内发出，不再发出。请直接拟办答复。" in plain_text(again)
    assert len(bureau.mail_to(CLERK, "draft-request")) == 2
    assert "阶段答复、补正告知" in plain_text(again), "what cannot be had any more is not offered"
    bureau.decides(DEPUTY, "同意")
    assert "延期告知不再发出" in plain_text(bureau.newest(DEPUTY, "refusal"))
    assert bureau.mail_to(WRITER, "reply") == []
    bureau.staff_answers(CLERK, again, DRAFT)
    bureau.tick()
    bureau.decides(DEPUTY, "同意")
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert header(reply, "X-Tenday-Purpose") == "final"
    (row,) = bureau.json("list")
    assert (row["state"], row["due_on"], row["late"]) == ("answered", "2026-03-15", True)


def test_an_extension_signed_on_the_last_evening_that_is_not_out_by_midnight_does_not_go_out(
    bureau: BureauAtWork,
) -> None:
    bureau.gets_a_draft(EXTENSION)
    bureau.pass_time(days=10, hours=14, minutes=55)  # 23:55 on the due date, and ten minutes in which it can be undone
    bureau.says(DEPUTY, "sign-off-request", "同意")
    assert bureau.state() == "approved"
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert (bureau.state(), bureau.json("list")[0]["due_on"]) == ("drafting", "2026-03-15")
    assert "不再发出" in plain_text(bureau.newest(CLERK, "draft-request"))
    assert "不用再签批" in plain_text(bureau.newest(DEPUTY, "receipt"))


def test_who_has_recused_is_told_nothing_of_the_extension_that_goes_back(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft(EXTENSION)
    bureau.says(DEPUTY, "sign-off-request", "回避")
    before = len(bureau.town.correspondent(DEPUTY).inbox())
    bureau.pass_time(days=11)
    bureau.tick()
    assert bureau.state() == "drafting"
    assert "不用再签批" in plain_text(bureau.newest(DIRECTOR, "receipt"))
    since = bureau.town.correspondent(DEPUTY).inbox()[before:]
    assert not [raw for raw in since if "2026-000001" in header(raw, "Subject") + plain_text(raw)]


def test_an_extension_within_its_time_and_a_late_answer_are_left_alone(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft(EXTENSION)
    bureau.pass_time(days=9)
    bureau.decides(DEPUTY, "同意")
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.pass_time(days=30)
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered"


def test_a_proposal_to_set_aside_after_a_returned_extension_still_waits_for_the_deputy(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft(EXTENSION)
    bureau.decides(DEPUTY, "退回：这是广告")
    bureau.says(CLERK, "draft-request", "无效件")
    bureau.pass_time(days=20)
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "set_aside"


def test_a_request_too_old_to_be_answered_is_made_anew(bureau: BureauAtWork) -> None:
    first = bureau.gets_a_draft()
    bureau.pass_time(days=61)
    bureau.tick()
    bureau.tick()
    assert len(bureau.mail_to(DEPUTY, "sign-off-request")) == 2
    bureau.staff_answers(DEPUTY, first, "同意")
    bureau.tick()
    assert "您回复的是旧稿" in plain_text(bureau.newest(DEPUTY, "refusal"))
    bureau.pass_time(days=61)
    bureau.tick()
    assert len(bureau.mail_to(DEPUTY, "sign-off-request")) == 3
    bureau.decides(DEPUTY, "同意")
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert DRAFT.splitlines()[-1] in reply_body(reply)


def test_a_draft_request_too_old_to_be_answered_is_made_anew(bureau: BureauAtWork) -> None:
    bureau.gets_a_letter()
    bureau.pass_time(days=61)
    bureau.tick()
    bureau.tick()
    assert len(bureau.mail_to(CLERK, "draft-request")) == 2
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered"
