"""The embedded SMTP server answers as an office's border server does."""

from __future__ import annotations

import smtplib
import socket
import ssl
import struct
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from tenday.demonstration.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenday.demonstration.mail_town import Tls

CLERK = "wangfang@bureau.example"
DIRECTOR = "director@bureau.example"
CITIZEN = "zhangsan@citizen.example"
AT = datetime(2012, 3, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
RAW = b"From: zhangsan@citizen.example\r\n\r\nx\r\n"


@contextmanager
def server_delivering_to(
    deliver: Callable[[str, bytes, datetime], None],
    *,
    implicit_tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
) -> Iterator[SmtpServer]:
    with SmtpServer(
        deliver,
        lambda: AT,
        accounts={CLERK: "right"},
        knows={CLERK, DIRECTOR}.__contains__,
        dmarc=lambda _: "pass",
        implicit_tls=implicit_tls,
        starttls=starttls,
    ) as server:
        yield server


def refuse(_recipient: str, _raw: bytes, _at: datetime) -> None:
    raise OSError("the disk is full")


def discard(_recipient: str, _raw: bytes, _at: datetime) -> None:
    """Take the mail."""


def connect(server: SmtpServer) -> smtplib.SMTP:
    return smtplib.SMTP(server.host, server.port, local_hostname="client.example", timeout=20)


def test_each_recipient_gets_a_copy_with_the_time_of_the_clock() -> None:
    delivered: list[tuple[str, datetime]] = []
    with (
        server_delivering_to(lambda to, _, at: delivered.append((to, at))) as server,
        connect(server) as client,
    ):
        client.sendmail(CITIZEN, [DIRECTOR, CLERK], RAW)
    assert delivered == [(DIRECTOR, AT), (CLERK, AT)]


def test_an_unknown_recipient_is_refused_with_550_and_the_others_still_get_their_copy() -> None:
    delivered: list[str] = []
    with server_delivering_to(lambda to, *_: delivered.append(to)) as server, connect(server) as client:
        refused = client.sendmail(CITIZEN, ["nobody@bureau.example", DIRECTOR], RAW)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(CITIZEN, ["nobody@bureau.example"], RAW)
    assert refused["nobody@bureau.example"][0] == 550
    assert delivered == [DIRECTOR]


def test_a_failed_delivery_is_answered_with_try_later_and_is_no_accepted_transaction(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        server_delivering_to(refuse) as server,
        connect(server) as client,
        pytest.raises(smtplib.SMTPDataError) as answer,
    ):
        client.sendmail(CITIZEN, [DIRECTOR], RAW)
    assert answer.value.smtp_code == 451
    assert server.transactions == ()
    assert "the disk is full" in caplog.text


def test_transactions_keep_envelope_login_and_the_bytes_as_they_came() -> None:
    raw = "From: 张三 <zhangsan@citizen.example>\r\n\r\n.一行\r\n".encode()
    with server_delivering_to(discard) as server, connect(server) as client:
        client.login(CLERK, "right")
        client.sendmail("", [DIRECTOR], raw, mail_options=["BODY=8BITMIME", "SMTPUTF8"])
    (transaction,) = server.transactions
    assert (transaction.sender, transaction.recipients, transaction.raw) == ("", (DIRECTOR,), raw)
    assert (transaction.login, transaction.at, transaction.protocol) == (CLERK, AT, "UTF8SMTPA")


def test_a_wrong_password_is_refused_with_535(caplog: pytest.LogCaptureFixture) -> None:
    with (
        server_delivering_to(discard) as server,
        connect(server) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as answer,
    ):
        client.login(CLERK, "wrong")
    assert answer.value.smtp_code == 535
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_with_starttls_a_password_is_taken_over_tls_only(tls: Tls) -> None:
    with server_delivering_to(discard, starttls=tls.for_servers()) as server, connect(server) as client:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            client.login(CLERK, "right")
        client.starttls(context=tls.for_clients())
        client.login(CLERK, "right")
        client.sendmail(CLERK, [DIRECTOR], RAW)
    assert server.transactions[0].protocol == "ESMTPSA"


def test_with_implicit_tls_a_client_that_trusts_the_authority_may_log_in(tls: Tls) -> None:
    with (
        server_delivering_to(discard, implicit_tls=tls.for_servers()) as server,
        smtplib.SMTP_SSL(server.host, server.port, timeout=20, context=tls.for_clients()) as client,
    ):
        client.login(CLERK, "right")
        client.sendmail(CLERK, [DIRECTOR], RAW)
    assert server.transactions[0].login == CLERK
    assert server.transactions[0].protocol == "ESMTPSA"


def test_with_implicit_tls_a_client_that_trusts_another_authority_stays_out(tls: Tls) -> None:
    with (
        server_delivering_to(discard, implicit_tls=tls.for_servers()) as server,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        smtplib.SMTP_SSL(server.host, server.port, timeout=20, context=ssl.create_default_context())


def test_a_client_that_is_killed_in_the_middle_of_a_mail_does_not_trouble_the_next() -> None:
    delivered: list[str] = []
    with server_delivering_to(lambda to, *_: delivered.append(to)) as server:
        for _ in range(3):
            client = connect(server)
            client.ehlo()
            client.mail(CITIZEN)
            client.rcpt(DIRECTOR)
            client.putcmd("data")
            client.getreply()
            client.send(b"From: half a mail")
            reset(client.sock)
        with connect(server) as client:
            client.sendmail(CITIZEN, [DIRECTOR], RAW)
    assert delivered == [DIRECTOR]


def reset(connection: socket.socket | None) -> None:
    """Break the connection as a kernel does when its program was killed with data still unread."""
    assert connection is not None
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_no_thread_is_left_after_the_end_even_with_a_client_in_the_middle_of_a_mail() -> None:
    before = threading.active_count()
    with server_delivering_to(discard) as server:
        client = connect(server)
        client.ehlo()
        client.mail(CITIZEN)
        client.rcpt(DIRECTOR)
        client.putcmd("data")
        client.getreply()
        client.send(b"From: half a mail")
    assert threading.active_count() == before
    client.close()
