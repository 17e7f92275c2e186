"""What staff do by one-line mails, what comes back from a mail server, and what a writer says after the answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pyotp
import pytest

from bureau.content import load_content
from bureau.forms import form_text
from tenday.demonstration.writing import answer, header, letter, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    NAMES,
    ROOT,
    WRITER,
    BureauAtWork,
    open_bureau,
    reply_body,
)
from tests.journeys.delivery_reports import delivery_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

OTHER = "zhangsan@mail.example"
NUMBER = "2026-000001"


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER, OTHER], hold_minutes=0)


def answered(bureau: BureauAtWork) -> bytes:
    """Bring one letter to its answer; gives the reply."""
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT)
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意")
    bureau.tick()
    bureau.tick()
    return bureau.mail_to(WRITER, "reply")[-1]


def report(bureau: BureauAtWork, message_id: str, action: str = "failed", status: str = "5.1.1") -> None:
    """Let the mail server report about a mail."""
    bureau.sent += 1
    raw = delivery_report(WRITER, message_id, action=action, status=status, turn=bureau.sent)
    bureau.town.submit(raw, "", MAILBOX)


def test_F55_THREAT_21_a_bounced_reply_is_taken_for_lost_only_by_a_clerks_word_and_then_the_clock_goes_on(
    bureau: BureauAtWork,
) -> None:
    reply = answered(bureau)
    mails = len(bureau.town.correspondent(WRITER).inbox())
    for _ in range(2):
        report(bureau, header(reply, "Message-ID"))
        assert bureau.tick()["bounces"] == 1
    assert bureau.state() == "answered", "a report can be forged"
    (alarm,) = bureau.mail_to(CLERK, "alarm")
    assert "收件人地址不存在" in plain_text(alarm)
    assert f"退信属实 {NUMBER}" in plain_text(alarm)
    assert "恢复为未答复" in bureau.sends_word(CLERK, f"退信属实 {NUMBER}")
    (row,) = bureau.json("list")
    assert (row["state"], row["answered_at"]) == ("held", None)
    bureau.pass_time(days=20)
    bureau.tick()
    assert bureau.json("list")[0]["late"] is True
    assert len(bureau.town.correspondent(WRITER).inbox()) == mails, "nothing goes to the address that bounced"


def test_a_bounced_reply_goes_again_with_the_same_bytes_when_a_person_says_so(bureau: BureauAtWork) -> None:
    reply = answered(bureau)
    report(bureau, header(reply, "Message-ID"), status="5.2.2")
    bureau.tick()
    bureau.sends_word(CLERK, f"退信属实 {NUMBER}")
    assert "再发一次" in bureau.sends_word(CLERK, f"重发 {NUMBER}。")
    bureau.tick()
    first, second = bureau.mail_to(WRITER, "reply")
    assert header(first, "Message-ID") == header(second, "Message-ID")
    assert bureau.state() == "answered"


def form_letter(bureau: BureauAtWork, **values: str) -> None:
    form = load_content(ROOT / "content").letter_form
    text = form_text(form, {"name": "张三", "text": "我的车追尾，保险公司拒赔。", **values})
    bureau.plain_letter(WRITER, "张三", "来信", text)


def form_letter_answered(bureau: BureauAtWork, email: str) -> None:
    """Bring a letter by the form, with another address in it, to its answer."""
    form_letter(bureau, email=email)
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT)
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意")
    bureau.tick()
    bureau.tick()


def came_back(bureau: BureauAtWork, email: str) -> None:
    """Let the answer of such a letter come back."""
    form_letter_answered(bureau, email)
    report(bureau, header(bureau.mail_to(WRITER, "reply")[-1], "Message-ID"))
    bureau.tick()


def test_THREAT_8_an_answer_that_came_back_goes_to_the_other_address_of_the_form_only_after_a_new_sign_off(
    bureau: BureauAtWork,
) -> None:
    form_letter_answered(bureau, email=OTHER)
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert "不能改寄" in bureau.sends_word(CLERK, f"改寄 {NUMBER}"), "nothing came back"
    report(bureau, header(reply, "Message-ID"))
    bureau.tick()
    assert f"另留有邮箱 {OTHER}。改寄到这个邮箱须重新签批；需要改寄的，写：改寄 {NUMBER}" in plain_text(
        bureau.mail_to(CLERK, "alarm")[-1]
    )
    bureau.sends_word(CLERK, f"退信属实 {NUMBER}")
    mails = len(bureau.town.correspondent(WRITER).inbox())
    assert "已送签批" in bureau.sends_word(CLERK, f"改寄 {NUMBER}")
    assert bureau.state() == "awaiting_sign_off"
    assert bureau.mail_to(OTHER, "reply") == []
    request = bureau.mail_to(DEPUTY, "sign-off-request")[-1]
    assert f"收件人不是来信所用的邮箱，而是来信表所留的另一邮箱：{OTHER}" in plain_text(request)
    assert "不能改寄" in bureau.sends_word(CLERK, f"改寄 {NUMBER}"), "it is under way"
    assert "没有需要这样处理" in bureau.sends_word(CLERK, f"重发 {NUMBER}"), "it goes another way now"
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    bureau.tick()
    (second,) = bureau.mail_to(OTHER, "reply")
    assert reply_body(second) == reply_body(reply)
    assert header(second, "Message-ID") != header(reply, "Message-ID")
    assert bureau.state() == "answered"
    bureau.pass_time(days=12)
    bureau.tick()
    assert len(bureau.town.correspondent(WRITER).inbox()) == mails, "no survey either goes to what bounced"


@pytest.mark.parametrize("written", ["", "zhangsan@EXAMPLE.org", "看信封", "a@example.org, b@example.org"])
def test_without_one_plain_other_address_none_is_offered(bureau: BureauAtWork, written: str) -> None:
    came_back(bureau, email=written)
    assert "改寄" not in plain_text(bureau.mail_to(CLERK, "alarm")[-1])
    bureau.sends_word(CLERK, f"退信属实 {NUMBER}")
    assert "不能改寄" in bureau.sends_word(CLERK, f"改寄 {NUMBER}")
    assert bureau.state() == "held"


def test_a_returned_draft_to_the_other_address_keeps_that_address(bureau: BureauAtWork) -> None:
    came_back(bureau, email=OTHER)
    for word in ("退信属实", "改寄"):
        bureau.sends_word(CLERK, f"{word} {NUMBER}")
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "退回：请写明日期")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT + "三月十日已支付。")
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意")
    bureau.tick()
    bureau.tick()
    (reply,) = bureau.mail_to(OTHER, "reply")
    assert "三月十日已支付" in reply_body(reply)
    assert len(bureau.mail_to(WRITER, "reply")) == 1


def test_F56_a_delay_is_no_failure(bureau: BureauAtWork) -> None:
    reply = answered(bureau)
    report(bureau, header(reply, "Message-ID"), action="delayed", status="4.4.1")
    bureau.tick()
    assert bureau.mail_to(CLERK, "alarm") == []
    assert bureau.state() == "answered"


def test_after_a_soft_bounce_nothing_is_taken_for_lost_and_the_answer_goes_again_by_a_clerks_word(
    bureau: BureauAtWork,
) -> None:
    reply = answered(bureau)
    report(bureau, header(bureau.mail_to(WRITER, "acknowledgement")[0], "Message-ID"), status="4.2.2")
    report(bureau, header(reply, "Message-ID"), status="4.4.7")
    assert bureau.tick()["bounces"] == 2
    assert bureau.state() == "answered", "a report can be forged"
    about_the_first, about_the_reply = (plain_text(raw) for raw in bureau.mail_to(CLERK, "alarm"))
    assert "收件人的邮箱已满" in about_the_first
    assert "多次暂时拒收" in about_the_reply
    mails = bureau.json("show", NUMBER)["mails"]
    (acknowledged,) = (mail["state"] for mail in mails if mail["kind"] == "acknowledgement")
    assert acknowledged == "accepted", "what bounced softly may be there on another day"
    bureau.sends_word(CLERK, f"退信属实 {NUMBER}")
    assert bureau.state() == "held"
    bureau.sends_word(CLERK, f"重发 {NUMBER}")
    bureau.tick()
    assert [header(raw, "Message-ID") for raw in bureau.mail_to(WRITER, "reply")] == [header(reply, "Message-ID")] * 2
    assert bureau.state() == "answered"
    for _ in range(2):
        report(bureau, header(reply, "Message-ID"), status="5.1.1")
        bureau.tick()
    *_, again = (plain_text(raw) for raw in bureau.mail_to(CLERK, "alarm"))
    assert "收件人地址不存在" in again
    assert len(bureau.mail_to(CLERK, "alarm")) == 3, "told of what was sent anew, once"


def in_the_ledger(bureau: BureauAtWork, statement: str) -> None:
    """Bring about a fault of ours, or mend it."""
    with closing(sqlite3.connect(bureau.folder / "var" / "ledger.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_what_was_set_aside_becomes_a_letter_of_its_first_day_by_one_word_of_a_proved_colleague(
    bureau: BureauAtWork,
) -> None:
    bureau.tick()
    in_the_ledger(bureau, "CREATE TRIGGER a_fault BEFORE INSERT ON letters BEGIN SELECT RAISE(ABORT, 'a fault'); END")
    first_day = bureau.now
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    assert bureau.tick()["quarantined"] == 1
    (waiting,) = bureau.json("release")
    word = f"放行 {waiting['mail']}"
    in_the_ledger(bureau, "DROP TRIGGER a_fault")
    bureau.pass_time(days=1)
    bureau.tick()
    assert word in plain_text(bureau.mail_to(CLERK, "digest")[-1])
    forged = letter(CLERK, NAMES[CLERK], MAILBOX, "指令", word, at=bureau.now, message_id="<forged@elsewhere.example>")
    bureau.town.forge(forged, MAILBOX)
    bureau.tick()
    assert bureau.json("list") == [], "not by a forged word"
    assert "已放行" in bureau.sends_word(CLERK, word)
    bureau.tick()
    (row,) = bureau.json("list")
    assert (row["number"], row["received_at"]) == (NUMBER, first_day.isoformat())
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    assert "没有被隔离的来件" in bureau.sends_word(CLERK, word), "once"


def use(bureau: BureauAtWork, key: str) -> None:
    text = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(text.replace("mailbox:\n", f"mailbox:\n  {key}\n", 1), encoding="utf-8")


def senders(bureau: BureauAtWork) -> dict[str, set[str]]:
    """Give the envelope's senders of what the worker sent, by kind of mail."""
    found: dict[str, set[str]] = {}
    for mail in bureau.town.smtp.transactions:
        kind = header(mail.raw, "X-Tenday-Kind")
        found.setdefault(kind, set()).add(mail.sender.replace(header(mail.raw, "Message-ID")[1:33], "ID"))
    return found


