from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.authentication import AuthenticationResults, authentication_results, received_hosts
from mailbox_worker.mail.read import read_mail


def results(value: str) -> AuthenticationResults:
    (field,) = authentication_results(read_mail(f"Authentication-Results: {value}\r\n\r\nx".encode()))
    return field


def verdicts(value: str) -> list[tuple[str, str]]:
    return [(each.method, each.result) for each in results(value).results]


def test_a_field_is_read_with_comments_quotes_and_folds() -> None:
    field = results(
        'MX.Bureau.Example 1 (filter "a;b" (nested));\r\n\tauth=pass (plain) smtp.auth=chenjing;\r\n\t'
        'DKIM=Pass reason="2048;bit" header.d=example.org header.b=abc=; spf/1=fail smtp.mailfrom="a b"@x.org'
    )
    assert field.authserv_id == "mx.bureau.example"
    assert [(each.method, each.result, dict(each.properties)) for each in field.results] == [
        ("auth", "pass", {"smtp.auth": "chenjing"}),
        ("dkim", "pass", {"reason": "2048;bit", "header.d": "example.org", "header.b": "abc="}),
        ("spf", "fail", {"smtp.mailfrom": "a b@x.org"}),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "mx; spf=pass smtp.mailfrom=a@b.org (; dmarc=pass",
        'mx; spf=pass smtp.mailfrom="a@b.org; dmarc=pass',
        'mx; spf=none smtp.mailfrom="x; dmarc=pass header.from=b"@evil.example',
        "mx; spf=none (helo; dmarc=pass (x)) smtp.mailfrom=a@b.org",
        "mx; spf=none smtp.mailfrom=a@b.org dmarc=pass",
        "mx; spf=none smtp.helo=x\\; dmarc=pass y",
    ],
)
def test_F71_a_stranger_cannot_write_a_verdict_of_another_method(value: str) -> None:
    assert not any(method == "dmarc" for method, _ in verdicts(value))


def test_F71_encoded_words_in_the_field_forge_nothing() -> None:
    assert verdicts('mx; spf=none smtp.mailfrom="=?utf-8?q?a=22;_dmarc=3Dpass?="@x') == [("spf", "none")]


@pytest.mark.parametrize("value", ["mx; dmarc=pass header.from=b.org (never ends", 'mx; dmarc=pass header.from="b.org'])
def test_F71_a_field_with_an_open_comment_or_quote_says_nothing(value: str) -> None:
    assert results(value).results == ()


def test_no_result_and_no_authserv_id_are_read() -> None:
    assert results("mx.bureau.example; none").results == ()
    field = results("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dmarc=none action=none")
    assert field.authserv_id == ""
    assert [each.method for each in field.results] == ["spf", "dmarc"]


def test_positions_tell_which_field_stands_above_which() -> None:
    mail = read_mail(
        b"Received: from mx (unknown [192.0.2.1] by evil) by MX.bureau.example. (Postfix) with ESMTP id 1;\r\n"
        b"\tMon, 02 Mar 2026 09:12:40 +0800 (CST)\r\n"
        b"Authentication-Results: mx.bureau.example; dmarc=pass\r\n"
        b"Received: from by mx.bureau.example (forged) by evil.example; no date\r\n"
        b"Received: (qmail 17 invoked by uid 0)\r\n\r\n"
    )
    first, second, third = received_hosts(mail)
    china = timezone(timedelta(hours=8))
    assert (first.position, first.by_host) == (0, "mx.bureau.example")
    assert first.when == datetime(2026, 3, 2, 9, 12, 40, tzinfo=china)
    assert (second.position, second.by_host, second.when) == (2, "", None)
    assert (third.position, third.by_host) == (3, "")
    assert authentication_results(mail)[0].position == 1
    assert authentication_results(mail)[0].results[0].position == 1


@given(st.text(max_size=200))
def test_nothing_in_these_fields_raises(value: str) -> None:
    raw = (
        b"Authentication-Results: "
        + value.encode("utf-8", "replace")
        + b"\nReceived: "
        + value.encode("utf-8", "replace")
    )
    mail = read_mail(raw + b"\n\n")
    authentication_results(mail)
    received_hosts(mail)
