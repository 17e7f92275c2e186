import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.machines import DeliveryReport, Outcome, Sign, delivery_report, machine_signs
from mailbox_worker.mail.read import read_mail


def signs(*lines: str, body: str = "x") -> dict[str, bool]:
    raw = "\r\n".join(["From: a@example.org", *lines, "", body]).encode()
    return {sign.name: sign.certain for sign in machine_signs(read_mail(raw))}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("auto-submitted: Auto-Generated; owner-email=x", "auto-submitted"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: list", "precedence"),
        ("Precedence: junk", "precedence"),
        ("List-Id: <list.example.org>", "list-id"),
        ("X-Autoreply: yes", "autoreply-field"),
        ("X-Autorespond: x", "autoreply-field"),
        ("Return-Path: <>", "null-return-path"),
        ("From: MAILER-DAEMON@example.org", "mailer-daemon"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "read-receipt"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "delivery-report"),
    ],
)
def test_F51_a_machines_header_is_a_certain_sign(line: str, name: str) -> None:
    assert signs(line) == {name: True}


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No ; x=y",
        "X-Auto-Response-Suppress: All",
        "Precedence: first-class",
        "Return-Path: <a@example.org>",
        "Subject: =?utf-8?b?5pKk5Zue5oqV6K+J?=",  # 撤回投诉
        "From: noreply@example.org",
        "Content-Type: text/plain",
    ],
)
def test_F58_what_people_also_send_is_no_sign(line: str) -> None:
    assert signs(line) == {}


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("自动回复：我正在休假", "subject-automatic-reply"),
        ("自动答复: 请签批", "subject-automatic-reply"),
        ("Automatic reply: x", "subject-automatic-reply"),
        ("Out of Office: x", "subject-absent"),
        ("休假通知", "subject-absent"),
        ("已读：请签批", "subject-read-receipt"),
        ("撤回: 请签批", "subject-recall"),
        ("系统退信", "subject-bounce"),
        ("已接受: 会议", "subject-calendar-answer"),
    ],
)
def test_F59_a_phrase_is_a_sign_but_not_a_certain_one(subject: str, name: str) -> None:
    found = signs(f"Subject: {subject}")
    assert found[name] is False
    assert not any(found.values())


def test_a_recall_is_certain_only_with_its_own_sentence() -> None:
    sentence = "陈静 将撤回邮件“【请签批】2026-000123”。"
    assert signs("Subject: 撤回: 请签批", body=sentence)["recall"] is True
    assert signs("Subject: 投诉", body=sentence) == {"recall": False}


def test_an_answer_to_an_invitation_is_a_certain_sign() -> None:
    raw = b"From: a@example.org\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    assert machine_signs(read_mail(raw)) == (Sign("calendar-answer", certain=True),)


def report(action: str, status: str, *more: str, quoted: str = "Message-ID: <ours.1@bureau.example>") -> bytes:
    first = (
        f"Final-Recipient: rfc822; Zhangsan@Example.ORG\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User\r\n unknown\r\n"
    )
    blocks = [first, *more]
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nReturn-Path: <>\r\nSubject: Undelivered Mail\r\nMessage-ID: <b@mx>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n" + "\r\n".join(blocks) + "\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: director@bureau.example\r\n"
        + quoted
        + "\r\n\r\nours\r\n--b--\r\n"
    ).encode()


def read_report(raw: bytes) -> DeliveryReport:
    found = delivery_report(read_mail(raw), raw)
    assert found is not None
    return found


def test_F55_a_bounce_names_our_mail_its_recipient_and_the_reason() -> None:
    found = read_report(report("failed", "5.1.1"))
    assert found.original_message_id == "<ours.1@bureau.example>"
    assert found.final_recipient == "Zhangsan@example.org"
    assert (found.action, found.status, found.outcome) == ("failed", "5.1.1", Outcome.HARD)
    assert found.diagnostic == "550 5.1.1 User unknown"


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("delayed", "4.4.1", Outcome.DELAYED),
        ("failed", "4.4.7", Outcome.SOFT),
        ("Failed", "5.7.1", Outcome.HARD),
        ("delivered", "2.0.0", Outcome.DELIVERED),
    ],
)
def test_F56_a_delay_is_no_failure(action: str, status: str, outcome: Outcome) -> None:
    assert read_report(report(action, status)).outcome is outcome


def test_F57_each_recipient_has_its_own_report_and_the_gravest_counts() -> None:
    second = "Final-Recipient: rfc822; b@example.org\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    found = read_report(report("delivered", "2.0.0", second))
    assert [each.outcome for each in found.recipients] == [Outcome.DELIVERED, Outcome.HARD]
    assert (found.final_recipient, found.status) == ("b@example.org", "5.2.2")


def test_a_report_that_quotes_no_mail_is_tied_by_what_it_refers_to() -> None:
    raw = report("failed", "5.1.1", quoted="X: y").replace(
        b"Return-Path", b"In-Reply-To: <ours.2@bureau.example>\r\nReturn-Path"
    )
    assert read_report(raw).original_message_id == "<ours.2@bureau.example>"


def test_a_bounce_in_words_only_is_read_by_its_codes() -> None:
    raw = (
        "From: PostMaster@mail.example.com\r\nReturn-Path: <>\r\nSubject: 系统退信\r\n"
        "X-Failed-Recipients: z@example.org\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n抱歉，您的邮件被退回来了……\r\n原因：550 User not found\r\n\r\n"
        "> Message-ID: <ours.3@bureau.example>\r\n"
    ).encode()
    found = read_report(raw)
    assert (found.outcome, found.final_recipient) == (Outcome.HARD, "z@example.org")
    assert found.original_message_id == "<ours.3@bureau.example>"
    assert "550 User not found" in found.diagnostic


def test_a_citizens_complaint_about_a_bounce_is_no_report() -> None:
    raw = "From: a@example.org\r\nSubject: 给你们写信被退信\r\n\r\n550 5.1.1 User unknown".encode()
    assert delivery_report(read_mail(raw), raw) is None


@given(st.binary(max_size=300))
def test_any_delivery_status_is_read_or_left(content: bytes) -> None:
    raw = b"Content-Type: message/delivery-status\r\nSubject: x\r\n\r\n" + content
    mail = read_mail(raw)
    machine_signs(mail)
    delivery_report(mail, raw)
