import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.delivery_reports import DeliveryReport, Outcome, delivery_report
from mailbox_worker.mail.machines import machine_signs
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.sub_addresses import message_id_of, tags_of


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


PROSE = {  # sender, subject, text, outcome: as these servers write when they follow no standard
    "QQ, no such user": (
        "PostMaster@qq.com",
        "来自qq.com的退信",
        "抱歉，您的邮件被退回来了……\n收件人 z@example.org\n退信原因 收件人邮件地址（z@example.org）不存在。",
        Outcome.HARD,
    ),
    "QQ, mailbox full": (
        "PostMaster@qq.com",
        "来自qq.com的退信",
        "抱歉，您的邮件被退回来了……\n收件人 z@example.org\n退信原因 该收件人的邮箱空间已满，无法接收新邮件。",
        Outcome.SOFT,
    ),
    "163, no such user": (
        "Postmaster@163.com",
        "系统退信",
        "抱歉，您的邮件被退回来了……\n收件人地址：z@example.org\n退信代码：550 User not found",
        Outcome.HARD,
    ),
    "163, too many": (
        "Postmaster@163.com",
        "系统退信",
        "您的邮件无法投递到 z@example.org\n退信原因：451 发送频率过高，请稍后重试",
        Outcome.SOFT,
    ),
    "Exchange, no such user": (
        "postmaster@exchange.example",
        "未传递: 【来信答复】",
        "未能将邮件传递给以下收件人或组:\nz@example.org\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        Outcome.HARD,
    ),
    "Exchange, late": (
        "postmaster@exchange.example",
        "传递已延迟: 【来信答复】",
        "邮件尚未传递到以下收件人: z@example.org\n系统将继续尝试传递。#400 4.4.7 Message delayed",
        Outcome.DELAYED,
    ),
    "Coremail, refused": (
        "postmaster@corp.example",
        "系统退信/Systems bounce",
        "Message:\n无法发送到 z@example.org\n550 5.7.1 rejected",
        Outcome.HARD,
    ),
    "Coremail, still trying": (
        "postmaster@corp.example",
        "投递延迟通知",
        "发往 z@example.org 的邮件暂时无法送达，系统会继续投递。421 4.3.0 Temporary failure",
        Outcome.DELAYED,
    ),
}


@pytest.mark.parametrize("prose", PROSE.values(), ids=PROSE.keys())
def test_F55_a_report_in_a_providers_prose_is_tied_by_the_address_it_came_to_alone(
    prose: tuple[str, str, str, Outcome],
) -> None:
    sender, subject, text, outcome = prose
    raw = (
        f"From: {sender}\r\nTo: director+b-0123456789abcdef0123456789abcdef@bureau.example\r\nSubject: {subject}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
    found = read_report(raw)
    assert (found.outcome, found.final_recipient, found.original_message_id) == (outcome, "z@example.org", None)
    (tag,) = tags_of(read_mail(raw), "director@bureau.example")
    assert message_id_of(tag, "bureau.example") == "<0123456789abcdef0123456789abcdef@bureau.example>"


def test_a_citizens_complaint_about_a_bounce_is_no_report() -> None:
    raw = "From: a@example.org\r\nSubject: 给你们写信被退信\r\n\r\n550 5.1.1 User unknown".encode()
    assert delivery_report(read_mail(raw), raw) is None


@given(st.binary(max_size=300))
def test_any_delivery_status_is_read_or_left(content: bytes) -> None:
    raw = b"Content-Type: message/delivery-status\r\nSubject: x\r\n\r\n" + content
    mail = read_mail(raw)
    machine_signs(mail)
    delivery_report(mail, raw)
