"""What servers of this country do: Unsafe Login, no UIDVALIDITY, folder names in Chinese, no IDLE, silence.

The server is a real Dovecot, spoken to without TLS where a wire in between has to read or change what is said.
"""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from mailbox_worker import service
from mailbox_worker.intake.take_in import wait_for_mail
from mailbox_worker.ledger.tables import arrivals, letters
from mailbox_worker.mail.troubles import NotAccepted, Unreachable
from tests.mailbox_worker.intake.conftest import SERVERS
from tests.mailbox_worker.intake.faulty_wire import Cut, FaultyWire
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter
from tests.mailbox_worker.intake.racing import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenday.demonstration.imap_accounts import ImapAccounts

pytestmark = pytest.mark.dovecot
AT_ONCE = 5.0  # seconds in which something that needs no waiting is over


@pytest.fixture
def wire(servers: Callable[[str], tuple[ImapAccounts, Iterator[str]]]) -> Iterator[FaultyWire]:
    server, _ = servers("plain dovecot")
    with FaultyWire(server.host, server.starttls_port) as faulty:  # type: ignore[attr-defined]  # a Dovecot has one
        yield faulty


@pytest.fixture
def room(wire: FaultyWire, open_room: Callable[..., Mailroom]) -> Mailroom:
    return open_room("plain dovecot", host="127.0.0.1", port=wire.port, security="none", timeout_seconds=1)


def unsafe_login(wire: FaultyWire) -> Callable[[bytes], bytes]:
    """Answer as 163 and 126 do: whoever has not said who it is may log in, and then see no folder."""

    def answer(data: bytes) -> bytes:
        if any(command.startswith(b"ID ") for command in wire.heard):
            return data
        refused = rb"\1 NO \2 Unsafe Login. Please contact kefu@188.com for help\r\n"
        return re.sub(rb"(?m)^(\w+) OK .*?(Select|Status|Examine) completed.*\r\n", refused, data)

    return answer


def test_F21_the_worker_says_who_it_is_before_it_selects_a_folder(wire: FaultyWire, room: Mailroom) -> None:
    wire.answers = unsafe_login(wire)
    room.arrive(letter(1))
    room.take_in()
    assert room.logged() == [letter(1)]
    verbs = [command.split()[0].upper() for command in wire.heard if command]
    assert verbs.index(b"LOGIN") < verbs.index(b"ID") < min(verbs.index(b"SELECT"), verbs.index(b"STATUS"))
    (said,) = [command for command in wire.heard if command.startswith(b"ID ")]
    assert b'"name" "tenday"' in said


@pytest.mark.parametrize("value", [b"[UIDVALIDITY 0]", b""], ids=["0", "missing"])
def test_THREAT_15_without_uidvalidity_the_bytes_decide(wire: FaultyWire, room: Mailroom, value: bytes) -> None:
    in_status = b"UIDVALIDITY 0" if value else b""

    def numberless(data: bytes) -> bytes:
        said = re.sub(rb"\[UIDVALIDITY \d+\]", value, data)
        return re.sub(rb"\(([^()]*)UIDVALIDITY \d+", rb"(\1" + in_status, said)

    wire.answers = numberless
    raws = [letter(1), letter(2)]
    room.arrive(*raws)
    for _ in range(3):
        room.take_in()
    assert (room.logged(), room.count(letters), room.acknowledgements()) == (raws, 2, 2)
    assert (room.lies_in(), sorted(room.lies_in("Processed"))) == ([], raws)
    room.arrive(letter(3))
    room.take_in()
    assert (room.count(arrivals), room.alarms()) == (3, [])


@pytest.mark.parametrize("kind", SERVERS)
def test_folders_may_have_chinese_names(open_room: Callable[..., Mailroom], kind: str) -> None:
    room = open_room(kind, folder="局长信箱", processed_folder="已处理 & 存档", junk_folder="垃圾邮件")
    room.arrive(letter(1), folder="局长信箱")
    room.arrive(letter(2), folder="垃圾邮件")
    room.take_in()
    room.take_in()
    assert room.dispositions() == ["letter", "to_person"]
    can_move = kind != "dovecot without MOVE and UIDPLUS"
    assert room.lies_in("已处理 & 存档" if can_move else "局长信箱") == [letter(1)]
    assert room.lies_in("垃圾邮件") == [letter(2)]


