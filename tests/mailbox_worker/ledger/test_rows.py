"""What is written into the ledger is read out of it the same, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from mailbox_worker.ledger.arrivals import Found, change_arrivals, count_attempt, log_arrivals, unsorted
from mailbox_worker.ledger.letters import (
    add_letter,
    change_letter,
    drafts_of,
    find_letter,
    letter_by_number,
    letters_in,
    newest_draft,
)
from mailbox_worker.ledger.outbox import Plan, by_message_id, change, close_requests, due_now, in_states, plan
from mailbox_worker.ledger.places import Place, known_places
from mailbox_worker.ledger.tables import outbox, requests
from mailbox_worker.ledger.vocabulary import Disposition, LetterState, MailKind, OutboxState
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, arrive, as_letter, asked, drafted, logged_letter

if TYPE_CHECKING:
    from mailbox_worker.ledger.store import Ledger


def test_a_letter_comes_back_as_it_was_logged(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        letter = as_letter(
            writer.next_number(2026),
            arrive(writer),
            restricted=("chen-jing", "li-ming"),
            fields={"name": "欧阳㼆", "policy": "№ 7"},
            text="第一行\n　　第二行 𠮷",
            due_on=date(2026, 3, 15),
        )
        add_letter(writer, letter)
    with ledger.read() as connection:
        assert letter_by_number(connection, letter.number) == letter == find_letter(connection, letter.number)
        assert find_letter(connection, "2026-999999") is None


def test_letters_are_listed_by_state_in_the_order_of_logging(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        first, second, third = (logged_letter(writer) for _ in range(3))
        change_letter(writer, second, state=LetterState.ANSWERED, answered_at=NOW)
    with ledger.read() as connection:
        assert [letter.number for letter in letters_in(connection)] == [first, second, third]
        assert [letter.number for letter in letters_in(connection, [LetterState.DRAFTING])] == [first, third]
        assert letter_by_number(connection, second).answered_at == NOW


def test_the_newest_draft_is_the_last_version_and_the_others_stay(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        number = logged_letter(writer)
        assert newest_draft(writer.connection, number) is None
        for version in (1, 2):
            drafted(writer, number, version, text=f"第{version}稿", attachments=("a" * 64,))
    with ledger.read() as connection:
        newest = newest_draft(connection, number)
        assert newest is not None
        assert (newest.version, newest.text, newest.attachments) == (2, "第2稿", ("a" * 64,))
        assert [draft.text for draft in drafts_of(connection, number)] == ["第1稿", "第2稿"]


def test_planning_the_same_thing_twice_plans_one_mail(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        assert plan(writer, Plan("alarm:1", MailKind.ALARM, person="wang-fang", arguments={"reason": "退信"}))
        assert not plan(writer, Plan("alarm:1", MailKind.ALARM, person="chen-jing"))
    with ledger.read() as connection:
        row = connection.execute(select(outbox)).one()
    assert (row.person, row.arguments, row.audience, row.state) == ("wang-fang", {"reason": "退信"}, "staff", "planned")


def test_what_waits_is_due_when_its_time_has_come_oldest_first(ledger: Ledger) -> None:
    later = NOW + timedelta(minutes=10)
    with ledger.write(NOW) as writer:
        for key, at in (("waits", later), ("now", None), ("also now", NOW)):
            plan(writer, Plan(key, MailKind.ALARM, person="wang-fang", not_before=at))
    with ledger.read() as connection:
        assert [row.key for row in due_now(connection, NOW)] == ["now", "also now"]
        assert [row.key for row in due_now(connection, later)] == ["waits", "now", "also now"]
    with ledger.write(NOW) as writer:
        change(writer, due_now(writer.connection, NOW)[0].id, state=OutboxState.CLAIMED, message_id="<1@x>")
        assert [row.key for row in due_now(writer.connection, NOW)] == ["also now"]
        assert [row.key for row in in_states(writer.connection, [OutboxState.CLAIMED])] == ["now"]
        assert [row.key for row in by_message_id(writer.connection, ["<1@x>", "<2@x>"])] == ["now"]
        assert by_message_id(writer.connection, []) == []


def test_open_requests_of_a_letter_are_closed_by_kind_or_all(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        number, other = logged_letter(writer), logged_letter(writer)
        asked(writer, number)
        asked(writer, number, version=2, kind=MailKind.DRAFT_REQUEST)
        asked(writer, other)
        close_requests(writer, number, "superseded", [MailKind.SIGN_OFF_REQUEST])
        close_requests(writer, number, "decided")
    with ledger.read() as connection:
        closed = connection.execute(select(requests.c.closed_by).order_by(requests.c.id)).scalars().all()
    assert closed == ["superseded", "decided", None]  # what is closed stays closed by what closed it


def test_a_place_tells_the_newest_mail_that_lay_there(ledger: Ledger) -> None:
    place = Place("director", "INBOX", 7, 5)
    with ledger.write(NOW) as writer:
        log_arrivals(writer, [Found(place, NOW, b"first")])
        log_arrivals(writer, [Found(place, NOW, b"second, where the server gave the number again")])
        log_arrivals(writer, [Found(replace(place, uidvalidity=8), NOW, b"elsewhere")])
    with ledger.read() as connection:
        known = known_places(connection, "director", "INBOX", 7, [5, 6])
    assert {uid: row.claimed_size for uid, row in known.items()} == {5: 46}


def test_what_is_not_sorted_is_listed_with_its_attempts_until_it_is_sorted_or_set_aside(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        first, second, third = (arrive(writer, str(uid).encode(), uid) for uid in range(3))
        count_attempt(writer, [first, third])
        count_attempt(writer, [third])
    with ledger.read() as connection:
        assert [(row.id, row.attempts) for row in unsorted(connection)] == [(first, 1), (second, 0), (third, 2)]
    with ledger.write(NOW) as writer:
        change_arrivals(writer, [first], disposition=Disposition.LETTER)
        change_arrivals(writer, [third], quarantined=True)
        assert [row.id for row in unsorted(writer.connection)] == [second]
