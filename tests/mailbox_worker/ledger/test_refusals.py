"""What the database itself refuses, whatever the code above it does; on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from mailbox_worker.ledger.arrivals import Found, log_arrivals, raw_of
from mailbox_worker.ledger.places import Place
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import arrival_bytes, arrivals, drafts, event_data, events, outbox, sign_offs
from mailbox_worker.ledger.vocabulary import MailKind, Purpose
from tests.mailbox_worker.ledger.office_with_a_letter import (
    NOW,
    Engine,
    arrive,
    asked,
    count,
    drafted,
    logged_letter,
    planned,
    reply,
    run,
    signed,
    signed_letter,
)

if TYPE_CHECKING:
    from mailbox_worker.ledger.store import Ledger

OTHERS: dict[str, dict[str, Any]] = {  # what could be another than what was signed off
    "text": {"digest": "e" * 64},
    "recipient": {"recipient": "lisi@example.org"},
    "purpose": {"purpose": Purpose.INTERIM},
}


def refused(message: str) -> Any:
    return pytest.raises(DBAPIError, match=message)


UNSIGNED = "a reply needs a sign-off of exactly its text|no_reply_without_a_sign_off"


# A text of a person goes out only with a sign-off of exactly it.


def test_a_reply_with_the_sign_off_of_its_text_is_taken(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer)))
    assert count(ledger, "outbox") == 1


def test_a_reply_without_a_sign_off_is_refused(ledger: Ledger) -> None:
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        planned(writer, reply(logged_letter(writer), None))
    assert count(ledger, "outbox") == 0


@pytest.mark.parametrize("missing", ["letter", "purpose", "digest", "recipient"])
def test_a_reply_that_leaves_out_what_was_signed_is_refused(ledger: Ledger, missing: str) -> None:
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer)) | {missing: None})


@pytest.mark.parametrize("other", OTHERS)
def test_a_reply_of_another_text_recipient_or_purpose_is_refused(ledger: Ledger, other: str) -> None:
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer), **OTHERS[other]))


def test_a_reply_with_another_letters_sign_off_is_refused(ledger: Ledger) -> None:
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        _, sign_off = signed_letter(writer)
        planned(writer, reply(logged_letter(writer), sign_off))


@pytest.mark.parametrize("other", [*OTHERS, "letter", "sign_off", "none"])
def test_a_planned_reply_cannot_be_changed_into_an_unsigned_one(ledger: Ledger, other: str) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        mail = planned(writer, reply(number, sign_off))
        second, another = signed_letter(writer)
    others: dict[str, dict[str, Any]] = OTHERS | {"letter": {"letter": second}, "sign_off": {"sign_off": another}}
    changed = others.get(other, {"sign_off": None})
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(changed))


def test_a_staff_mail_cannot_be_turned_into_a_reply(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        row = reply(number, sign_off, kind=MailKind.ALARM, audience="staff")
        mail = planned(writer, row)
    with refused("never change|who_reads_which_kind"), ledger.write(NOW) as writer:
        changed = {"kind": MailKind.REPLY, "audience": "writer"}
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(changed))


def test_no_mail_to_a_writer_takes_words_beside_the_signed_text(ledger: Ledger) -> None:
    with refused("no_words_beside_a_sign_off"), ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer), arguments={"text": "顺便说一句"}))


def test_no_kind_for_staff_goes_to_a_writer(ledger: Ledger) -> None:
    with refused("who_reads_which_kind"), ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer), kind=MailKind.RECEIPT))


def test_an_acknowledgement_goes_to_the_address_of_its_letter_only(ledger: Ledger) -> None:
    plain = {"kind": MailKind.ACKNOWLEDGEMENT, "digest": None, "purpose": None}
    with ledger.write(NOW) as writer:
        number = logged_letter(writer)
        planned(writer, reply(number, None, **plain))
    with refused(UNSIGNED), ledger.write(NOW) as writer:
        planned(writer, reply(number, None, key="2", recipient="lisi@example.org", **plain))


# A sign-off is of a draft as it stands in the ledger, by the person who was asked.


def test_a_sign_off_of_no_draft_is_refused(ledger: Ledger) -> None:
    with refused("a sign-off needs the draft it signs"), ledger.write(NOW) as writer:
        number = logged_letter(writer)
        signed(writer, number, asked(writer, number))


@pytest.mark.parametrize("other", OTHERS)
def test_a_sign_off_of_another_text_recipient_or_purpose_than_its_draft_is_refused(ledger: Ledger, other: str) -> None:
    with refused("a sign-off needs the draft it signs"), ledger.write(NOW) as writer:
        number = logged_letter(writer)
        drafted(writer, number)
        signed(writer, number, asked(writer, number), **OTHERS[other])


@pytest.mark.parametrize("other", ["person", "version", "letter", "kind"])
def test_a_sign_off_that_answers_another_request_is_refused(ledger: Ledger, other: str) -> None:
    with refused("a sign-off needs the draft it signs"), ledger.write(NOW) as writer:
        number = logged_letter(writer)
        drafted(writer, number)
        request = {
            "person": lambda: asked(writer, number, person="li-ming"),
            "version": lambda: asked(writer, number, version=2),
            "letter": lambda: asked(writer, logged_letter(writer)),
            "kind": lambda: asked(writer, number, kind=MailKind.RECEIPT),
        }[other]()
        signed(writer, number, request)


def test_a_draft_is_signed_off_once(ledger: Ledger) -> None:
    with refused("(?i)unique"), ledger.write(NOW) as writer:
        number, _ = signed_letter(writer)
        again: dict[str, Any] = {"message_id": "<2>", "token_digest": "2"}
        signed(writer, number, asked(writer, number, **again))


# One answer a letter.


@pytest.mark.parametrize("first", [Purpose.FINAL, Purpose.NOT_OURS])
@pytest.mark.parametrize("second", [Purpose.FINAL, Purpose.NOT_OURS])
def test_a_second_answer_of_a_letter_is_refused(ledger: Ledger, first: Purpose, second: Purpose) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer, purpose=first)
        planned(writer, reply(number, sign_off, purpose=first))
        _, again = signed_letter(writer, version=2, number=number, purpose=second)
    with refused("(?i)unique"), ledger.write(NOW) as writer:
        planned(writer, reply(number, again, purpose=second))


@pytest.mark.parametrize("state", ["planned", "claimed", "handing_over", "accepted", "later", "unknown", "held"])
def test_an_answer_in_any_living_state_keeps_out_a_second_one(ledger: Ledger, state: str) -> None:
    with refused("(?i)unique"), ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        planned(writer, reply(number, sign_off, state=state))
        _, again = signed_letter(writer, version=2, number=number)
        planned(writer, reply(number, again))


@pytest.mark.parametrize("state", ["refused", "bounced", "withdrawn"])
def test_after_one_that_did_not_arrive_another_answer_is_taken(ledger: Ledger, state: str) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        planned(writer, reply(number, sign_off, state=state))
        _, again = signed_letter(writer, version=2, number=number)
        planned(writer, reply(number, again))
    assert count(ledger, "outbox") == 2


@pytest.mark.parametrize("state", ["refused", "bounced"])
def test_a_dead_answer_does_not_come_to_life_beside_another(ledger: Ledger, state: str) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        dead = planned(writer, reply(number, sign_off, state=state))
        _, again = signed_letter(writer, version=2, number=number)
        planned(writer, reply(number, again))
    with refused("(?i)unique"), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == dead).values(state="planned"))


@pytest.mark.parametrize("purpose", [Purpose.INTERIM, Purpose.EXTENSION, Purpose.MORE_INFORMATION])
def test_texts_that_do_not_answer_may_be_several(ledger: Ledger, purpose: Purpose) -> None:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer, purpose=purpose)
        planned(writer, reply(number, sign_off, purpose=purpose))
        _, again = signed_letter(writer, version=2, number=number, purpose=purpose)
        planned(writer, reply(number, again, purpose=purpose))
    assert count(ledger, "outbox") == 2


# What is written stays written.


@pytest.mark.parametrize("table", [events, event_data, drafts, sign_offs], ids=lambda table: str(table.name))
def test_a_record_is_never_changed(ledger: Ledger, table: Any) -> None:
    with ledger.write(NOW) as writer:
        signed_letter(writer)
    column = {"events": "kind", "event_data": "data", "drafts": "text", "sign_offs": "person"}[table.name]
    with refused(f"{table.name} never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(table).values({column: "another"}))


@pytest.mark.parametrize("table", ["heads", "arrivals", "letters", "drafts", "sign_offs", "outbox", "events"], ids=str)
def test_a_record_is_never_deleted(ledger: Ledger, intruder: Engine, table: str) -> None:
    with ledger.write(NOW) as writer:
        planned(writer, reply(*signed_letter(writer)))
    with refused(f"{table} never change"):
        run(intruder, f"DELETE FROM {table}")  # noqa: S608 - our own names


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "table",
    [
        "heads",
        "arrivals",
        "arrival_bytes",
        "letters",
        "drafts",
        "sign_offs",
        "outbox",
        "events",
        "event_data",
    ],
)
def test_postgresql_does_not_empty_a_table_of_records(postgresql_url: str, table: str) -> None:
    ledger, intruder = open_ledger(postgresql_url), create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    try:
        with ledger.write(NOW) as writer:
            planned(writer, reply(*signed_letter(writer)))
        with refused("never change"):
            run(intruder, f"TRUNCATE {table} CASCADE")
        assert count(ledger, table) > 0
    finally:
        ledger.close()
        intruder.dispose()


def test_the_data_of_an_event_may_be_erased(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        writer.record("letter-logged", subject="车险理赔")
    with ledger.write(NOW) as writer:
        writer.connection.execute(delete(event_data))
    assert (count(ledger, "events"), count(ledger, "event_data")) == (1, 0)


def test_erased_data_are_not_written_anew(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        writer.record("first")
        writer.record("second")
        writer.connection.execute(delete(event_data).where(event_data.c.seq == 1))
    with refused("event_data never change"), ledger.write(NOW) as writer:
        writer.connection.execute(insert(event_data).values(seq=1, salt="0", by="tenday", data="{}"))


@pytest.mark.parametrize("number", [1, 2])
def test_the_data_of_an_event_are_not_given_twice(ledger: Ledger, number: int) -> None:
    with ledger.write(NOW) as writer:
        writer.record("first")
        writer.record("second")
    with refused("event_data never change"), ledger.write(NOW) as writer:
        writer.connection.execute(insert(event_data).values(seq=number, salt="0", by="tenday", data="{}"))


REPLACED = (
    "INTO events SELECT seq, at, 'another', letter, digest, prev, hash FROM events",
    "INTO event_data SELECT seq, salt, by, '{\"another\":1}' FROM event_data",
    "INTO drafts SELECT * FROM drafts",
    "INTO sign_offs SELECT * FROM sign_offs",
    "INTO arrivals SELECT * FROM arrivals",
    "INTO arrival_bytes SELECT arrival, part, x'00' FROM arrival_bytes",
)


@pytest.mark.parametrize("statement", REPLACED, ids=lambda statement: str(statement).split()[1])
def test_insert_or_replace_does_not_go_round_the_guards(sqlite_ledger: Ledger, statement: str) -> None:
    with sqlite_ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        planned(writer, reply(number, sign_off))
    with refused("never change"), sqlite_ledger.write(NOW) as writer:
        writer.connection.exec_driver_sql(f"INSERT OR REPLACE {statement}")


def test_update_or_replace_does_not_push_a_mail_out(sqlite_ledger: Ledger) -> None:
    with sqlite_ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        planned(writer, reply(number, sign_off))
        planned(writer, reply(number, None, key="2", kind=MailKind.ALARM, audience="staff"))
    with refused("outbox never change"), sqlite_ledger.write(NOW) as writer:
        writer.connection.exec_driver_sql("UPDATE OR REPLACE outbox SET id = 1 WHERE id = 2")


def test_a_second_answer_does_not_replace_the_first(sqlite_ledger: Ledger) -> None:
    with sqlite_ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        planned(writer, reply(number, sign_off))
        _, again = signed_letter(writer, version=2, number=number)
    with refused("outbox never change"), sqlite_ledger.write(NOW) as writer:
        writer.connection.execute(insert(outbox).prefix_with("OR REPLACE").values(reply(number, again)))
    with sqlite_ledger.read() as connection:
        assert connection.execute(select(outbox.c.sign_off)).scalars().all() == [sign_off]


# Arrivals.


def test_the_same_bytes_of_the_same_time_arrive_once_and_may_lie_in_several_places(ledger: Ledger) -> None:
    first, moved = Found(Place("director", "INBOX", 7, 1), NOW, b"1"), Place("director", "Processed", 8, 1)
    later, other = Place("director", "INBOX", 7, 2), Place("director", "INBOX", 7, 3)
    with ledger.write(NOW) as writer:
        (one,) = log_arrivals(writer, [first])
        assert log_arrivals(writer, [first]) == log_arrivals(writer, [Found(moved, NOW, b"1")]) == [one]
        (two,) = log_arrivals(writer, [Found(later, NOW + timedelta(seconds=1), b"1")])
        (three,) = log_arrivals(writer, [Found(other, NOW, b"2")])
    assert len({one, two, three}) == count(ledger, "arrivals") == 3
    assert count(ledger, "places") == 4


def test_a_second_arrival_of_the_same_bytes_and_time_is_refused(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        arrive(writer)
    with refused("(?i)unique"), ledger.write(NOW) as writer:
        copied = select(*(column for column in arrivals.c if column.name != "id"))
        names = [column.name for column in arrivals.c if column.name != "id"]
        writer.connection.execute(insert(arrivals).from_select(names, copied))


@pytest.mark.parametrize("column", ["sha256", "internaldate", "size", "logged_at"])
def test_an_arrival_never_becomes_another_mail(ledger: Ledger, column: str) -> None:
    with ledger.write(NOW) as writer:
        arrive(writer)
    other = {"sha256": "0" * 64, "size": 99}.get(column, NOW + timedelta(days=1))
    with refused("an arrival never becomes another mail"), ledger.write(NOW) as writer:
        writer.connection.execute(update(arrivals).values({column: other}))


def test_the_bytes_of_an_arrival_may_be_dropped_and_never_changed(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        arrival = arrive(writer, b"1")
    with refused("never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(arrival_bytes).values(bytes=b"2"))
    with ledger.read() as connection:
        assert raw_of(connection, arrival) == b"1"
    with ledger.write(NOW) as writer:
        writer.connection.execute(delete(arrival_bytes))
    with ledger.read() as connection:
        assert raw_of(connection, arrival) == b""


# The outbox: made once.


def made(ledger: Ledger) -> int:
    with ledger.write(NOW) as writer:
        number, sign_off = signed_letter(writer)
        return planned(writer, reply(number, sign_off, message_id="<1@x>", raw=b"1", body_digest="1"))


@pytest.mark.parametrize(
    "changed",
    [
        {"raw": b"2"},
        {"message_id": "<2@x>"},
        {"message_id": None},
        {"body_digest": "2"},
        {"body_digest": None},
        {"key": "another"},
        {"person": "chen-jing"},
    ],
    ids=str,
)
def test_a_mail_that_is_made_never_changes(ledger: Ledger, changed: dict[str, Any]) -> None:
    mail = made(ledger)
    with refused("the bytes of a mail never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(changed))


def test_the_bytes_of_a_mail_may_be_dropped_and_do_not_come_back(ledger: Ledger) -> None:
    mail = made(ledger)
    with ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(raw=None))
    with refused("the bytes of a mail never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(raw=b"2"))


def test_a_made_reply_does_not_change_to_another_sign_off(ledger: Ledger) -> None:
    mail = made(ledger)
    with ledger.write(NOW) as writer:
        number, another = signed_letter(writer)
    with refused("the bytes of a mail never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(letter=number, sign_off=another))


@pytest.mark.parametrize(
    ("state", "next_one"), [("accepted", "planned"), ("accepted", "later"), ("withdrawn", "planned")]
)
def test_what_was_accepted_or_withdrawn_is_never_sent_again(ledger: Ledger, state: str, next_one: str) -> None:
    mail = made(ledger)
    with ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(state=state))
    with refused("the bytes of a mail never change"), ledger.write(NOW) as writer:
        writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(state=next_one))


def test_an_accepted_mail_can_bounce(ledger: Ledger) -> None:
    mail = made(ledger)
    with ledger.write(NOW) as writer:
        for state in ("accepted", "bounced"):
            writer.connection.execute(update(outbox).where(outbox.c.id == mail).values(state=state))