def test_envelopes_carry_the_plain_mailbox_unless_the_configuration_says_otherwise(bureau: BureauAtWork) -> None:
    reply = answered(bureau)
    assert all(sent == {MAILBOX} for kind, sent in senders(bureau).items() if kind)
    assert header(reply, "Reply-To") == ""
    use(bureau, "envelope_sender: empty")
    use(bureau, "sub_addressing: true")
    bureau.plain_letter(WRITER, "张三", "再问", "另一件事，请答复。")
    bureau.pass_time(days=1)
    bureau.tick()
    sent = senders(bureau)
    assert sent["acknowledgement"] == {MAILBOX, ""}, "a machine's mail goes under the null sender"
    assert sent["draft-request"] == {MAILBOX, "director+b-ID@bureau.example"}
    assert header(bureau.mail_to(CLERK, "draft-request")[-1], "Reply-To").startswith("director+")


def test_F55_a_report_that_quotes_nothing_is_tied_by_the_address_it_came_to(bureau: BureauAtWork) -> None:
    use(bureau, "sub_addressing: true")
    reply = answered(bureau)
    returned = f"director+b-{header(reply, 'Message-ID')[1:33]}@bureau.example"
    nameless = delivery_report(WRITER, None, to="undisclosed-recipients:;")
    bureau.town.submit(f"Delivered-To: {returned.upper()}\r\n".encode() + nameless, "", returned)
    assert bureau.tick()["bounces"] == 1
    (alarm,) = bureau.mail_to(CLERK, "alarm")
    assert f"退信属实 {NUMBER}" in plain_text(alarm)


