"""What wears out is told before it stops the worker: room in the mailbox, certificates, the disk; and silence itself.

A real Dovecot with a quota, real certificates that end soon, a real second mail server; only the clock is the test's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from mailbox_worker.condition import EXPIRES_SOON
from mailbox_worker.doctor import Grade, examine
from mailbox_worker.ledger.standing import all_standing
from mailbox_worker.loop import tick
from mailbox_worker.mail.read import read_mail
from mailbox_worker.todo import ALARMS, to_do
from tenday.demonstration.imap_server import ImapServer
from tenday.demonstration.mail_town import Tls
from tenday.demonstration.smtp_server import SmtpServer
from tests.mailbox_worker.desk_at_work import open_desk, staff_mail
from tests.servers.dovecot import HOST, Dovecot
from tests.servers.failing_smtp import FailingSmtp
from tests.servers.own_process import server_folder, write_for_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbox_worker.config import Imap
    from mailbox_worker.desk import Desk
    from tenday.demonstration.imap_accounts import ImapAccounts

USERS = {"director": "only-here"}
AN_HOUR = timedelta(hours=1)
QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_rule = *:storage=100K
  quota_vsizes = yes
}
"""


@pytest.fixture
def rung(tmp_path: Path) -> Path:
    """Give the file that the second channel's command writes to, and the command beside it."""
    command = tmp_path / "ring"
    command.write_text(f"#!/bin/sh\ncat >> {tmp_path}/rung\n", encoding="utf-8")
    command.chmod(0o755)
    (tmp_path / "rung").touch()
    return tmp_path / "rung"


def by_command(rung: Path) -> str:
    return f"alarm: {{command: [{rung.parent}/ring], silent_after_minutes: 30}}"


@contextmanager
def at_desk(folder: Path, server: ImapAccounts, smtp_port: int, more: str) -> Iterator[Desk]:
    """Open a desk whose mailbox lies on this server."""
    (folder / "office").mkdir()
    with open_desk(folder / "office", smtp_port, more=more) as desk:
        yield with_imap(desk, server.port, server)


def with_imap(desk: Desk, port: int, server: ImapAccounts) -> Desk:
    ca_file = str(server.ca_file) if server.ca_file is not None else None
    there = {"host": server.host, "port": port, "security": server.security, "ca_file": ca_file}
    return _changed(desk, "imap", there)


def _changed(desk: Desk, which: str, values: dict[str, Any]) -> Desk:
    mailbox = desk.config.mailbox
    login: Imap = getattr(mailbox, which).model_copy(update=values)
    return replace(desk, config=desk.config.model_copy(update={"mailbox": mailbox.model_copy(update={which: login})}))


@contextmanager
def certificate(lasts: timedelta) -> Iterator[Tls]:
    """Make an authority and a certificate of it that ends so soon."""
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1", HOST, not_after=datetime.now(UTC) + lasts)
    with server_folder("tls") as folder:
        files = Tls(folder / "certificate.pem", folder / "authority.pem")
        write_for_server(files.certificate, made.private_key_and_cert_chain_pem.bytes().decode())
        write_for_server(files.authority, authority.cert_pem.bytes().decode())
        yield files


def alarms(desk: Desk) -> list[str]:
    with desk.ledger.read() as connection:
        return [name.removeprefix(ALARMS) for name in all_standing(connection, ALARMS)]


def told_to(desk: Desk, person: str, now: datetime) -> tuple[str, ...]:
    with desk.ledger.read() as connection:
        return to_do(desk, connection, desk.content.staff.people[person], now).alarms


@pytest.mark.dovecot
def test_THREAT_23_a_mailbox_that_is_nearly_full_rings_once_then_stands_in_the_digest_until_there_is_room(
    tmp_path: Path, rung: Path, tls: Tls
) -> None:
    now = datetime.now(UTC)
    with (
        Dovecot(USERS, tls, further=QUOTA) as server,
        FailingSmtp({}) as smtp,
        at_desk(tmp_path, server, smtp.port, by_command(rung)) as desk,
    ):
        tick(desk, now)
        assert alarms(desk) == []
        server.append("director", b"Subject: x\r\n\r\n" + b"x" * 93_000, now, folder="INBOX")
        for minutes in (30, 60, 120, 180):
            tick(desk, now + timedelta(minutes=minutes))
        assert rung.read_text(encoding="utf-8").count("容量快用完了") == 1
        assert told_to(desk, "wang-fang", now) == ("alarm:quota",)
        (quota,) = [finding for finding in examine(desk) if finding.what == "quota"]
        assert quota.grade is Grade.BAD
        with server.connect("director") as client:
            for folder in ("INBOX", "Processed"):
                client.select_folder(folder)
                client.delete_messages(client.search())
                client.expunge()
        tick(desk, now + timedelta(hours=5))
        assert alarms(desk) == []


