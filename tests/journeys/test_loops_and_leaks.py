"""What must never begin to circle, and what must never get out: errors, reminders, links, votes, tokens and codes."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.mail.read import read_mail
from tenday.demonstration.writing import answer, header, letter, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    PEOPLE,
    STAND_IN,
    WRITER,
    BureauAtWork,
    open_bureau,
    token_of,
)
from tests.journeys.delivery_reports import delivery_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

pytestmark = pytest.mark.parametrize("open_town", ["pymap"], indirect=True)  # the server's habits are not asked here
NUMBER = "2026-000001"
OTHER = "lisi@example.org"
LINK = re.compile(r"""(?:https?://|www\.)[^\s"'<>]+|(?:href|src|action|background)\s*=\s*["'][^"']*""", re.IGNORECASE)


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER, OTHER], hold_minutes=0)


def report(bureau: BureauAtWork, about: bytes, recipient: str) -> None:
    """Let the mail server say that a mail of ours did not arrive, and the worker do a pass."""
    bureau.town.submit(delivery_report(recipient, header(about, "Message-ID")), "", MAILBOX)
    bureau.tick()


def sent_by_us(bureau: BureauAtWork) -> list[bytes]:
    """List every mail that the worker has handed over, oldest first."""
    return [mail.raw for mail in bureau.town.smtp.transactions if header(mail.raw, "X-Tenday-Kind")]


# Loops.


def test_F53_an_error_mail_that_is_answered_again_and_again_is_written_once_an_hour_and_to_nobody_else(
    bureau: BureauAtWork,
) -> None:
    config = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(config.replace("  imap:", "  envelope_sender: empty\n  imap:", 1), encoding="utf-8")
    bureau.gets_a_draft()
    for _ in range(10):  # an alias of the deputy's that answers whatever we write, without a machine's header
        last = bureau.town.correspondent(DEPUTY).inbox()[-1]
        bureau.forged_answer(last, "您的邮件无法处理", f"陈静 <{DEPUTY}>")
        bureau.town.submit(last, DEPUTY, MAILBOX)  # and one that sends it back as it is
        bureau.tick()
        bureau.pass_time(minutes=5)
    (refusal,) = bureau.mail_to(DEPUTY, "refusal")
    got = [header(raw, "X-Tenday-Kind") for raw in bureau.town.correspondent(DEPUTY).inbox()]
    assert sorted(got) == ["digest", "refusal", "sign-off-request"], "no more than on a day without a loop, and one"
    ours = [mail for mail in bureau.town.smtp.transactions if MAILBOX not in mail.recipients]
    envelopes = [mail for mail in ours if header(mail.raw, "X-Tenday-Kind") == "refusal"]
    assert [(mail.sender, mail.recipients) for mail in envelopes] == [("", (DEPUTY,))]
    assert header(refusal, "Auto-Submitted")
    assert {header(raw, "To").rpartition("<")[2].rstrip(">") for raw in sent_by_us(bureau)} <= {
        *PEOPLE.values(),
        WRITER,
    }
    assert len(bureau.json("list")) == 1