def test_a_report_that_quotes_one_mail_and_came_to_the_address_of_another_is_tied_to_none(bureau: BureauAtWork) -> None:
    use(bureau, "sub_addressing: true")
    reply = answered(bureau)
    other = bureau.mail_to(WRITER, "acknowledgement")[0]
    returned = f"director+b-{header(other, 'Message-ID')[1:33]}@bureau.example"
    bureau.town.submit(delivery_report(WRITER, header(reply, "Message-ID"), to=returned), "", returned)
    assert bureau.tick()["bounces"] == 1
    (alarm,) = bureau.mail_to(CLERK, "alarm")
    assert "退信属实" not in plain_text(alarm)
    states = {mail["kind"]: mail["state"] for mail in bureau.json("show", NUMBER)["mails"]}
    assert (states["reply"], states["acknowledgement"]) == ("accepted", "accepted")


def test_F52_F94_a_bounced_staff_mail_is_told_to_somebody_else_and_never_to_the_same_address(
    bureau: BureauAtWork,
) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT)
    bureau.tick()
    (request,) = bureau.mail_to(CLERK, "receipt")
    got = len(bureau.town.correspondent(CLERK).inbox())
    report(bureau, header(request, "Message-ID"))
    bureau.tick()
    assert len(bureau.town.correspondent(CLERK).inbox()) == got
    (alarm,) = bureau.mail_to(DEPUTY, "alarm")
    assert "发给王芳的工作邮件被退回" in plain_text(alarm)


