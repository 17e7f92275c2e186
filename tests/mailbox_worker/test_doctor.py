"""What the doctor finds on a real Dovecot and says of an SMTP server, each with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailbox_worker.doctor import Finding, Grade, examine
from mailbox_worker.reply.making import make_planned
from tests.mailbox_worker.intake.conftest import content, open_room, servers
from tests.mailbox_worker.intake.faulty_wire import FaultyWire
from tests.mailbox_worker.intake.mailroom import Mailroom, large_letter, letter
from tests.servers.failing_smtp import FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = ["content", "open_room", "servers"]  # fixtures
pytestmark = pytest.mark.dovecot
Servers = "Callable[[str], tuple[ImapAccounts, Iterator[str]]]"
EHLO = "250-smtp.example\r\n250-SIZE 524288\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN"


def found(room: Mailroom) -> dict[str, Finding]:
    """Give every finding by its name."""
    return {finding.what: finding for finding in examine(room.desk)}


def test_a_mailbox_that_is_nearly_full_is_told_with_what_to_do(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot with quota")
    room.arrive(large_letter(1, 300_000))
    room.take_in()
    assert found(room)["quota"] == Finding("quota", Grade.GOOD, "29% used")
    room.arrive(large_letter(2, 650_000))
    room.take_in()
    full = found(room)["quota"]
    assert (full.grade, full.found) == (Grade.BAD, "91% used")
    assert "archive processed mail or ask for more room" in full.advice


def test_a_server_that_tells_no_quota_is_no_fault(open_room: Callable[..., Mailroom]) -> None:
    assert found(open_room("dovecot"))["quota"] == Finding("quota", Grade.GOOD, "the server tells none")


def test_each_capability_that_lacks_is_named_with_what_that_means(open_room: Callable[..., Mailroom]) -> None:
    findings = found(open_room("dovecot without MOVE and UIDPLUS and IDLE"))
    for name in ("MOVE", "UIDPLUS", "IDLE"):
        assert (findings[f"imap {name}"].grade, findings[f"imap {name}"].found) == (Grade.POOR, "no")
        assert findings[f"imap {name}"].advice
    assert findings["imap ID"].found == "yes"


@pytest.fixture
def plain_wire(servers: Any) -> Iterator[FaultyWire]:
    server, _ = servers("plain dovecot")
    with FaultyWire(server.host, server.starttls_port) as wire:
        yield wire


def test_an_inbox_in_which_nothing_may_be_marked_is_told(
    plain_wire: FaultyWire, open_room: Callable[..., Mailroom]
) -> None:
    room = open_room("plain dovecot", host="127.0.0.1", port=plain_wire.port, security="none")
    assert "inbox flags" not in found(room)
    plain_wire.answers = lambda data: data.replace(b" MOVE", b"").replace(
        b"PERMANENTFLAGS (\\Answered \\Flagged \\Deleted", b"PERMANENTFLAGS (\\Answered \\Flagged"
    )
    told = found(room)["inbox flags"]
    assert (told.grade, told.found) == (Grade.POOR, "mail cannot be marked")
    assert "check the rights" in told.advice


def test_THREAT_11_copies_of_our_own_mail_in_the_sent_folder_are_told(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot")
    room.arrive(letter(1))
    room.arrive(letter(2, From="director@bureau.example"), folder="Sent")
    room.take_in()
    assert "sent folder" not in found(room)
    make_planned(room.desk, room.now)
    room.arrive(letter(3, X_Tenday_Kind="acknowledgement"), folder="Sent")
    told = found(room)["sent folder"]
    assert (told.grade, told.found) == (Grade.POOR, "1 copies of our own mail in Sent")
    assert "tokens and query codes" in told.advice


def test_the_way_out_is_looked_at_without_sending_anything(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot")
    with FailingSmtp({"ehlo": EHLO}) as server:
        smtp = room.desk.config.mailbox.smtp.model_copy(update={"port": server.port})
        mailbox = room.desk.config.mailbox.model_copy(update={"smtp": smtp})
        room.desk = room.desk.__class__(
            room.desk.config.model_copy(update={"mailbox": mailbox}), room.desk.content, room.desk.ledger
        )
        findings = found(room)
    assert findings["smtp AUTH"].found == "PLAIN LOGIN, not used: no username is configured"
    assert findings["smtp login"].found.endswith("no TLS (this machine only)")
    assert (findings["smtp SIZE"].grade, findings["smtp SIZE"].found) == (Grade.BAD, "mails up to 0.5 MiB")
    assert "ask for a larger limit" in findings["smtp SIZE"].advice
    assert findings["smtp 8BITMIME"].found == "yes"
    assert findings["smtp SMTPUTF8"].found.startswith("no;")
    assert "DATA" not in server.commands


def test_a_way_out_that_cannot_be_reached_is_one_finding_and_hides_no_other(open_room: Callable[..., Mailroom]) -> None:
    findings = found(open_room("dovecot"))
    assert findings["smtp login"].grade is Grade.AWAY
    assert findings["imap login"].grade is Grade.GOOD
