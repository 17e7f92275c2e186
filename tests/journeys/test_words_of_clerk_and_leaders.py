"""Each word that a clerk or a leader can answer with: from the mail that is sent to what everybody gets."""

from __future__ import annotations

import io
import zipfile
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import pyotp
import pytest

from tenday.demonstration.writing import answer, header, letter, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    STAND_IN,
    WRITER,
    BureauAtWork,
    open_bureau,
    reply_body,
)
from tests.journeys.delivery_reports import delivery_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

pytestmark = pytest.mark.parametrize(
    "open_town", ["pymap"], indirect=True
)  # what the servers are like is not asked here
NUMBER = "2026-000001"
CLOSING = "如有疑问请致电0791-0000-0000。感谢您对我局工作的监督与支持。"
SECOND_CLERK, ZHAO = (
    "zhaomin@bureau.example",
    "  - {id: zhao-min, name: 赵敏, post: clerk, title: 信访专员, duties: 拟办}",
)


def with_file(text: str, content: bytes, kind: str, name: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(text)
    maintype, _, subtype = kind.partition("/")
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return mail


def files_of(raw: bytes) -> dict[str | None, object]:
    parts = message_from_bytes(raw).walk()
    return {part.get_filename(): part.get_payload(decode=True) for part in parts if part.get_filename()}


def word_file(*paragraphs: str) -> bytes:
    """Write a .docx as small as Word can read."""
    package = io.BytesIO()
    runs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", f"<w:document><w:body>{runs}</w:body></w:document>")
    return package.getvalue()


# The clerk.


def test_a_draft_in_a_word_file_is_read_back_and_becomes_the_draft_by_a_yes(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_letter()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    bureau.answers_with(CLERK, request, with_file("", word_file("张三：您好！", DRAFT), kind, "答复稿.docx"))
    bureau.tick()
    assert bureau.mail_to(DEPUTY, "sign-off-request") == [], "nobody has said yet that this is the draft"
    asked = plain_text(bureau.newest(CLERK, "confirmation-request"))
    assert "附了一份 Word 文件；下面是系统读出的文字" in asked
    assert f"│ {DRAFT}" in asked
    bureau.says(CLERK, "confirmation-request", "是")
    assert DRAFT in plain_text(bureau.newest(DEPUTY, "sign-off-request"))
    bureau.decides(DEPUTY, "同意")
    assert reply_body(bureau.newest(WRITER, "reply")) == f"张三：您好！\n{DRAFT}\n\n{CLOSING}"


def test_THREAT_28_the_clerk_gets_the_safe_files_of_a_letter_and_of_the_others_only_their_names(
    bureau: BureauAtWork,
) -> None:
    raw = letter(WRITER, "张三", MAILBOX, "理赔", "材料见附件。", at=bureau.now, message_id="<files@example.org>")
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(b"%PDF-1.4 x\n%%EOF", maintype="application", subtype="pdf", filename="保单.pdf")
    mail.add_attachment(b"<script>x</script>", maintype="text", subtype="html", filename="说明.html")
    bureau.citizen_writes(mail.as_bytes(), WRITER)
    bureau.tick()
    request = bureau.newest(CLERK, "draft-request")
    assert list(files_of(request)) == ["保单.pdf"]
    assert "说明.html" in plain_text(request)
    assert "未转发" in plain_text(request)
    bureau.says(CLERK, "draft-request", DRAFT)
    assert files_of(bureau.newest(DEPUTY, "sign-off-request")) == {}


def test_the_files_of_a_draft_are_part_of_the_hash_that_is_signed(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_letter()
    for content in (b"%PDF-1.4 one", b"%PDF-1.4 two"):
        bureau.answers_with(CLERK, request, with_file(DRAFT, content, "application/pdf", "答复函.pdf"))
        bureau.tick()
    bureau.decides(DEPUTY, "同意")
    shown = bureau.json("show", NUMBER)
    first, second = shown["drafts"]
    assert first["text"] == second["text"]
    assert first["sha256"] != second["sha256"]
    assert shown["sign_offs"][0]["sha256"] == second["sha256"]
    assert files_of(bureau.newest(WRITER, "reply")) == {"答复函.pdf": b"%PDF-1.4 two"}


def test_a_snippet_on_a_line_of_its_own_stands_in_the_draft_and_an_unknown_one_is_asked_back(
    bureau: BureauAtWork,
) -> None:
    assert "常用语" in plain_text(bureau.gets_a_letter())
    bureau.says(CLERK, "draft-request", f"{DRAFT}\n常用语：没有这一条")
    assert "常用语不在名册中" in plain_text(bureau.newest(CLERK, "not-understood"))
    bureau.says(CLERK, "draft-request", f"{DRAFT}\n常用语：可申请调解")
    assert "可以向保险合同纠纷调解处中心申请调解" in plain_text(bureau.newest(DEPUTY, "sign-off-request"))


def test_a_chat_line_is_asked_back_and_never_reaches_the_deputy(bureau: BureauAtWork) -> None:
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", "我再问问人保，明天给稿")
    asked = plain_text(bureau.newest(CLERK, "confirmation-request"))
    assert "是否作为答复稿送签？" in asked
    assert "│ 我再问问人保，明天给稿" in asked
    assert bureau.mail_to(DEPUTY, "sign-off-request") == []
    bureau.says(CLERK, "draft-request", DRAFT)
    assert DRAFT in plain_text(bureau.newest(DEPUTY, "sign-off-request"))


def test_a_draft_is_taken_back_before_it_is_signed_and_its_request_is_dead(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.says(CLERK, "receipt", "撤稿")
    assert "答复稿已撤回" in plain_text(bureau.newest(CLERK, "receipt"))
    bureau.decides(DEPUTY, "同意")
    assert (bureau.state(), bureau.mail_to(WRITER, "reply")) == ("drafting", [])
    assert bureau.mail_to(DEPUTY, "refusal")


def test_an_advertisement_is_set_aside_only_with_the_deputys_consent(bureau: BureauAtWork) -> None:
    bureau.gets_a_letter("高级管理人员讲座八折，报名从速。")
    bureau.says(CLERK, "draft-request", "无效件")
    assert "拟按“无效件”处理此件" in plain_text(bureau.newest(DEPUTY, "sign-off-request"))
    bureau.says(DEPUTY, "sign-off-request", "退回：像是真的来信")
    assert bureau.state() == "drafting"
    bureau.says(CLERK, "draft-request", "非来信")
    bureau.decides(DEPUTY, "同意")
    assert (bureau.state(), bureau.mail_to(WRITER, "reply")) == ("set_aside", [])


def test_THREAT_12_another_category_after_a_first_request_needs_that_deputys_consent(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.says(CLERK, "draft-request", "类别 人身保险")
    assert bureau.mail_to(STAND_IN, "sign-off-request") == [], "no shopping for an approval"
    assert "须经陈静" in plain_text(bureau.newest(CLERK, "receipt"))
    assert "改由李明副局长签批" in plain_text(bureau.newest(DEPUTY, "sign-off-request"))
    bureau.says(DEPUTY, "sign-off-request", "同意")
    assert bureau.json("list")[0]["category"] == "life"
    bureau.decides(STAND_IN, "同意")
    assert bureau.state() == "answered"


def test_the_nature_is_set_by_a_line_and_only_a_known_one(bureau: BureauAtWork) -> None:
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", "性质 咨询")
    assert "性质已记为“咨询”" in plain_text(bureau.newest(CLERK, "receipt"))
    bureau.says(CLERK, "draft-request", f"性质：没有\n{DRAFT}")
    assert "性质不在名册中" in plain_text(bureau.newest(CLERK, "not-understood"))


FIRST_LINES = {
    "2026-000001": ("不予受理", "not-ours", "【来信答复】", "answered"),
    "2026-000002": ("阶段答复", "interim", "【阶段答复】", "drafting"),
    "2026-000003": ("补正告知", "more-information", "【补正告知】", "drafting"),
    "2026-000004": ("延期告知", "extension", "【延期告知】", "drafting"),
}


def test_the_first_line_of_a_draft_says_what_it_is_and_only_an_answer_ends_the_letter(bureau: BureauAtWork) -> None:
    for number in FIRST_LINES:
        bureau.plain_letter(WRITER, "张三", f"车险理赔被拒之{number[-1]}", f"第{number[-1]}家保险公司拒赔。")
    bureau.tick()
    for number, (first_line, *_) in FIRST_LINES.items():
        (request,) = bureau.mail_to(CLERK, "draft-request", number)
        bureau.staff_answers(CLERK, request, f"{first_line}\n{DRAFT}")
    bureau.tick()
    for number in FIRST_LINES:
        (request,) = bureau.mail_to(DEPUTY, "sign-off-request", number)
        bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    states = {row["number"]: row["state"] for row in bureau.json("list")}
    for number, (first_line, purpose, subject, then) in FIRST_LINES.items():
        (told,) = bureau.mail_to(WRITER, "reply", number)
        assert header(told, "X-Tenday-Purpose") == purpose
        assert header(told, "Subject").startswith(subject)
        assert first_line not in reply_body(told)
        assert states[number] == then
        # In the same pass: nobody has to wait for the next one to hear that the letter is open.
        assert len(bureau.mail_to(CLERK, "draft-request", number)) == 1 + (then == "drafting")


def second_clerk(bureau: BureauAtWork) -> None:
    """Put another clerk on the office's staff."""
    people, config = bureau.folder / "content" / "people.yml", bureau.config
    people.write_text(people.read_text(encoding="utf-8").rstrip() + f"\n{ZHAO}\n", encoding="utf-8")
    entry = f"staff:\n  - {{person: zhao-min, email: {SECOND_CLERK}}}"
    config.write_text(config.read_text(encoding="utf-8").replace("staff:", entry), encoding="utf-8")


def with_two_clerks(folder: Path, open_town: OpenTown) -> BureauAtWork:
    bureau = open_bureau(folder, open_town, [WRITER, SECOND_CLERK])
    second_clerk(bureau)
    return bureau


def test_a_clerk_hands_a_letter_over_to_another(tmp_path: Path, open_town: OpenTown) -> None:
    bureau = with_two_clerks(tmp_path, open_town)
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", "转 赵敏")
    assert "已转赵敏拟办" in plain_text(bureau.newest(CLERK, "receipt"))
    assert "此件由同事转来" in plain_text(bureau.newest(SECOND_CLERK, "draft-request"))


def test_a_clerk_who_recuses_himself_gets_no_more_mail_and_another_drafts(tmp_path: Path, open_town: OpenTown) -> None:
    bureau = with_two_clerks(tmp_path, open_town)
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", "回避")
    before = len(bureau.town.correspondent(CLERK).inbox())
    assert "原经办人回避" in plain_text(bureau.newest(SECOND_CLERK, "draft-request"))
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.pass_time(days=8)
    bureau.tick()
    assert bureau.mail_to(DEPUTY, "sign-off-request") == []
    assert NUMBER not in "".join(
        header(raw, "Subject") + plain_text(raw) for raw in bureau.town.correspondent(CLERK).inbox()[before:]
    )


def test_whoever_drafted_and_was_to_sign_as_well_recuses_himself_and_another_leader_is_asked(
    bureau: BureauAtWork,
) -> None:
    bureau.plain_letter(WRITER, "张三", "反映问题", "王芳办事拖延，请核查。")
    bureau.tick()
    assert bureau.mail_to(CLERK, "draft-request") == []
    bureau.says(DIRECTOR, "draft-request", DRAFT)
    assert bureau.mail_to(DIRECTOR, "sign-off-request")
    bureau.says(DIRECTOR, "draft-request", "回避")
    assert bureau.mail_to(DEPUTY, "draft-request")
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered"


# The leaders.


def test_an_approval_is_undone_within_the_hold_and_not_after_it(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.says(DEPUTY, "sign-off-request", "同意")
    bureau.pass_time(minutes=9)
    bureau.says(DEPUTY, "receipt", "撤销")
    bureau.pass_time(minutes=11)
    bureau.tick()
    assert (bureau.state(), bureau.mail_to(WRITER, "reply")) == ("drafting", [])
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.decides(DEPUTY, "同意")
    bureau.says(DEPUTY, "receipt", "撤销")
    assert bureau.state() == "answered"
    assert "答复已经发出，不能再撤销" in plain_text(bureau.newest(DEPUTY, "refusal"))


def test_a_deputy_passes_a_letter_on_and_the_first_request_is_dead(bureau: BureauAtWork) -> None:
    first = bureau.gets_a_draft()
    bureau.says(DEPUTY, "sign-off-request", "请李明同志签批")
    assert "已转李明签批" in plain_text(bureau.newest(DEPUTY, "receipt"))
    bureau.staff_answers(DEPUTY, first, "同意")
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    bureau.decides(STAND_IN, "同意")
    assert bureau.json("show", NUMBER)["sign_offs"][0]["by"] == "li-ming"


# Who is not there.


def away(bureau: BureauAtWork, *people: str) -> None:
    """Write down that colleagues are away."""
    text = bureau.config.read_text(encoding="utf-8")
    for person in people:
        text = text.replace(f"{{person: {person}, ", f"{{person: {person}, away: true, ")
    bureau.config.write_text(text, encoding="utf-8")


def test_while_both_deputies_are_away_the_director_is_asked(bureau: BureauAtWork) -> None:
    away(bureau, "chen-jing", "li-ming")
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", DRAFT)
    assert bureau.mail_to(DEPUTY, "sign-off-request") == bureau.mail_to(STAND_IN, "sign-off-request") == []
    bureau.decides(DIRECTOR, "同意")
    assert bureau.state() == "answered"


def test_with_nobody_on_duty_the_director_is_asked_for_the_draft(bureau: BureauAtWork) -> None:
    away(bureau, "wang-fang")
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    bureau.says(DIRECTOR, "draft-request", DRAFT)
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered"


def test_F94_a_request_that_bounces_makes_somebody_else_be_asked_and_the_director_told_at_once(
    bureau: BureauAtWork,
) -> None:
    request = bureau.gets_a_draft()
    bureau.town.submit(delivery_report(DEPUTY, header(request, "Message-ID")), "", MAILBOX)
    bureau.tick()
    assert "发给陈静的邮件被退回" in plain_text(bureau.newest(STAND_IN, "sign-off-request"))
    assert "陈静" in plain_text(bureau.newest(DIRECTOR, "alarm"))
    bureau.decides(STAND_IN, "同意")
    assert bureau.state() == "answered"


def test_F59_an_out_of_office_note_that_says_yes_decides_nothing_and_the_stand_in_signs(bureau: BureauAtWork) -> None:
    request = bureau.gets_a_draft()
    note = answer(request, f"陈静 <{DEPUTY}>", "同意", at=bureau.now, message_id="<ooo@bureau.example>")
    bureau.town.correspondent(DEPUTY).send(b"Auto-Submitted: auto-replied\r\n" + note, MAILBOX)
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    bureau.decides(STAND_IN, "同意")
    assert bureau.json("show", NUMBER)["sign_offs"][0]["by"] == "li-ming"


# With one-time codes.


def test_words_count_with_a_code_once_and_without_one_not_at_all(bureau: BureauAtWork) -> None:
    secret = pyotp.TOTP(pyotp.random_base32())
    bureau.asks_for_codes({"chen-jing": secret.secret, "wang-fang": secret.secret})
    with bureau.config.open("a", encoding="utf-8") as file:
        file.write("daily_digest: false\n")
    assert "没有动态码" in bureau.sends_word(CLERK, "暂停发信")
    bureau.pass_time(hours=1)  # refusals are told at most once an hour
    code = secret.at(bureau.now)
    assert "已暂停" in bureau.sends_word(CLERK, f"暂停发信 {code}")
    assert "已经用过" in bureau.sends_word(CLERK, f"恢复发信 {code}")
    bureau.pass_time(hours=1)
    bureau.gets_a_letter()
    bureau.says(CLERK, "draft-request", f"{secret.at(bureau.now)}\n{DRAFT}")
    bureau.pass_time(minutes=5)
    bureau.says(DEPUTY, "sign-off-request", f"退回：请写明依据 {secret.at(bureau.now)}")
    assert bureau.state() == "drafting"
    assert "退回：请写明依据" in plain_text(bureau.newest(CLERK, "draft-request"))
    assert secret.at(bureau.now) not in plain_text(bureau.newest(CLERK, "draft-request"))
