"""The Dovecot that the other tests rely on is what it claims to be."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from tests.servers.dovecot import Dovecot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenday.demonstration.mail_town import Tls

pytestmark = pytest.mark.dovecot

USERS = {"director": "right", "wangfang@bureau.example": "also-right"}
RAW = "From: 张三 <zhangsan@example.org>\r\nSubject: x\r\n\r\n".encode() + "投诉".encode("gb18030") + b"\r\n"
AT = datetime(2012, 3, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def dovecot(start_dovecot: Callable[..., Dovecot]) -> Dovecot:
    return start_dovecot(USERS)


def test_a_client_that_trusts_the_authority_gets_in_over_tls(dovecot: Dovecot) -> None:
    with dovecot.connect("wangfang@bureau.example") as client:
        assert client.folder_exists("INBOX")


def test_a_client_that_trusts_another_authority_stays_out(dovecot: Dovecot) -> None:
    other = ssl.create_default_context()
    trustme.CA().configure_trust(other)
    for trust in (other, ssl.create_default_context()):
        with pytest.raises(ssl.SSLCertVerificationError):
            IMAPClient(dovecot.host, dovecot.imaps_port, ssl_context=trust, timeout=20)


def test_a_client_that_expects_another_name_stays_out(dovecot: Dovecot, tls: Tls) -> None:
    with (
        socket.create_connection((dovecot.host, dovecot.imaps_port), timeout=20) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match=r"not valid for 'mail\.elsewhere\.example'"),
    ):
        tls.for_clients().wrap_socket(plain, server_hostname="mail.elsewhere.example")


def test_a_password_is_refused_before_starttls_and_taken_after_it(dovecot: Dovecot, tls: Tls) -> None:
    with IMAPClient(dovecot.host, dovecot.starttls_port, ssl=False, timeout=20) as client:
        assert client.has_capability("LOGINDISABLED")
        with pytest.raises(LoginError):
            client.login("director", "right")
        client.starttls(tls.for_clients())
        client.login("director", "right")
        assert client.folder_exists("INBOX")


def test_a_wrong_password_is_refused(dovecot: Dovecot, tls: Tls) -> None:
    with (
        IMAPClient(dovecot.host, dovecot.imaps_port, ssl_context=tls.for_clients(), timeout=20) as client,
        pytest.raises(LoginError),
    ):
        client.login("director", "wrong")


def test_a_mail_keeps_its_bytes_and_its_internal_date(dovecot: Dovecot) -> None:
    dovecot.append("director", RAW, AT)
    (mail,) = dovecot.messages("director")
    assert mail.raw == RAW
    assert mail.internal_date == AT


def test_an_internal_date_in_the_future_becomes_now(dovecot: Dovecot) -> None:
    dovecot.append("director", RAW, datetime.now(UTC) + timedelta(days=3))
    (mail,) = dovecot.messages("director")
    assert abs(mail.internal_date - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_mail_moves_into_a_folder_with_a_chinese_name(dovecot: Dovecot) -> None:
    dovecot.append("director", RAW, AT)
    with dovecot.connect("director") as client:
        client.create_folder("已处理")
        client.select_folder("INBOX")
        client.move(client.search(), "已处理")
    assert dovecot.folders("director") == ["INBOX", "已处理"]
    assert dovecot.messages("director") == []
    (mail,) = dovecot.messages("director", "已处理")
    assert (mail.raw, mail.internal_date) == (RAW, AT)


def test_it_can_be_one_that_has_neither_move_nor_uidplus(start_dovecot: Callable[..., Dovecot]) -> None:
    poor = start_dovecot(USERS, without=("MOVE", "UIDPLUS"))
    with poor.connect("director") as client:
        assert not client.has_capability("UIDPLUS")
        assert client.has_capability("IDLE")
        client.select_folder("INBOX")
        with pytest.raises(CapabilityError):
            client.move([1], "INBOX")


def test_two_run_side_by_side_and_share_nothing(start_dovecot: Callable[..., Dovecot]) -> None:
    one, other = start_dovecot(USERS), start_dovecot(USERS)
    one.append("director", RAW, AT)
    assert other.messages("director") == []


def test_nothing_of_it_is_left_when_a_test_fails(tls: Tls) -> None:
    with contextlib.ExitStack() as clients:
        folder, group = fail_beside_a_dovecot(tls, clients)
    assert not folder.exists()
    assert group not in [running for running, _ in running_groups()]


def fail_beside_a_dovecot(tls: Tls, clients: contextlib.ExitStack) -> tuple[Path, int]:
    with contextlib.suppress(ZeroDivisionError), Dovecot(USERS, tls) as dovecot:
        clients.callback(dovecot.connect("director").shutdown)
        (group,) = (group for group, command in running_groups() if str(dovecot.folder) in command)
        assert len([running for running, _ in running_groups() if running == group]) > 3
        _ = 1 / 0
    return dovecot.folder, group


def running_groups() -> list[tuple[int, str]]:
    """Return process group and command line of everything that runs here; a zombie has no command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            if command := (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                found.append((os.getpgid(int(process.name)), command))
    return found
