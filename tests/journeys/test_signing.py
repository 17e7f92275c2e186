"""Sign-off by mail beyond the plain 同意: changed drafts, enclosures, other texts, absences, codes; by real servers."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pyotp
import yaml

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
    token_of,
)


def test_F80_a_draft_that_the_deputy_changes_between_the_marks_is_signed_off_as_changed(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_draft()
    quoted = answer(request, DEPUTY, "同意", at=bureau.now, message_id="<edit@bureau.example>")
    mail = message_from_bytes(quoted)
    text = mail.get_payload(decode=True).decode().replace("五个工作日内", "三个工作日内")  # type: ignore[union-attr]
    changed = EmailMessage(policy=SMTP)
    changed.set_content(text)
    bureau.answers_with(DEPUTY, request, changed)
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == [], "a changed draft is shown once more before it is sent"
    again = bureau.mail_to(DEPUTY, "sign-off-request")[-1]
    assert "您改动后的第 2 稿" in plain_text(again)
    assert "＋ 该公司已重新定损，三个工作日内支付赔款" in plain_text(again)
    bureau.decides(DEPUTY, "同意")
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert "三个工作日内" in reply_body(reply)
    assert bureau.json("show", "2026-000001")["drafts"][1]["author"] == "chen-jing"


def test_the_clerks_files_are_signed_off_and_go_out_with_the_reply(bureau: BureauAtWork) -> None:
    asked = bureau.gets_a_letter()
    mail = EmailMessage(policy=SMTP)
    mail.set_content(DRAFT)
    mail.add_attachment(b"%PDF-1.4 sealed", maintype="application", subtype="pdf", filename="答复函.pdf")
    bureau.answers_with(CLERK, asked, mail)
    bureau.tick()
    request = bureau.mail_to(DEPUTY, "sign-off-request")[-1]
    assert "附件 1：答复函.pdf" in plain_text(request)
    bureau.decides(DEPUTY, "同意")
    (reply,) = bureau.mail_to(WRITER, "reply")
    sent = [part.get_payload(decode=True) for part in message_from_bytes(reply).walk() if part.get_filename()]
    assert sent == [b"%PDF-1.4 sealed"]


def test_an_extension_moves_the_due_date_and_the_letter_is_drafted_on(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_draft(f"延期告知 5日\n摘要：车险拒赔\n拟办：延期五日核实\n{DRAFT}")
    assert plain_text(request).splitlines()[2:5] == [
        "内容摘要：车险拒赔",
        "拟办意见：延期五日核实",
        "文种：延期告知（不算办结，发出后顺延期限）",
    ]
    bureau.decides(DEPUTY, "同意")
    (told,) = bureau.mail_to(WRITER, "reply")
    assert header(told, "X-Tenday-Purpose") == "extension"
    assert "答复期限延长至2026年3月20日" in reply_body(told)
    assert "摘要" not in reply_body(told)
    bureau.tick()
    row = bureau.json("list")[0]
    assert (row["state"], row["due_on"]) == ("drafting", "2026-03-20")
    again = bureau.mail_to(CLERK, "draft-request")[-1]
    assert "期限已顺延" in plain_text(again)
    bureau.staff_answers(CLERK, again, f"延期告知\n{DRAFT}")
    bureau.tick()
    assert "已经延期过一次" in plain_text(bureau.mail_to(CLERK, "not-understood")[-1])
    bureau.staff_answers(CLERK, again, DRAFT)
    bureau.tick()
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered"
    assert len(bureau.mail_to(WRITER, "reply")) == 2


def test_who_recuses_herself_gets_no_more_mail_about_the_letter(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.decides(DEPUTY, "回避")
    before = len(bureau.town.correspondent(DEPUTY).inbox())
    bureau.decides(DIRECTOR, "同意")
    assert bureau.state() == "answered"
    assert len(bureau.town.correspondent(DEPUTY).inbox()) == before


def test_a_deputy_who_hands_over_until_a_day_is_stood_in_for(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.decides(DEPUTY, "委托 李明 至3月14日")
    (request,) = bureau.mail_to(STAND_IN, "sign-off-request")
    assert "陈静已委托您办理" in plain_text(request)
    bureau.decides(STAND_IN, "同意")
    assert bureau.state() == "answered"
    bureau.plain_letter(WRITER, "张三", "车险", "再问一件车险的事。")
    bureau.tick()
    bureau.says(CLERK, "draft-request", DRAFT)
    assert len(bureau.mail_to(STAND_IN, "sign-off-request")) == 2
    assert len(bureau.mail_to(DEPUTY, "sign-off-request")) == 1


def test_F59_an_out_of_office_note_makes_the_stand_in_be_asked_as_well(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_draft()
    note = answer(request, f"陈静 <{DEPUTY}>", "我出差在外。", at=bureau.now, message_id="<ooo@bureau.example>")
    bureau.town.correspondent(DEPUTY).send(b"Auto-Submitted: auto-replied\r\n" + note, MAILBOX)
    bureau.tick()
    (as_well,) = bureau.mail_to(STAND_IN, "sign-off-request")
    assert "自动回复不在岗" in plain_text(as_well)
    bureau.decides(DEPUTY, "同意")
    bureau.staff_answers(STAND_IN, as_well, "退回：晚了")
    bureau.tick()
    assert bureau.state() == "answered"
    assert "已有签批意见" in plain_text(bureau.mail_to(STAND_IN, "refusal")[-1])


def test_a_button_of_the_request_is_an_answer_that_a_person_sends(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_draft()
    html = message_from_bytes(request).get_payload()[1].get_payload(decode=True).decode()  # type: ignore[union-attr, index]
    assert f"mailto:{MAILBOX}?subject=Re%3A%202026-000001%20%5B%23{token_of(request)}%5D&amp;body=APPROVE" in html
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = DEPUTY, MAILBOX, f"Re: 2026-000001 [#{token_of(request)}]"
    mail.set_content("APPROVE")
    bureau.town.correspondent(DEPUTY).send(mail.as_bytes(), MAILBOX)
    bureau.tick()
    assert bureau.state() == "approved"


def test_with_codes_a_person_is_enrolled_and_signs_off(bureau: BureauAtWork) -> None:
    bureau.asks_for_codes()
    for person in ("chen-jing", "wang-fang"):
        enrolled = bureau.command("staff", "enrol", person, "--config", str(bureau.config))
        assert enrolled.code == 0, enrolled.err
        assert "█" in enrolled.out or "▄" in enrolled.out
    file = bureau.folder / "totp.yml"
    assert file.stat().st_mode & 0o777 == 0o600
    secrets = yaml.safe_load(file.read_text(encoding="utf-8"))
    request = bureau.gets_a_draft(f"{pyotp.TOTP(secrets['wang-fang']).at(bureau.now)}\n{DRAFT}")
    assert "同意 123456" in plain_text(request)
    bureau.decides(DEPUTY, "同意")
    assert "没有动态码" in plain_text(bureau.mail_to(DEPUTY, "refusal")[-1])
    bureau.decides(DEPUTY, f"同意 {pyotp.TOTP(secrets['chen-jing']).at(bureau.now)}")
    assert bureau.state() == "answered"
    assert bureau.json("show", "2026-000001")["sign_offs"][0]["proof"] == "totp"
    file.chmod(0o644)
    refused = bureau.command("mail", "list", "--config", str(bureau.config))
    assert (refused.code, "chmod 600" in refused.err) == (78, True)


def test_THREAT_5_a_code_that_is_wrong_five_times_locks_and_the_director_is_told_once(bureau: BureauAtWork) -> None:
    secrets = {person: pyotp.random_base32() for person in ("chen-jing", "wang-fang")}
    bureau.asks_for_codes(secrets)
    totp = pyotp.TOTP(secrets["chen-jing"])
    request = bureau.gets_a_draft(f"{pyotp.TOTP(secrets['wang-fang']).at(bureau.now)}\n{DRAFT}")
    wrong = f"{(int(totp.at(bureau.now)) + 1) % 1_000_000:06}"
    for _ in range(6):
        bureau.staff_answers(DEPUTY, request, f"同意 {wrong}")
    bureau.tick()
    bureau.staff_answers(DEPUTY, request, f"同意 {totp.at(bureau.now)}")
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off", "a locked person's right code does not count either"
    subjects = [header(raw, "Subject") for raw in bureau.mail_to(DIRECTOR, "alarm")]
    assert len([subject for subject in subjects if "连续五次不对" in subject]) == 1


def test_mail_show_proves_that_what_went_out_is_what_was_signed_and_by_what(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.says(DEPUTY, "sign-off-request", "同意")
    (signed,) = bureau.json("show", "2026-000001")["sign_offs"]
    assert signed["header"].split() == ["mx.bureau.example;", "auth=pass", f"smtp.auth={DEPUTY}"]
    assert signed["sent"] == [], "within the hold there are no bytes yet"
    told = bureau.command("mail", "show", "2026-000001", "--config", str(bureau.config)).out
    assert "登记簿只接受 SHA-256 与此相同的原文" in told
    bureau.pass_time(minutes=11)
    bureau.tick()
    (signed,) = bureau.json("show", "2026-000001")["sign_offs"]
    (sent,) = signed["sent"]
    assert (sent["as_signed"], sent["sha256"], sent["state"]) == (True, signed["sha256"], "accepted")
    assert sent["message_id"] == header(bureau.newest(WRITER, "reply"), "Message-ID")
    told = bureau.command("mail", "show", "2026-000001", "--config", str(bureau.config)).out
    assert f"chen-jing  {signed['at']}  SHA-256 {signed['sha256']}" in told
    assert f"证明原文：mx.bureau.example; auth=pass smtp.auth={DEPUTY}" in told
    assert "发出的就是签批的原文" in told
