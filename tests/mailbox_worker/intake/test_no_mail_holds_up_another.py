"""A mail that cannot be read, and a move that fails half way: the others go on, and nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from mailbox_worker.ledger.tables import arrivals, letters
from mailbox_worker.mail.troubles import NotAccepted
from tests.mailbox_worker.intake.faulty_wire import FaultyWire
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter
from tests.mailbox_worker.intake.racing import impatient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenday.demonstration.imap_accounts import ImapAccounts


def unreadable(room: Mailroom, subject: str) -> None:
    """Let sorting fail at letters of this subject, as at a mail that hits a fault of ours."""
    engine = impatient(room.desk.config.ledger)
    with engine.connect() as connection:
        connection.execute(
            text(
                f"CREATE TRIGGER a_fault BEFORE INSERT ON letters WHEN NEW.subject = '{subject}' "
                "BEGIN SELECT RAISE(ABORT, 'a fault'); END"
            )
        )
        connection.commit()
    engine.dispose()


def test_F03_a_mail_that_raises_is_set_aside_with_its_bytes_and_the_others_go_on(room: Mailroom) -> None:
    raws = [letter(1), letter(2), letter(3)]
    unreadable(room, "complaint 2")
    room.arrive(*raws)
    taken = room.take_in()
    assert room.dispositions() == ["letter", "quarantined", "letter"]
    assert (taken.sorted["letter"], taken.sorted["quarantined"]) == (2, 1)
    assert room.logged() == raws, "the bytes are kept"
    assert [row.number for row in room.rows(letters)] == ["2026-000001", "2026-000002"], "no number is lost with it"
    assert (room.alarms(), room.rows(arrivals)[1].reason) == (["quarantined"], "IntegrityError")
    room.take_in()
    assert room.alarms() == ["quarantined"], "told once"


@pytest.fixture
def wire(servers: Callable[[str], tuple[ImapAccounts, Iterator[str]]]) -> Iterator[FaultyWire]:
    server, _ = servers("plain dovecot")
    with FaultyWire(server.host, server.starttls_port) as faulty:  # type: ignore[attr-defined]  # a Dovecot has one
        yield faulty


@pytest.fixture
def room_without_move(wire: FaultyWire, open_room: Callable[..., Mailroom]) -> Mailroom:
    """Open a room whose server says that it has no MOVE: mail is copied and the copies verified."""
    return open_room("plain dovecot", host="127.0.0.1", port=wire.port, security="none")


def without_move(data: bytes) -> bytes:
    return data.replace(b" MOVE", b"")


@pytest.mark.dovecot
def test_F12_where_the_copy_fails_the_original_stays_as_it_is(wire: FaultyWire, room_without_move: Mailroom) -> None:
    room, raws = room_without_move, [letter(1), letter(2)]
    room.arrive(*raws)
    wire.answers = without_move
    wire.sends = lambda data: re.sub(rb"(\w+) UID COPY .*\r\n", rb"\1 UID COPY 1 Nowhere/\r\n", data)
    (trouble,) = room.try_to_take_in().troubles
    assert isinstance(trouble, NotAccepted)
    assert (room.lies_in(), flags(room)) == (raws, set())
    wire.sends = bytes
    room.take_in()
    assert (room.lies_in(), room.lies_in("Processed"), room.count(arrivals)) == ([], raws, 2)


@pytest.mark.dovecot
def test_F12_a_copy_that_the_server_does_not_vouch_for_removes_nothing(
    wire: FaultyWire, room_without_move: Mailroom
) -> None:
    room, raws = room_without_move, [letter(1), letter(2)]
    room.arrive(*raws)
    wire.answers = lambda data: re.sub(rb"\[COPYUID [^]]*\] ", b"", without_move(data))
    room.take_in()
    assert (room.lies_in(), flags(room), room.count(letters)) == (raws, set(), 2)
    assert not any(b"EXPUNGE" in command for command in wire.heard)


def flags(room: Mailroom) -> set[bytes]:
    """Give every flag that a mail in the inbox has, but that it is new."""
    with room.server.connect(room.login) as client:
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search(), ["FLAGS"]).values()
    return {flag for parts in found for flag in parts[b"FLAGS"]} - {b"\\Recent"}


def test_F04_the_third_attempt_is_the_last_and_what_died_beside_it_is_read_alone(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1), letter(2), letter(3))
    room.take_in()
    with room.desk.ledger.write(NOW) as writer:  # killed while these were read: twice the first, once the second
        writer.connection.execute(arrivals.update().where(arrivals.c.id < 3).values(disposition=None))
        writer.connection.execute(arrivals.update().where(arrivals.c.id == 1).values(attempts=3))
    room.take_in()
    assert room.dispositions()[0] == "quarantined"
    assert "quarantined" not in room.dispositions()[1:]
