"""Every mail that the server has is in the ledger once: identity, places, UIDs that lie, folders numbered anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.tables import arrivals, letters, places
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, large_letter, letter

if TYPE_CHECKING:
    from collections.abc import Callable


def can_move(room: Mailroom) -> bool:
    """Whether this room's server can move mail safely."""
    with room.server.connect(room.login) as client:
        return bool(client.has_capability("MOVE") or client.has_capability("UIDPLUS"))


def test_F08_mail_is_logged_oldest_first_sorted_and_filed(room: Mailroom) -> None:
    raws = [letter(number) for number in range(1, 6)]
    room.arrive(*raws)
    taken = room.take_in()
    assert (taken.fetched, taken.sorted["letter"]) == (5, 5)
    assert room.logged() == raws
    assert [row.number for row in room.rows(letters)] == [f"2026-{number:06}" for number in range(1, 6)]
    assert (room.lies_in("Processed") if can_move(room) else room.lies_in()) == raws
    assert room.lies_in() == ([] if can_move(room) else raws)
    assert {row.filed_at is not None for row in room.rows(arrivals)} == {can_move(room)}


def test_F02_a_second_pass_finds_nothing_to_fetch(room: Mailroom) -> None:
    room.arrive(letter(1), letter(2))
    room.take_in()
    again = room.take_in()
    assert (again.fetched, again.sorted.total()) == (0, 0)
    assert (room.count(arrivals), room.acknowledgements()) == (2, 2)
    room.arrive(letter(3))
    assert room.take_in().fetched == 1
    assert room.take_in(days=2).fetched == 0, "once a day everything is looked at, and nothing fetched"


def test_F09_F10_read_and_unread_mail_is_fetched_alike_and_nothing_is_marked(room: Mailroom) -> None:
    room.arrive(letter(1), letter(2))
    with room.server.connect(room.login) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [])
        client.add_flags(client.search()[:1], [b"\\Seen"])
    room.take_in()
    assert room.count(arrivals) == 2
    folder = "Processed" if can_move(room) else "INBOX"
    with room.server.connect(room.login) as client:
        client.select_folder(folder, readonly=True)
        seen = [b"\\Seen" in parts[b"FLAGS"] for parts in client.fetch(client.search(), ["FLAGS"]).values()]
    assert seen == [True, False]


def test_F11_what_another_program_has_marked_for_deletion_stays(room: Mailroom) -> None:
    room.arrive(letter(1))
    room.take_in()
    with room.server.connect(room.login) as client:
        client.append("INBOX", letter(2), msg_time=NOW)
        client.select_folder("INBOX")
        client.add_flags(client.search()[-1:], [b"\\Deleted"])
    room.arrive(letter(3))
    room.take_in()
    everywhere = room.lies_in() + room.lies_in("Processed")
    assert sorted(everywhere) == sorted([letter(1), letter(2), letter(3)])


@pytest.mark.dovecot
def test_F05_a_folder_numbered_anew_is_read_again_and_nothing_is_doubled(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot without MOVE and UIDPLUS")
    room.arrive(letter(1), letter(2))
    room.take_in()
    with room.server.connect(room.login) as client:  # as a restore of the server would: same mails, new numbers
        client.rename_folder("INBOX", "Old")
        client.select_folder("Old")
        client.copy(client.search(), "INBOX")
    assert room.take_in().fetched == 2
    assert (room.count(arrivals), room.count(letters), room.acknowledgements()) == (2, 2, 2)


@pytest.mark.dovecot
def test_F05_another_uidvalidity_is_noted_and_told_once(open_room: Callable[..., Mailroom]) -> None:
    room = open_room("dovecot", folder="Letters")
    room.arrive(letter(1), letter(2), folder="Letters")
    room.take_in()
    with room.server.connect(room.login) as client:
        client.delete_folder("Letters")
    room.arrive(letter(3), folder="Letters")
    room.take_in()
    assert room.dispositions() == ["letter"] * 3
    assert room.alarms() == ["folder-renumbered"]


def test_THREAT_15_a_mail_moved_back_by_hand_is_known_and_filed_again(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1))
    room.take_in()
    with room.server.connect(room.login) as client:
        client.select_folder("Processed")
        client.move(client.search(), "INBOX")
    room.take_in()
    assert (room.count(arrivals), room.count(letters)) == (1, 1)
    assert (room.lies_in(), room.lies_in("Processed")) == ([], [letter(1)])