@pytest.mark.dovecot
@pytest.mark.parametrize(("lasts", "expected"), [(13, ["imap-certificate"]), (30, [])])
def test_a_certificate_of_the_mailbox_that_ends_soon_rings_once(
    tmp_path: Path, rung: Path, lasts: int, expected: list[str]
) -> None:
    now = datetime.now(UTC)
    with (
        certificate(timedelta(days=lasts)) as tls,
        Dovecot(USERS, tls) as server,
        FailingSmtp({}) as smtp,
        at_desk(tmp_path, server, smtp.port, by_command(rung)) as desk,
    ):
        for hours in (0, 2, 4):
            tick(desk, now + hours * AN_HOUR)
        assert alarms(desk) == expected
        assert rung.read_text(encoding="utf-8").count("证书快到期了") == len(expected)
        (finding,) = [finding for finding in examine(desk) if finding.what == "imap certificate"]
        assert finding.grade is (Grade.BAD if expected else Grade.GOOD)


def test_a_certificate_of_the_sending_server_that_ends_soon_rings_once(tmp_path: Path, rung: Path) -> None:
    now, taken = datetime.now(UTC), list[str]()
    with certificate(EXPIRES_SOON - timedelta(days=1)) as tls:
        smtp = SmtpServer(
            lambda recipient, _raw, _at: taken.append(recipient),
            lambda: now,
            accounts={},
            knows=lambda _: True,
            dmarc=lambda _: "none",
            domain="bureau.example",
            implicit_tls=tls.for_servers(),
        )
        with (
            smtp,
            ImapServer(USERS) as server,
            at_desk(tmp_path, server, 1, by_command(rung)) as opened,
        ):
            there = {"host": smtp.host, "port": smtp.port, "security": "tls", "ca_file": str(tls.authority)}
            desk = _changed(opened, "smtp", there)
            staff_mail(desk, "any", now=now)
            for hours in (0, 2):
                tick(desk, now + hours * AN_HOUR)
            assert taken
            assert alarms(desk) == ["smtp-certificate"]
    assert rung.read_text(encoding="utf-8").count("发信服务器的证书快到期了") == 1


def test_silence_is_told_once_through_another_mail_server_and_that_it_is_over_stands_among_the_events(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    with FailingSmtp({}) as other, FailingSmtp({}) as smtp, ImapServer(USERS) as server:
        second = f"{{host: 127.0.0.1, port: {other.port}, security: none, sender: tenday@elsewhere.example"
        more = f"alarm: {{silent_after_minutes: 30, smtp: {second}, to: [it@elsewhere.example]}}}}"
        with at_desk(tmp_path, server, smtp.port, more) as desk:
            tick(desk, now)
            deaf = with_imap(desk, 1, server)
            for minutes in (10, 29):
                tick(deaf, now + timedelta(minutes=minutes))
            assert other.taken == []
            for minutes in (30, 40, 90):
                tick(deaf, now + timedelta(minutes=minutes))
            (alarm,) = [read_mail(raw) for raw in other.taken]
            assert alarm.to[0].addr_spec == "it@elsewhere.example"
            assert "信箱收信已中断" in alarm.subject
            assert told_to(desk, "wang-fang", now) == ("alarm:polled",)
            tick(desk, now + timedelta(minutes=100))
            assert alarms(desk) == []
            for minutes in (110, 131):
                tick(deaf, now + timedelta(minutes=minutes))
            assert len(other.taken) == 2, "a new silence is a new alarm"


def test_mail_that_does_not_get_out_for_the_stated_time_is_told_by_command(tmp_path: Path, rung: Path) -> None:
    now = datetime.now(UTC)
    with ImapServer(USERS) as server, at_desk(tmp_path, server, 1, by_command(rung)) as desk:
        staff_mail(desk, "waits", now=now)
        for minutes in (0, 29):
            tick(desk, now + timedelta(minutes=minutes))
        assert rung.read_text(encoding="utf-8") == ""
        for minutes in (31, 60):
            tick(desk, now + timedelta(minutes=minutes))
    assert rung.read_text(encoding="utf-8").count("发信已中断") == 1


def test_a_disk_that_is_nearly_full_rings_before_it_is(
    tmp_path: Path, rung: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with (
        ImapServer(USERS) as server,
        FailingSmtp({}) as smtp,
        at_desk(tmp_path, server, smtp.port, by_command(rung)) as desk,
    ):
        tick(desk, now)
        assert alarms(desk) == []
        # The disk is the machine's; what it has left is the one thing that is pretended here.
        monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**20}))
        for minutes in (1, 2):
            tick(desk, now + timedelta(minutes=minutes))
        assert alarms(desk) == ["disk"]
    assert rung.read_text(encoding="utf-8").count("磁盘快满了") == 1
