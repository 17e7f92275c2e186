"""A full, locked or taken-over ledger, poison, a parser that fails, refused log-ins, and two workers at once."""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from mailbox_worker.intake.batching import batches
from mailbox_worker.ledger.arrivals import count_attempt
from mailbox_worker.ledger.store import Ledger
from mailbox_worker.ledger.tables import arrivals, events, heads, letters
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.mail.troubles import NotAccepted
from tests.journeys.bureau_at_work import copy_content
from tests.mailbox_worker.intake import racing
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, large_letter, letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.dovecot
RACE, PORTION = 2000, 250  # letters


def with_content(room: Mailroom) -> Path:
    """Let the room's configuration find the shipped content; gives the file."""
    copy_content(room.office / "content")
    file = room.office / "tenday.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(f"content: {room.office}", "content: content"))
    return file


def test_F25_on_a_full_disk_nothing_is_moved_and_the_next_pass_takes_it_in(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    file = with_content(room)
    room.arrive(large_letter(1, 3_000_000))
    room.desk.ledger.close()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    command = [sys.executable, "-m", "tenday", "mail", "tick", "--config", str(file), "--now", NOW.isoformat()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=little_room)
    assert (ended.returncode, ended.stdout) == (75, "")
    assert len(ended.stderr.splitlines()) == 1
    assert (room.count(arrivals), len(room.lies_in())) == (0, 1)
    room.take_in()
    assert (room.dispositions(), room.lies_in()) == (["letter"], [])


def test_F25_a_locked_ledger_moves_nothing_and_counts_against_no_mail(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1))
    other = Ledger(racing.impatient(room.desk.config.ledger))
    with room.desk.ledger.write(NOW), pytest.raises(LedgerBusy):
        racing.take_in_with(room.desk, other, NOW)
    assert (room.count(arrivals), room.lies_in()) == (0, [letter(1)])
    room.take_in()
    assert room.dispositions() == ["letter"]


def test_F04_what_has_killed_the_process_twice_is_set_aside_and_the_queue_moves_on(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1), letter(2))
    room.take_in()
    with room.desk.ledger.write(NOW) as writer:  # as the third death leaves it
        writer.connection.execute(update(arrivals).where(arrivals.c.id == 1).values(disposition=None))
        count_attempt(writer, [1], 2)
    room.arrive(letter(3))
    room.take_in()
    assert room.dispositions() == ["quarantined", "letter", "letter"]
    assert room.alarms() == ["quarantined"]


def test_F17_mail_under_our_own_address_is_no_letter(room: Mailroom) -> None:
    room.arrive(letter(1, From="director@bureau.example"))
    room.take_in()
    assert (room.dispositions(), room.count(letters)) == (["to_person"], 0)


def test_F23_F24_a_refused_password_is_told_by_mail_once_a_day(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.desk.config.mailbox.imap._secret = "expired"  # noqa: SLF001, S105 - as if the server had changed it
    for _ in range(3):
        (trouble,) = room.try_to_take_in().troubles
        assert isinstance(trouble, NotAccepted)
    assert room.alarms() == ["mailbox-refuses"]
    room.try_to_take_in(days=1)
    assert room.alarms() == ["mailbox-refuses"] * 2


def test_F46_received_at_is_the_earlier_of_our_own_line_and_the_internal_date(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    line = "from mx by mail.bureau.example; Wed, 04 Mar 2026 20:00:00 +0800"
    room.arrive(b"Received: " + line.encode() + b"\r\n" + letter(1, Date="Thu, 01 Jan 1970 00:00:00 +0000"))
    room.take_in()
    (row,) = room.rows(letters)
    assert row.received_at.isoformat() == "2026-03-04T12:00:00+00:00"
    assert "received-times-differ" in [row.kind for row in room.rows(events)]


def test_F20_batches_are_cut_by_number_and_by_bytes() -> None:
    assert [len(batch) for batch in batches(dict.fromkeys(range(250), 10))] == [100, 100, 50]
    assert [list(batch) for batch in batches({1: 5 * 2**20, 2: 5 * 2**20, 3: 60 * 2**20, 4: 1})] == [[1], [2], [3], [4]]


def test_a_worker_whose_lock_was_lost_cannot_commit_another_row(dovecot_room: Mailroom) -> None:
    ledger = dovecot_room.desk.ledger
    with ledger.alone():
        with ledger.write(NOW) as writer:
            writer.connection.execute(update(heads).values(fence=heads.c.fence + 1))
        with pytest.raises(LedgerBusy, match="another worker has taken over"), ledger.write(NOW):
            pass
    with ledger.alone(), ledger.write(NOW) as writer:
        writer.record("on-we-go")


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_F06_two_workers_race_for_the_same_mail_and_nothing_is_doubled(
    request: pytest.FixtureRequest, open_room: Callable[..., Mailroom], engine: str
) -> None:
    ledger = request.getfixturevalue("postgresql_url") if engine == "postgresql" else "sqlite:///var/ledger.db"
    room = open_room("dovecot", ledger=ledger)
    file = with_content(room)
    racing.fill(room, range(PORTION))
    command = [sys.executable, "-m", racing.__name__, str(file), str(RACE)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for start in range(PORTION, RACE, PORTION):  # while they are at it
        racing.fill(room, range(start, start + PORTION))
    said = [worker.communicate()[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sum(int(fetched) for fetched, _ in said) == RACE
    assert sum(int(waited) for _, waited in said) > 0, "they met"
    assert (room.count(arrivals), room.count(letters), room.acknowledgements()) == (RACE, RACE, RACE)
    assert sorted(row.number for row in room.rows(letters)) == [f"2026-{n:06}" for n in range(1, RACE + 1)]
    assert room.lies_in() == []
