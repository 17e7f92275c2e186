"""Which Authentication-Results count: the pinned server's, above our own Received line, the topmost of each method."""

from __future__ import annotations

import pytest

from mailbox_worker.letter.authenticity import (
    OwnServer,
    counted_results,
    same_address,
    says_twice,
    sender_failed,
    sender_passed,
    sole_sender,
)
from tests.mailbox_worker.office import SERVER, mail

OWN = "Received: from client.example.org by mx.bureau.example with ESMTPSA id 1; Thu, 05 Mar 2026 09:00:00 +0800"
LMTP = "Received: from mx.bureau.example by store.bureau.example with LMTP id 2; Thu, 05 Mar 2026 09:00:01 +0800"
FOREIGN = "Received: from elsewhere by mail.example.org with ESMTP id 3; Thu, 05 Mar 2026 08:59:00 +0800"
GENUINE = "Authentication-Results: mx.bureau.example; auth=pass smtp.auth=chenjing"
FORGED = "Authentication-Results: mx.bureau.example; auth=pass smtp.auth=forged"
FROM = "From: chenjing@bureau.example"


def account(*headers: str, server: OwnServer = SERVER) -> str | None:
    """Give the account that the counted auth= result names."""
    result = counted_results(mail(*headers), server).get("auth")
    return None if result is None else result.properties.get("smtp.auth")


@pytest.mark.parametrize(
    "headers",
    [
        (GENUINE, OWN, FROM),
        (GENUINE, OWN, FOREIGN, FROM),
        (LMTP, GENUINE, OWN, FROM),
        ("Return-Path: <a@b.example>", LMTP, GENUINE, "X-Spam: no", OWN, FOREIGN, FROM),
        (GENUINE, LMTP, OWN, FROM),
        (GENUINE, FOREIGN, FROM),  # above the first Received line that is not ours
        (GENUINE.replace("mx.bureau.example", "MX.Bureau.Example"), OWN, FROM),
        (GENUINE.replace("; auth", " 1; auth"), OWN, FROM),
        ("Authentication-Results: other.example; auth=pass smtp.auth=other", GENUINE, OWN, FROM),
    ],
    ids=str,
)
def test_our_servers_result_above_its_received_line_counts(headers: tuple[str, ...]) -> None:
    assert account(*headers) == "chenjing"


@pytest.mark.parametrize(
    "headers",
    [
        (OWN, FORGED, FROM),  # what the sender wrote stands below our first line
        (LMTP, OWN, FORGED, FROM),
        (OWN, FORGED, FOREIGN, FROM),
        (OWN, FOREIGN, FORGED, FROM),
        (OWN, FROM, FORGED),
        (FOREIGN, FORGED, OWN, FROM),  # an own line below a foreign one is forged too
        (FOREIGN, OWN, FORGED, FROM),
        (FORGED, FROM),  # no Received line: nothing says what our server wrote
        (FROM,),
        ("Authentication-Results: mx.bureau.example.evil.example; auth=pass smtp.auth=x", OWN, FROM),
        ("Authentication-Results: evil-mx.bureau.example; auth=pass smtp.auth=x", OWN, FROM),
        ("Authentication-Results: auth=pass smtp.auth=x", OWN, FROM),
        ('Authentication-Results: other.example; x="mx.bureau.example; auth=pass smtp.auth=x"', OWN, FROM),
        ("X-Authentication-Results: mx.bureau.example; auth=pass smtp.auth=x", OWN, FROM),
        ("ARC-Authentication-Results: i=1; mx.bureau.example; auth=pass smtp.auth=x", OWN, FROM),
    ],
    ids=str,
)
def test_what_stands_elsewhere_or_names_another_server_does_not_count(headers: tuple[str, ...]) -> None:
    assert account(*headers) is None


def test_the_topmost_result_of_each_method_counts() -> None:
    upper = "Authentication-Results: mx.bureau.example; dmarc=fail header.from=bureau.example"
    lower = "Authentication-Results: mx.bureau.example; dmarc=pass header.from=bureau.example; auth=pass smtp.auth=x"
    counted = counted_results(mail(upper, lower, OWN, FROM), SERVER)
    assert (counted["dmarc"].result, counted["auth"].result) == ("fail", "pass")


