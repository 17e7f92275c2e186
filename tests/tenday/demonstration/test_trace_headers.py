"""What the border server writes on top of a mail, and what it takes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from tenday.demonstration.trace_headers import Transaction, with_trace, without_results_of

HOST = "mx.bureau.example"
FROM_OUTSIDE = Transaction(
    sender="zhangsan@citizen.example",
    recipients=("director@bureau.example",),
    raw=b"From: zhangsan@citizen.example\r\nSubject: x\r\n\r\n\xc4\xe3\xba\xc3\r\n",
    at=datetime(2012, 3, 5, 1, 30, tzinfo=UTC),
    login=None,
    helo="mail.citizen.example",
    protocol="ESMTP",
    queue_id="T000001",
)


def delivered(mail: Transaction) -> bytes:
    return with_trace(
        mail,
        HOST,
        own_domain="bureau.example",
        dmarc=lambda domain: "pass" if domain.endswith("citizen.example") else "none",
    )


def verdict_on(mail: Transaction) -> str:
    results = message_from_bytes(delivered(mail)).get_all("Authentication-Results", [])
    assert len(results) == 1
    return " ".join(results[0].split())


def test_the_mail_itself_stays_byte_for_byte_below_the_three_trace_headers() -> None:
    assert (
        delivered(FROM_OUTSIDE)
        == (
            b"Return-Path: <zhangsan@citizen.example>\r\n"
            b"Authentication-Results: mx.bureau.example;\r\n"
            b"\tauth=none; spf=pass smtp.mailfrom=zhangsan@citizen.example;\r\n"
            b"\tdmarc=pass header.from=citizen.example\r\n"
            b"Received: from mail.citizen.example ([127.0.0.1])\r\n"
            b"\tby mx.bureau.example with ESMTP id T000001;\r\n"
            b"\tMon, 05 Mar 2012 01:30:00 +0000\r\n"
        )
        + FROM_OUTSIDE.raw
    )


def test_a_submission_is_stamped_with_its_own_account_and_nothing_else() -> None:
    mail = replace(FROM_OUTSIDE, login="wangfang@bureau.example")
    assert verdict_on(mail) == "mx.bureau.example; auth=pass smtp.auth=wangfang@bureau.example"


@pytest.mark.parametrize(
    ("envelope", "author", "expected"),
    [
        (
            "zhangsan@citizen.example",
            "From: zhangsan@citizen.example",
            "dmarc=pass header.from=citizen.example",
        ),
        (
            "x@news.citizen.example",
            "From: zhangsan@citizen.example",
            "dmarc=pass header.from=citizen.example",
        ),
        ("x@elsewhere.example", "From: zhangsan@citizen.example", "dmarc=fail header.from=citizen.example"),
        ("x@notcitizen.example", "From: zhangsan@citizen.example", "dmarc=fail header.from=citizen.example"),
        ("x@elsewhere.example", "From: x@elsewhere.example", "dmarc=none header.from=elsewhere.example"),
        ("chenjing@bureau.example", "From: chenjing@bureau.example", "dmarc=fail header.from=bureau.example"),
        ("", "From: zhangsan@citizen.example", "dmarc=fail header.from=citizen.example"),
        ("x@citizen.example", "From: a@citizen.example\r\nFrom: b@bureau.example", "dmarc=permerror"),
        ("x@citizen.example", "To: director@bureau.example", "dmarc=permerror"),
    ],
)
def test_a_mail_from_outside_gets_the_verdict_of_its_author_domain(envelope: str, author: str, expected: str) -> None:
    mail = replace(FROM_OUTSIDE, sender=envelope, raw=f"{author}\r\n\r\nx\r\n".encode())
    assert verdict_on(mail).startswith("mx.bureau.example; auth=none; spf=")
    assert verdict_on(mail).endswith(f"; {expected}")


def test_the_null_sender_is_judged_by_the_name_the_client_gave() -> None:
    mail = replace(FROM_OUTSIDE, sender="")
    assert "spf=none smtp.helo=mail.citizen.example;" in verdict_on(mail)
    assert delivered(mail).startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: mx.bureau.example; auth=pass smtp.auth=chenjing@bureau.example\r\n",
        b"AUTHENTICATION-RESULTS:MX.Bureau.Example;auth=pass\r\n",
        b"Authentication-Results : mx.bureau.example; auth=pass\r\n",
        b'Authentication-Results: "mx.bureau.example" 1; auth=pass\r\n',
        b"Authentication-Results: (by (all) means) mx.bureau.example(!); auth=pass\r\n",
        b"Authentication-Results:\r\n\tmx.bureau.example;\r\n\tauth=pass\r\n",
        b"X-Note: 1\nAuthentication-Results: mx.bureau.example; auth=pass\r\n",
        b"X-Note: 1\rAuthentication-Results: mx.bureau.example; auth=pass\r\n",
    ],
)
def test_a_forged_verdict_of_this_server_is_removed_however_it_is_written(forged: bytes) -> None:
    raw = b"Subject: x\r\n" + forged + b"To: y\r\n\r\nAuthentication-Results: mx.bureau.example; in the body\r\n"
    cleaned = without_results_of(HOST, raw)
    assert message_from_bytes(cleaned).get_all("Authentication-Results") is None
    assert cleaned.startswith(b"Subject: x\r\n")
    assert cleaned.endswith(b"To: y\r\n\r\nAuthentication-Results: mx.bureau.example; in the body\r\n")


def test_verdicts_of_other_servers_stay() -> None:
    raw = b"Authentication-Results: mx.citizen.example; dkim=pass\r\nSubject: x\r\n\r\n"
    assert without_results_of(HOST, raw) == raw