def test_a_hold_by_word_stops_the_reply_and_a_word_lets_it_go(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT)
    bureau.tick()
    assert "已暂停对外发信" in bureau.sends_word(DIRECTOR, "暂停发信")
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意")
    bureau.tick()
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert "对外发信已由同事暂停" in bureau.sends_word(CLERK, "待办")
    bureau.sends_word(DEPUTY, "恢复发信")
    bureau.tick()
    assert len(bureau.mail_to(WRITER, "reply")) == 1


def test_the_word_look_up_tells_where_a_letter_stands_and_to_do_lists_it(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    said = bureau.sends_word(DEPUTY, f"查 {NUMBER}")
    assert "待拟稿" in said
    assert "由王芳办理" in said
    assert f"{NUMBER} 待拟稿（王芳）" in bureau.sends_word(DIRECTOR, "待办")
    assert "没有您可以查看的这件来信" in bureau.sends_word(CLERK, "查 2026-000099")


def test_a_word_from_a_forged_sender_does_nothing(bureau: BureauAtWork) -> None:
    answered(bureau)
    forged = letter(DEPUTY, "陈静", MAILBOX, "指令", "暂停发信", at=bureau.now, message_id="<f@elsewhere.example>")
    bureau.town.forge(forged, MAILBOX)
    bureau.tick()
    (told,) = [raw for raw in bureau.mail_to(DEPUTY, "digest") if "未受理" in header(raw, "Subject")]
    assert "没有任何事情因此发生" in plain_text(told)
    bureau.plain_letter(WRITER, "张三", "再问", "另一件事。")
    bureau.pass_time(days=1)
    bureau.tick()
    assert bureau.json("verify")["ok"] is True


def test_a_writer_votes_once_with_one_word_and_the_figures_count_it(bureau: BureauAtWork) -> None:
    answered(bureau)
    bureau.pass_time(days=7)
    bureau.tick()
    (survey,) = bureau.mail_to(WRITER, "survey")
    assert header(survey, "Auto-Submitted") == "auto-generated"
    for turn, word in enumerate(("满意", "不满意")):
        raw = answer(survey, WRITER, word, at=bureau.now, message_id=f"<vote{turn}@example.org>")
        bureau.citizen_writes(raw, WRITER)
        assert bureau.tick()["answers"] == 1
    published = (bureau.folder / "content" / "published" / "mailbox.yml").read_text(encoding="utf-8")
    figures = published[published.index("id: surveys") :]
    assert "id: votes" in figures
    assert len(bureau.json("list")) == 1, "a vote is no letter"
    kinds = [event["kind"] for event in bureau.json("show", NUMBER)["events"]]
    assert kinds.count("voted") == kinds.count("voted-again") == 1


def test_an_urgent_letter_rings_until_somebody_has_handled_it(bureau: BureauAtWork) -> None:
    rung = bureau.folder / "rung"
    script = bureau.folder / "ring.sh"
    script.write_text(f"#!/bin/sh\ncat >> {rung}\n", encoding="utf-8")
    script.chmod(0o755)
    with bureau.config.open("a", encoding="utf-8") as file:
        file.write(f"alarm: {{command: [{json.dumps(str(script))}], repeat_urgent_minutes: 30}}\n")
    bureau.plain_letter(WRITER, "张三", "求助", "保险公司拒赔，我想轻生。")
    bureau.tick()
    assert rung.read_text(encoding="utf-8").count(NUMBER) == 1
    assert "已处置" in plain_text(bureau.mail_to(DIRECTOR, "alarm")[0])
    bureau.pass_time(minutes=20)
    bureau.tick()
    bureau.pass_time(minutes=20)
    bureau.tick()
    assert rung.read_text(encoding="utf-8").count(NUMBER) == 2
    bureau.sends_word(CLERK, f"已处置 {NUMBER}")
    bureau.pass_time(hours=2)
    bureau.tick()
    assert rung.read_text(encoding="utf-8").count(NUMBER) == 2
    assert "轻生" not in rung.read_text(encoding="utf-8")


def test_a_mailbox_that_cannot_be_polled_rings_once_and_the_digest_tells_it(bureau: BureauAtWork) -> None:
    rung = bureau.folder / "rung"
    script = bureau.folder / "ring.sh"
    script.write_text(f"#!/bin/sh\ncat >> {rung}\n", encoding="utf-8")
    script.chmod(0o755)
    with bureau.config.open("a", encoding="utf-8") as file:
        file.write(f"alarm: {{command: [{json.dumps(str(script))}], silent_after_minutes: 30}}\n")
    bureau.tick()
    (bureau.folder / "password").write_text("changed by somebody", encoding="utf-8")
    for _ in range(3):
        bureau.pass_time(minutes=10)
        assert bureau.command("mail", "tick", "--config", str(bureau.config), "--now", bureau.now.isoformat()).code
    assert rung.read_text(encoding="utf-8").count("请检查密码和证书") == 1


def test_the_reason_of_a_late_letter_is_asked_for_given_in_one_line_and_shown(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    assert "该件没有超期" in bureau.sends_word(DEPUTY, f"超期原因 {NUMBER} 公司补交材料较晚")
    bureau.pass_time(days=11)
    bureau.tick()
    (asked,) = [raw for raw in bureau.mail_to(DEPUTY, "reminder") if "请说明超期原因" in header(raw, "Subject")]
    assert f"超期原因 {NUMBER} 一句话" in plain_text(asked)
    assert "由局领导说明" in bureau.sends_word(CLERK, f"超期原因 {NUMBER} 不知道")
    assert bureau.json("show", NUMBER)["late_reason"] is None
    assert "公司补交材料较晚" in bureau.sends_word(DEPUTY, f"超期原因 {NUMBER} 公司补交材料较晚。")
    assert bureau.json("show", NUMBER)["late_reason"] == "公司补交材料较晚"
    shown = bureau.command("mail", "show", NUMBER, "--config", str(bureau.config)).out
    assert "超期原因 公司补交材料较晚" in shown
    looked_up = bureau.sends_word(DIRECTOR, f"查 {NUMBER}")
    assert "超期原因：公司补交材料较晚" in looked_up
    assert "说明超期原因（陈静）" in looked_up
    assert "letter-logged" not in looked_up, "colleagues read Chinese"


def test_with_codes_the_words_to_do_look_up_and_reason_need_one_each_and_keep_none(bureau: BureauAtWork) -> None:
    secret = pyotp.random_base32()
    bureau.asks_for_codes({"chen-jing": secret})
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    assert "未予受理" in bureau.sends_word(DEPUTY, "待办")

    def with_code(word: str) -> str:
        bureau.pass_time(minutes=1)
        return bureau.sends_word(DEPUTY, f"{word} {pyotp.TOTP(secret).at(bureau.now)}")

    assert f"{NUMBER} 待拟稿（王芳）" in with_code("待办")
    assert "由王芳办理" in with_code(f"查 {NUMBER}")
    bureau.pass_time(days=11)
    with_code(f"超期原因 {NUMBER} 公司补交材料较晚")
    assert bureau.json("show", NUMBER)["late_reason"] == "公司补交材料较晚"
