import pytest

from mailbox_worker.mail.machines import Sign, machine_signs
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


def test_THREAT_27_a_recall_is_certain_only_with_its_own_sentence() -> None:
    sentence = "陈静 将撤回邮件“【请签批】2026-000123”。"
    assert signs("Subject: 撤回: 请签批", body=sentence)["recall"] is True
    assert signs("Subject: 投诉", body=sentence) == {"recall": False}


def test_THREAT_27_an_answer_to_an_invitation_is_a_certain_sign() -> None:
    raw = b"From: a@example.org\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    assert machine_signs(read_mail(raw)) == (Sign("calendar-answer", certain=True),)
