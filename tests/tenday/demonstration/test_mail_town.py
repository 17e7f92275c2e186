"""Letters between citizens, staff and the mailbox: on the embedded servers, and on Dovecot with TLS."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tenday.demonstration.mail_town import MailTown
    from tests.servers.fixtures import OpenTown

CITIZEN = "zhangsan@citizen.example"
CLERK = "wangfang@bureau.example"
DEPUTY = "chenjing@bureau.example"
MAILBOX = "director@bureau.example"
AT = datetime(2012, 3, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
LETTER = "From: 张三 <zhangsan@citizen.example>\r\nSubject: =?utf-8?b?5oqV6K+J?=\r\n\r\n车险拒赔。\r\n".encode()


@pytest.fixture
def town(open_town: OpenTown) -> MailTown:
    return open_town(lambda: AT, staff={CLERK: "w", DEPUTY: "c"}, citizens=[CITIZEN])


def verdicts(raw: bytes) -> list[str]:
    return [" ".join(one.split()) for one in message_from_bytes(raw).get_all("Authentication-Results", [])]


def test_a_citizens_letter_arrives_with_its_bytes_its_time_and_a_passed_dmarc(town: MailTown) -> None:
    town.correspondent(CITIZEN).send(LETTER, MAILBOX)
    (mail,) = town.imap.messages("director")
    assert mail.raw.endswith(LETTER)
    assert mail.internal_date == AT
    (verdict,) = verdicts(mail.raw)
    assert verdict.startswith("mx.bureau.example; auth=none; ")
    assert verdict.endswith("; dmarc=pass header.from=citizen.example")


def test_a_colleague_who_forges_from_is_stamped_with_the_own_account(town: MailTown) -> None:
    town.correspondent(CLERK).send(f"From: {DEPUTY}\r\n\r\n同意\r\n".encode(), MAILBOX)
    (mail,) = town.imap.messages("director")
    assert verdicts(mail.raw) == [f"mx.bureau.example; auth=pass smtp.auth={CLERK}"]


def test_a_colleague_cannot_bring_a_verdict_of_the_own_server(town: MailTown) -> None:
    forged = f"Authentication-Results: mx.bureau.example; auth=pass smtp.auth={DEPUTY}\r\n"
    town.correspondent(CLERK).send(f"{forged}From: {DEPUTY}\r\n\r\n同意\r\n".encode(), MAILBOX)
    (mail,) = town.imap.messages("director")
    assert verdicts(mail.raw) == [f"mx.bureau.example; auth=pass smtp.auth={CLERK}"]


def test_a_forged_verdict_from_outside_is_removed_and_the_office_domain_fails(town: MailTown) -> None:
    forged = f"Authentication-Results: mx.bureau.example; auth=pass smtp.auth={DEPUTY}\r\n"
    town.forge(f"{forged}From: {DEPUTY}\r\n\r\n同意\r\n".encode(), MAILBOX)
    (mail,) = town.imap.messages("director")
    (verdict,) = verdicts(mail.raw)
    assert verdict.endswith("dmarc=fail header.from=bureau.example")
    assert "auth=none" in verdict


def test_a_letter_in_a_citizens_name_sent_from_elsewhere_fails(town: MailTown) -> None:
    town.forge(LETTER, MAILBOX)
    (mail,) = town.imap.messages("director")
    assert verdicts(mail.raw)[0].endswith("dmarc=fail header.from=citizen.example")


def test_an_unknown_recipient_is_refused_with_550(town: MailTown) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as answer:
        town.correspondent(CITIZEN).send(LETTER, "nobody@bureau.example")
    assert answer.value.recipients["nobody@bureau.example"][0] == 550


def test_new_mail_is_told_once_and_the_inbox_keeps_all_oldest_first(town: MailTown) -> None:
    clerk = town.correspondent(CLERK)
    town.correspondent(DEPUTY).send(b"Subject: 1\r\n\r\n", CLERK)
    (first,) = clerk.new_mail()
    assert clerk.new_mail() == []
    town.correspondent(CITIZEN).send(b"Subject: 2\r\n\r\n", CLERK.upper())
    (second,) = clerk.new_mail()
    assert [message_from_bytes(raw)["Subject"] for raw in (first, second)] == ["1", "2"]
    assert clerk.inbox() == [first, second]
    assert town.correspondent(DEPUTY).inbox() == []


def test_reading_leaves_the_mail_unseen(town: MailTown) -> None:
    town.correspondent(CITIZEN).send(LETTER, MAILBOX)
    town.imap.messages("director")
    with town.imap.connect("director") as client:
        client.select_folder("INBOX")
        assert len(client.search(["UNSEEN"])) == 1


def test_the_mailbox_hands_in_mail_with_its_own_login(town: MailTown) -> None:
    town.submit(b"From: director@bureau.example\r\n\r\nx\r\n", MAILBOX, CITIZEN, login="director")
    (raw,) = town.correspondent(CITIZEN).inbox()
    assert verdicts(raw) == ["mx.bureau.example; auth=pass smtp.auth=director"]
    assert town.smtp.transactions[0].login == "director"