def test_starttls_is_verified_like_tls_from_the_first_byte(open_room: Callable[..., Mailroom]) -> None:
    known = open_room("dovecot")
    port = known.server.starttls_port  # type: ignore[attr-defined]  # a Dovecot has one
    room = open_room("dovecot", security="starttls", port=port)
    room.arrive(letter(1))
    room.take_in()
    assert room.dispositions() == ["letter"]
    stranger = open_room("dovecot", security="starttls", port=port, ca_file=None)
    (trouble,) = stranger.try_to_take_in().troubles
    assert isinstance(trouble, NotAccepted)
    assert "TLS refused" in str(trouble)


# IDLE.


def test_idle_ends_as_soon_as_mail_arrives(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot")
    room.take_in()
    waits = threading.Event()

    def asked() -> bool:
        waits.set()
        return False

    waited: list[bool] = []
    waiting = threading.Thread(target=lambda: waited.append(wait_for_mail(room.desk, 60, asked)))
    began = time.monotonic()
    waiting.start()
    assert waits.wait(10)
    room.arrive(letter(1))
    waiting.join(30)
    assert waited == [True]
    assert time.monotonic() - began < 2 * AT_ONCE, "long before the deadline"


def test_idle_ends_at_its_deadline_and_when_the_worker_is_told_to_stop(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot")
    began = time.monotonic()
    assert wait_for_mail(room.desk, 0.2, lambda: False)
    assert wait_for_mail(room.desk, 3600, lambda: True)
    assert time.monotonic() - began < AT_ONCE


def test_without_idle_the_worker_polls(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot without IDLE")
    assert not wait_for_mail(room.desk, 3600, lambda: False), "nothing to wait by: the service sleeps until the poll"
    room.arrive(letter(1))
    room.take_in()
    assert room.dispositions() == ["letter"]


def test_F22_a_connection_that_dies_during_idle_is_noticed(wire: FaultyWire, room: Mailroom) -> None:
    wire.answers = lambda data: b"" if b"DONE" in wire.heard else data
    with pytest.raises(Unreachable, match="timed out"):
        wait_for_mail(room.desk, 0.1, lambda: False)
    wire.heal()
    wire.answers = bye_to_idle
    with pytest.raises(Unreachable, match="ended the connection"):
        wait_for_mail(room.desk, 60, lambda: False)


def bye_to_idle(data: bytes) -> bytes:
    """End the connection as a server does that is shut down."""
    if data.startswith(b"+ idling"):
        raise Cut(data + b"* BYE Server shutting down.\r\n")
    return data


# Back-off.


class RecordedStop(threading.Event):
    """A stop that lets no time pass: it notes how long it was to wait, and is set after some waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.waits, self.waited = waits, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        if len(self.waited) == self.waits:
            self.set()
        return self.is_set()


def test_a_server_that_is_away_is_asked_less_and_less_often_and_at_once_again_when_it_is_back(
    wire: FaultyWire, room: Mailroom
) -> None:
    wire.answers = gone
    stop, lines = RecordedStop(6), list[str]()
    service.run(room.desk, lambda: NOW, stop, lines.append)
    assert stop.waited == [60, 120, 240, 480, 900, 900]
    assert sum('"event": "trouble"' in line for line in lines) == 1, "said once, not at every try"


def gone(_data: bytes) -> bytes:
    """Hang up before a word is said."""
    raise Cut


# Round trips.


def test_a_hundred_letters_take_at_most_six_commands(wire: FaultyWire, room: Mailroom) -> None:
    fill(room, range(500))
    room.take_in()
    assert (room.count(letters), room.lies_in()) == (500, [])
    assert len(wire.heard) <= 5 * 6, "login, capabilities, folders and logout included"