def test_THREAT_19_the_same_bytes_with_another_date_keep_the_first_one(room: Mailroom) -> None:
    room.arrive(letter(1))
    room.take_in()
    room.arrive(letter(1), at=NOW - timedelta(minutes=3))
    room.take_in()
    assert room.dispositions() == ["letter", "duplicate"]
    assert (room.count(letters), room.acknowledgements()) == (1, 1)
    first, second = room.rows(arrivals)
    assert (second.rule, second.letter) == ("is_the_same_mail_again", first.letter)


def test_F13_mail_without_message_id_is_logged_once_a_mail(room: Mailroom) -> None:
    raws = [letter(number, Message_ID=None) for number in (1, 2)]  # type: ignore[arg-type]  # None leaves it out
    room.arrive(*raws)
    room.take_in()
    room.take_in(days=2)
    assert room.logged() == raws
    assert room.count(letters) == 2


def test_F14_two_letters_under_one_message_id_are_two_letters(room: Mailroom) -> None:
    room.arrive(letter(1, Message_ID="<same@example.org>"), letter(2, Message_ID="<same@example.org>"))
    room.take_in()
    assert room.dispositions() == ["letter", "letter"]


def test_F15_the_same_letter_through_list_and_alias_is_linked_and_acknowledged_once(room: Mailroom) -> None:
    first = letter(1)
    room.arrive(first, b"Received: from list.example.org\r\n" + first)
    room.take_in()
    assert room.dispositions() == ["letter", "duplicate"]
    assert room.acknowledgements() == 1
    assert len({row.letter for row in room.rows(arrivals)}) == 1


def test_F16_a_folded_message_id_is_the_same_one(room: Mailroom) -> None:
    folded = letter(1, Message_ID="\r\n <1@example.org> ")
    room.arrive(letter(1), folded)
    room.take_in()
    assert room.dispositions() == ["letter", "duplicate"]
    room.arrive(letter(2))
    room.take_in(days=2)
    assert room.count(arrivals) == 3


def test_F42_a_large_mail_comes_in_pieces_and_is_whole(room: Mailroom) -> None:
    raw = large_letter(1, 11 * 2**20 + 17)
    room.arrive(raw, letter(2))
    room.take_in()
    assert room.logged() == [raw, letter(2)]
    assert room.dispositions() == ["letter", "letter"]


def test_every_place_of_a_mail_is_noted(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1), letter(2))
    room.take_in()
    assert [room.places_of(arrival) for arrival in (1, 2)] == [["INBOX", "Processed"]] * 2
    room.take_in()
    assert room.count(places) == 4


def test_F26_a_letter_in_the_junk_folder_waits_for_a_person_and_stays_there(room: Mailroom) -> None:
    room.arrive(letter(1), letter(2), folder="Junk")
    room.take_in()
    assert room.dispositions() == ["to_person", "to_person"]
    assert room.alarms() == ["lay_in_the_junk_folder"], "one a day"
    assert room.lies_in("Junk") == [letter(1), letter(2)]
    assert room.take_in().fetched == 0


def test_a_mail_put_among_the_settled_ones_by_hand_is_logged_and_shown_to_a_person(room: Mailroom) -> None:
    room.arrive(letter(1))
    room.take_in()
    room.arrive(letter(2), folder="Processed")
    room.take_in()
    assert room.logged() == [letter(1), letter(2)]
    assert room.dispositions() == ["letter", "to_person"]
    assert room.alarms() == ["lay_among_settled_mail"]
