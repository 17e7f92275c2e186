"""Whatever the wire does, every mail is logged once, whole, and nothing is moved that is not in the ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.tables import arrivals, letters, unread
from mailbox_worker.mail.troubles import NotAccepted, Unreachable
from tests.mailbox_worker.intake.faulty_wire import Cut, FaultyWire
from tests.mailbox_worker.intake.mailroom import Mailroom, letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenday.demonstration.imap_accounts import ImapAccounts

    Servers = Callable[[str], tuple[ImapAccounts, Iterator[str]]]


@pytest.fixture
def wire(servers: Servers) -> Iterator[FaultyWire]:
    server, _ = servers("pymap")
    with FaultyWire(server.host, server.port) as faulty:
        yield faulty


@pytest.fixture
def room(wire: FaultyWire, open_room: Callable[..., Mailroom]) -> Mailroom:
    return open_room("pymap", port=wire.port, timeout_seconds=1)


def cut_after(size: int, last: bytes = b"") -> Callable[[bytes], bytes]:
    """Let so many bytes through, then end this connection and let every later one through."""
    passed = 0

    def through(data: bytes) -> bytes:
        nonlocal passed
        passed += len(data)
        if passed - len(data) < size <= passed:
            raise Cut(data[: size - passed + len(data)] + last)
        return data

    return through


@pytest.mark.parametrize("size", [10, 200, 500, 700, 900, 1200, 1500, 1900])
@pytest.mark.parametrize("last", [b"", b"* BYE shutting down\r\n"], ids=["cut", "BYE"])
def test_a_connection_that_is_cut_after_some_bytes_loses_and_doubles_nothing(
    wire: FaultyWire, room: Mailroom, size: int, last: bytes
) -> None:
    raws = [letter(1), letter(2)]
    room.arrive(*raws)
    wire.answers = cut_after(size, last)
    broken = room.try_to_take_in()
    assert all(isinstance(trouble, Unreachable) for trouble in broken.troubles)
    assert set(room.lies_in("Processed")) <= set(room.logged())
    wire.heal()
    room.take_in()
    assert (room.logged(), room.count(letters), room.lies_in()) == (raws, 2, [])


def test_F22_a_server_that_falls_silent_is_left_after_the_timeout(wire: FaultyWire, room: Mailroom) -> None:
    room.arrive(letter(1))
    said = []

    def falls_silent(data: bytes) -> bytes:
        said.append(data)
        return b"" if any(b"FETCH" in each for each in said) else data

    wire.answers = falls_silent
    (trouble,) = room.try_to_take_in().troubles
    assert isinstance(trouble, Unreachable)
    assert "timed out" in str(trouble)
    wire.heal()
    room.take_in()
    assert room.logged() == [letter(1)]


@pytest.mark.parametrize(
    "garbage",
    [b"\x00\xff\xfe garbage\r\n", b"* 1 FETCH (UID\r\n", b"* 1 FETCH (BODY[] {99999\r\n", b"HTTP/1.1 400 Bad\r\n"],
)
def test_garbage_on_the_wire_is_trouble_for_one_pass_and_not_quoted(
    wire: FaultyWire, room: Mailroom, garbage: bytes
) -> None:
    room.arrive(letter(1))
    wire.answers = lambda data: garbage + data if b"FETCH" in data else data
    troubles = room.try_to_take_in().troubles
    assert all(isinstance(trouble, Unreachable) for trouble in troubles)
    assert "garbage" not in str(troubles)
    wire.heal()
    room.take_in()
    assert (room.logged(), room.count(letters)) == ([letter(1)], 1)


@pytest.mark.parametrize("lie", [-7, -1, 3, 500])
def test_a_literal_that_lies_about_its_length_never_makes_a_letter_of_other_bytes(
    wire: FaultyWire, room: Mailroom, lie: int
) -> None:
    room.arrive(letter(1), letter(2))

    def lying(data: bytes) -> bytes:
        return re.sub(rb"(BODY\[\] )\{(\d+)\}", lambda m: m[1] + b"{%d}" % (int(m[2]) + lie), data)

    wire.answers = lying
    room.try_to_take_in()
    assert set(room.logged()) <= {letter(1), letter(2)}
    wire.heal()
    room.take_in(minutes=6)  # what was refused is asked for again after a while
    assert sorted(room.logged()) == [letter(1), letter(2)]


def test_F19_a_mail_that_the_server_refuses_keeps_no_other_away_and_is_asked_for_again(
    wire: FaultyWire, room: Mailroom
) -> None:
    raws = [letter(1), letter(2), letter(3)]
    room.arrive(*raws)
    refused = sorted(mail.uid for mail in room.server.messages(room.login))[1]

    def without_one(data: bytes) -> bytes:
        asked = re.match(rb"(\S+) UID FETCH (\S+) \(BODY\.PEEK\[\]\)", data)
        if asked and str(refused).encode() in asked[2].split(b","):
            return asked[1] + b" UID FETCH nonsense (BODY.PEEK[])\r\n"  # which the server answers with BAD
        return data

    wire.sends = without_one
    room.take_in()
    assert room.logged() == [raws[0], raws[2]]
    assert (room.lies_in(), room.alarms()) == ([raws[1]], ["server-refuses"])
    room.take_in()
    assert (room.rows(unread)[0].tries, len(room.alarms())) == (1, 1), "not asked for at every pass, not told twice"
    room.take_in(minutes=6)
    assert room.rows(unread)[0].tries == 2
    wire.heal()
    room.take_in(hours=1)
    assert (room.logged()[-1], room.count(unread), room.lies_in()) == (raws[1], 0, [])


def test_F07_a_mail_expunged_under_us_is_left_out_and_no_other_is_skipped(wire: FaultyWire, room: Mailroom) -> None:
    raws = [letter(1), letter(2), letter(3)]
    room.arrive(*raws)
    first = min(mail.uid for mail in room.server.messages(room.login))

    def expunging(data: bytes) -> bytes:
        if b"BODY.PEEK[])" in data:
            wire.heal()
            with room.server.connect(room.login) as other:
                other.select_folder("INBOX")
                other.add_flags([first], [b"\\Deleted"])
                other.expunge()
        return data

    wire.sends = expunging
    room.take_in()
    assert sorted(room.logged()) in ([raws[1], raws[2]], raws)
    room.take_in()
    assert {row.disposition for row in room.rows(arrivals)} == {"letter"}
    assert room.lies_in() == []


@pytest.mark.dovecot
@pytest.mark.parametrize("size", [1, 300, 3000, 5000, 6500])
def test_a_cut_tls_connection_or_handshake_is_no_reason_to_lose_mail(
    servers: Servers, open_room: Callable[..., Mailroom], size: int
) -> None:
    server, _ = servers("dovecot")
    with FaultyWire(server.host, server.port) as wire:
        room = open_room("dovecot", host="127.0.0.1", port=wire.port)
        room.arrive(letter(1))
        wire.answers = cut_after(size)
        troubles = room.try_to_take_in().troubles
        assert all(isinstance(trouble, Unreachable | NotAccepted) for trouble in troubles)
        wire.heal()
        room.take_in()
        assert (room.logged(), room.lies_in()) == ([letter(1)], [])


@pytest.mark.dovecot
def test_an_answer_that_is_no_tls_is_refused_in_one_line(servers: Servers, open_room: Callable[..., Mailroom]) -> None:
    server, _ = servers("dovecot")
    with FaultyWire(server.host, server.port) as wire:
        room = open_room("dovecot", host="127.0.0.1", port=wire.port)
        wire.answers = lambda data: b"* OK no TLS here\r\n" + data
        (trouble,) = room.try_to_take_in().troubles
        assert isinstance(trouble, NotAccepted)
        assert "TLS refused" in str(trouble)
        assert "\n" not in str(trouble)
        assert room.alarms() == ["mailbox-refuses"]


def test_an_idle_poll_costs_the_same_however_much_was_processed(wire: FaultyWire, room: Mailroom) -> None:
    def poll() -> tuple[int, int]:
        room.take_in()
        before = wire.commands, wire.bytes_relayed
        room.take_in()
        return wire.commands - before[0], wire.bytes_relayed - before[1]

    room.arrive_many([letter(1)])
    room.take_in()
    one_letter = poll()
    room.arrive_many([letter(number) for number in range(2, 60)])
    room.take_in()
    many_letters = poll()
    assert one_letter[0] == many_letters[0] < 12
    assert abs(one_letter[1] - many_letters[1]) < 100, "numbers may have a digit more; a mail has some 270 bytes"