@pytest.mark.parametrize(
    ("headers", "twice"),
    [
        ((GENUINE, OWN, FROM), False),
        ((GENUINE, OWN, FORGED, FROM), True),
        ((FORGED, GENUINE, OWN, FROM), True),
        ((OWN, FORGED, FROM), False),
        ((GENUINE + "; auth=pass smtp.auth=x", OWN, FROM), True),
        (("Authentication-Results: other.example; auth=pass smtp.auth=x", GENUINE, OWN, FROM), False),
        (("Authentication-Results: mx.bureau.example; spf=pass", GENUINE, OWN, FROM), False),
    ],
    ids=str,
)
def test_two_results_of_one_method_under_our_servers_name_are_noticed_wherever_they_stand(
    headers: tuple[str, ...], *, twice: bool
) -> None:
    assert says_twice(mail(*headers), SERVER, "auth") is twice


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("mx.bureau.example", True),
        ("MX.BUREAU.EXAMPLE.", True),
        ("store.internal.bureau.example", True),
        ("bureau.example", True),
        ("evilbureau.example", False),
        ("bureau.example.evil.example", False),
        ("", False),
    ],
)
def test_our_hosts_are_those_of_our_domain(host: str, *, own: bool) -> None:
    assert SERVER.is_own(host) is own


def test_an_authserv_id_that_is_no_host_of_the_domain_is_ours_all_the_same() -> None:
    hosted = OwnServer("node7.provider.example", "bureau.example")
    assert hosted.is_own("node7.provider.example")
    assert not hosted.is_own("node8.provider.example")


# Whether a From was found forged.


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ("dmarc=fail header.from=example.org", "failed"),
        ("dmarc=pass header.from=example.org", "passed"),
        ("dmarc=none header.from=example.org", "unknown"),
        ("dmarc=temperror header.from=example.org", "unknown"),
        # DMARC decides where it says anything.
        ("spf=pass smtp.mailfrom=a@example.org; dmarc=fail header.from=example.org", "failed"),
        ("spf=fail smtp.mailfrom=list.example; dmarc=pass header.from=example.org", "passed"),
        # Where it does not, the others do, if they are about the From's own domain.
        ("spf=pass smtp.mailfrom=a@example.org; dmarc=none", "passed"),
        ("spf=pass smtp.mailfrom=bounce.example.org", "passed"),
        ("dkim=pass header.d=example.org", "passed"),
        ("dkim=pass header.i=@example.org", "passed"),
        ("dkim=pass header.d=org", "unknown"),
        ("dkim=pass header.d=notexample.org", "unknown"),
        ("spf=pass smtp.mailfrom=a@elsewhere.example; dkim=pass header.d=elsewhere.example", "unknown"),
        ("spf=fail smtp.mailfrom=a@example.org", "failed"),
        ("spf=softfail smtp.mailfrom=a@example.org", "unknown"),
        ("dkim=fail header.d=example.org", "failed"),
        ("dkim=fail header.d=example.org; spf=pass smtp.mailfrom=a@example.org", "passed"),
        ("auth=none", "unknown"),
    ],
)
def test_F54_our_servers_results_say_whether_a_sender_is_proved_forged_or_neither(results: str, found: str) -> None:
    line = f"Authentication-Results: mx.bureau.example; {results}"
    sent = mail(line, OWN, "From: a@example.org")
    assert (sender_passed(sent, SERVER), sender_failed(sent, SERVER)) == (found == "passed", found == "failed")
    for nothing in ((mail(OWN, line, "From: a@example.org"), SERVER), (sent, None)):
        assert not sender_failed(*nothing)
        assert not sender_passed(*nothing)


def test_a_forged_pass_below_a_failure_changes_nothing() -> None:
    fail = "Authentication-Results: mx.bureau.example; dmarc=fail header.from=example.org"
    assert sender_failed(mail(fail, OWN, fail.replace("fail", "pass"), "From: a@example.org"), SERVER)


# Who wrote it.


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (("From: a@example.org",), "a@example.org"),
        (("From: =?utf-8?B?5byg5LiJ?= <a.b+c@Example.ORG>",), "a.b+c@example.org"),
        (("From: a@example.org, b@example.org",), None),
        (("From: a@example.org", "From: b@example.org"), None),
        (("From: a@example.org", "From: a@example.org"), None),
        (("Subject: x",), None),
        (("From: undisclosed-recipients:;",), None),
        (("From: friends: a@example.org;",), None),
        (("From: =?utf-8?B?5byg5LiJ?=: <a@example.org>",), "a@example.org"),
        (("From: a@localhost",), None),
        (('From: "a b"@example.org',), None),
        (("From: <@relay.example:a@example.org>",), None),
        (("From: a%b.example@example.org",), None),
        (("From: b.example!a@example.org",), None),
        (("Reply-To: c@example.org", "From: a@example.org"), "a@example.org"),
    ],
    ids=str,
)
def test_one_plain_address_in_one_from_field_is_the_sender(headers: tuple[str, ...], sender: str | None) -> None:
    assert sole_sender(mail(*headers)) == sender


def test_addresses_are_the_same_in_any_case_and_only_whole() -> None:
    assert same_address("ChenJing@bureau.example", ["chenjing@BUREAU.example"])
    assert not same_address("chenjing@bureau.example", ["xchenjing@bureau.example", "chenjing@bureau.example.org"])
    assert not same_address("chenjing@bureau.example", [])