def test_F94_where_a_reminder_to_the_deputy_comes_back_the_stand_in_is_asked_at_once(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    while not bureau.mail_to(DEPUTY, "reminder"):
        bureau.pass_time(days=1)
        bureau.tick()
    got = len(bureau.town.correspondent(DEPUTY).inbox())
    report(bureau, bureau.newest(DEPUTY, "reminder"), DEPUTY)
    request = bureau.newest(STAND_IN, "sign-off-request")
    assert "发给陈静的邮件被退回，请您办理" in plain_text(request)
    assert "发给陈静的请求被退回" in plain_text(bureau.newest(DIRECTOR, "alarm"))
    bureau.tick()
    assert len(bureau.mail_to(STAND_IN, "sign-off-request")) == 1
    assert len(bureau.town.correspondent(DEPUTY).inbox()) == got, "nothing more to the address that is dead"
    bureau.decides(STAND_IN, "同意")
    assert bureau.state() == "answered"


# Links and votes.


def test_F79_F95_no_mail_holds_a_link_that_does_anything_when_it_is_opened(bureau: BureauAtWork) -> None:
    bureau.gets_a_draft()
    bureau.says(DEPUTY, "sign-off-request", "已阅")
    bureau.decides(DEPUTY, "同意")
    for _ in range(10):
        bureau.pass_time(days=1)
        bureau.tick()
    mails = sent_by_us(bureau)
    kinds = {header(raw, "X-Tenday-Kind") for raw in mails}
    assert kinds >= {"acknowledgement", "draft-request", "sign-off-request", "not-understood", "reply", "survey"}
    for raw in mails:
        for part in message_from_bytes(raw).walk():
            payload = part.get_payload(decode=True)
            if part.get_content_maintype() == "text" and isinstance(payload, bytes):
                found = [each.lower() for each in LINK.findall(payload.decode())]
                # A button opens the reader's own mail program: nothing happens before a person sends that mail.
                assert all(each.startswith('href="mailto:') for each in found), found
                assert not found or header(raw, "X-Tenday-Kind") == "sign-off-request"


def test_F96_of_two_votes_the_last_counts_a_machines_does_not_and_a_complaint_becomes_a_letter(
    bureau: BureauAtWork,
) -> None:
    bureau.gets_a_draft()
    bureau.decides(DEPUTY, "同意")
    bureau.pass_time(days=7)
    bureau.tick()
    survey = bureau.newest(WRITER, "survey")

    def writes(text: str, turn: int, above: bytes = b"") -> dict[str, int]:
        raw = answer(survey, WRITER, text, at=bureau.now, message_id=f"<vote{turn}@example.org>")
        bureau.citizen_writes(above + raw, WRITER)
        return bureau.tick()

    assert writes("满意", 1)["answers"] == 1
    assert writes("不满意", 2)["answers"] == 1
    assert writes("满意", 3, b"Auto-Submitted: auto-replied\r\n")["automatic"] == 1
    assert writes("不满意，赔款仍未到账，请再过问。", 4)["letters"] == 1
    published = (bureau.folder / "content" / "published" / "mailbox.yml").read_text(encoding="utf-8")
    surveys = published[published.index("id: surveys") :]
    figures = dict(re.findall(r"id: (votes|satisfied)\b.*?value: (\d+)", surveys, re.DOTALL))
    assert figures == {"votes": "1", "satisfied": "0"}
    second = bureau.json("list")[1]
    assert bureau.json("show", second["number"])["text"].strip().startswith("不满意，赔款仍未到账")


# Leaks.


def test_F73_THREAT_10_a_draft_with_a_token_or_anothers_number_is_asked_back_before_anybody_sees_it(
    bureau: BureauAtWork,
) -> None:
    request = bureau.gets_a_letter()
    bureau.plain_letter(OTHER, "李四", "另一件事", "请答复。")
    bureau.tick()
    for leak, why in (
        (f"【请拟办】 [#{token_of(request)}]", "签批码"),
        (token_of(request).lower(), "签批码"),
        ("与来信 2026-000002 相同", "另一位来信人的来信编号"),
    ):
        bureau.staff_answers(CLERK, request, f"张三：您好！\n{DRAFT}\n{leak}")
        bureau.tick()
        assert bureau.mail_to(DEPUTY, "sign-off-request") == [], leak
        if why == "签批码":
            assert why in plain_text(bureau.newest(CLERK, "not-understood"))
    kinds = [event["data"].get("doubt") for event in bureau.json("show", NUMBER)["events"]]
    assert [doubt for doubt in kinds if doubt] == ["token-inside", "token-inside", "other-letter-inside"]
    bureau.staff_answers(CLERK, request, f"张三：您好！\n关于您的来信 {NUMBER}：{DRAFT}")
    bureau.tick()
    signing = bureau.newest(DEPUTY, "sign-off-request")
    # The deputy's own change is looked at as well.
    quoted = plain_text(answer(signing, DEPUTY, "同意", at=bureau.now, message_id="<edit@bureau.example>"))
    changed = EmailMessage(policy=SMTP)
    changed.set_content(quoted.replace("五个工作日内", f"五个工作日内（{token_of(signing)}）"))
    bureau.answers_with(DEPUTY, signing, changed)
    bureau.tick()
    assert len(bureau.json("show", NUMBER)["drafts"]) == 1, "no version of it"
    assert bureau.mail_to(WRITER, "reply") == []
    bureau.decides(DEPUTY, "同意")
    (reply,) = bureau.mail_to(WRITER, "reply")
    assert token_of(signing) not in plain_text(reply)


def test_F73_a_token_alone_decides_nothing_and_is_good_for_one_letter_and_one_version(bureau: BureauAtWork) -> None:
    signing = bureau.gets_a_draft()
    bureau.forged_answer(signing, "同意", "李四 <lisi@example.org>")  # forwarded to a stranger, who answers
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    bureau.decides(DEPUTY, "同意")
    bureau.pass_time(hours=1)  # refusals are told at most once an hour
    bureau.staff_answers(DEPUTY, signing, "退回：重写")  # used up
    bureau.tick()
    assert "已有签批意见" in plain_text(bureau.newest(DEPUTY, "refusal"))
    assert (bureau.state(), len(bureau.mail_to(WRITER, "reply"))) == ("answered", 1)


def test_THREAT_11_whoever_takes_the_ledger_has_no_token_of_an_open_request_and_no_query_code(
    bureau: BureauAtWork,
) -> None:
    signing = bureau.gets_a_draft()
    bureau.staff_answers(DEPUTY, signing, "已阅")  # its answer quotes the token
    bureau.tick()
    code = re.search(r"查询码：([0-9A-Z-]{19})", plain_text(bureau.newest(WRITER, "acknowledgement")))
    assert code is not None
    secrets = (token_of(signing), token_of(bureau.newest(CLERK, "receipt")), code[1])
    with closing(sqlite3.connect(bureau.folder / "var" / "ledger.db")) as ledger:
        dumped = "\n".join(ledger.iterdump())
    assert NUMBER in dumped
    for secret in secrets:
        assert secret not in dumped
        assert secret.encode().hex().upper() not in dumped.upper(), "nor in the bytes of a mail"
    bureau.decides(DEPUTY, "同意")
    assert bureau.state() == "answered", "it was open"


def test_THREAT_9_THREAT_10_a_letter_that_imitates_a_request_stands_behind_its_bar_and_holds_no_token(
    bureau: BureauAtWork,
) -> None:
    text = "──── 答复稿 AAAA ────\n同意赔付\n──── 稿终 AAAA ────\n[#0123456789ABCDEFGHJK]\n同意\u202e\u200b\n\n\n\n\n完"
    bureau.gets_a_letter(text)
    bureau.says(CLERK, "draft-request", DRAFT)
    signing = bureau.newest(DEPUTY, "sign-off-request")
    shown = plain_text(signing).replace("\r\n", "\n")
    marks = re.findall(r"^──── (?:答复稿|稿终) (\S+) ────$", shown, re.MULTILINE)
    assert len(marks) == 2, "the letter's own stand behind a bar"
    assert set(marks) != {"AAAA"}
    sheet = shown[shown.index(f"答复稿 {marks[0]}") : shown.index(f"稿终 {marks[0]}")]
    assert DRAFT in sheet
    assert shown.index(f"稿终 {marks[0]}") < shown.index("│ ──── 答复稿 AAAA"), "the draft stands first"
    body = bureau.json("show", NUMBER)["drafts"][0]["text"]
    assert f"（{len(body.splitlines())} 行 {len(''.join(body.split()))} 字）" in shown
    assert "│ ［#0123456789ABCDEFGHJK]" in shown
    assert "[#" not in shown
    assert "\u202e" not in shown
    assert "\u200b" not in shown
    assert shown.count("[#") + header(signing, "Subject").count("[#") == 1
    assert "车险理赔被拒" not in header(signing, "Subject"), "no word of the writer's in ours"


def test_F39_THREAT_25_a_differing_reply_to_is_shown_to_colleagues_and_gets_nothing(bureau: BureauAtWork) -> None:
    raw = letter(WRITER, "张三", MAILBOX, "理赔", "请过问我的理赔。", at=bureau.now, message_id="<r@example.org>")
    bureau.citizen_writes(f"Reply-To: {OTHER}\r\n".encode() + raw, WRITER)
    bureau.tick()
    request = bureau.newest(CLERK, "draft-request")
    assert f"回复地址另写为：{OTHER}（未采用，答复只发给来信地址）" in plain_text(request)
    bureau.says(CLERK, "draft-request", DRAFT)
    bureau.decides(DEPUTY, "同意")
    assert [len(bureau.mail_to(WRITER, kind)) for kind in ("acknowledgement", "reply")] == [1, 1]
    assert bureau.town.correspondent(OTHER).inbox() == []


def test_THREAT_10_a_query_code_that_a_writer_quotes_is_masked_for_colleagues(bureau: BureauAtWork) -> None:
    bureau.gets_a_letter()
    acknowledgement = bureau.newest(WRITER, "acknowledgement")
    code = re.search(r"查询码：([0-9A-Z-]{19})", plain_text(acknowledgement))
    assert code is not None
    text = f"补充：保单尾号0000，卡号 6222-0000-1111-2222。\n查询码 {code[1]}，{code[1].lower()}"
    raw = answer(acknowledgement, WRITER, text, at=bureau.now, message_id="<more@example.org>")
    bureau.citizen_writes(raw, WRITER)
    assert bureau.tick()["follow_ups"] == 1
    shown = read_mail(bureau.newest(CLERK, "draft-request")).text
    assert "查询码 （查询码已隐去），（查询码已隐去）" in shown
    assert "卡号 6222-0000-1111-2222" in shown
    assert code[1] not in shown
