"""Numbers without a gap and one chain of events, whoever writes at the same time; and what `verify` finds."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from sqlalchemy import delete, select, text

from mailbox_worker.ledger.chain import GENESIS, canonical, data_digest, event_hash
from mailbox_worker.ledger.columns import instant_text
from mailbox_worker.ledger.store import Ledger, open_ledger
from mailbox_worker.ledger.tables import event_data, events, letters
from mailbox_worker.ledger.verify import verify
from tests.mailbox_worker.ledger import write_letters
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, Engine, logged_letter, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbox_worker.ledger.store import Writer

ROOT = Path(__file__).parent.parent.parent.parent


def numbers(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return list(connection.execute(select(letters.c.number).order_by(letters.c.number)).scalars())


def expected(count: int) -> list[str]:
    return [f"2026-{serial:06}" for serial in range(1, count + 1)]


# Numbers.


def test_numbers_count_from_one_in_each_year(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        given = [writer.next_number(year) for year in (2026, 2026, 2027, 2026)]
    with ledger.write(NOW) as writer:
        given.append(writer.next_number(2027))
    assert given == ["2026-000001", "2026-000002", "2027-000001", "2026-000003", "2027-000002"]


class Undone(Exception):  # noqa: N818 - what a test breaks off with
    pass


def break_off() -> NoReturn:
    raise Undone


def undone_letter(ledger: Ledger) -> None:
    with suppress(Undone), ledger.write(NOW) as writer:
        logged_letter(writer)
        break_off()


def undone_part(writer: Writer) -> None:
    with suppress(Undone), writer.savepoint():
        logged_letter(writer)
        break_off()


def test_a_transaction_that_fails_leaves_no_gap(ledger: Ledger) -> None:
    for _ in range(2):
        with ledger.write(NOW) as writer:
            logged_letter(writer)
        undone_letter(ledger)
    assert numbers(ledger) == expected(2)
    assert verify(ledger).ok


def test_a_savepoint_that_fails_leaves_no_gap_and_the_others_stay(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        for turn in range(2):
            with writer.savepoint():
                logged_letter(writer)
            undone_part(writer)
            writer.record("quarantined", turn=turn)
            logged_letter(writer)
    verdict = verify(ledger)
    assert numbers(ledger) == expected(4)
    assert (verdict.ok, verdict.entries) == (True, 6)


def test_a_savepoint_around_another_undoes_that_one_too(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        with suppress(Undone), writer.savepoint():
            logged_letter(writer)
            undone_part(writer)
            logged_letter(writer)
            assert writer.next_number(2026) == "2026-000003"
            break_off()
        logged_letter(writer)
    assert numbers(ledger) == expected(1)
    assert verify(ledger).ok


def test_two_threads_share_the_numbers_and_the_chain(url: str, ledger: Ledger) -> None:
    start, seen, faults = threading.Barrier(2), [], []

    def work() -> None:
        own = open_ledger(url)
        start.wait()
        try:
            for turn in range(15):
                with own.write(NOW) as writer:
                    seen.append(logged_letter(writer))
                if turn % 5 == 0:
                    undone_letter(own)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)
        own.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify(ledger)
    assert faults == []
    assert sorted(seen) == numbers(ledger) == expected(30)
    assert (verdict.problems, verdict.entries) == ((), 30)


def test_two_processes_share_the_numbers_and_the_chain(url: str, ledger: Ledger) -> None:
    command = [sys.executable, "-m", write_letters.__name__, url, "10"]
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(number for lines in printed for number in lines) == numbers(ledger) == expected(20)
    assert verify(ledger).problems == ()


def test_the_chain_can_be_proved_while_others_write(url: str, ledger: Ledger) -> None:
    ended = threading.Event()

    def work() -> None:
        own = open_ledger(url)
        for _ in range(30):
            with own.write(NOW) as writer:
                logged_letter(writer)
        own.close()
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    verdicts = []
    while not ended.is_set():
        verdicts.append(verify(ledger))
    thread.join()
    assert [verdict.problems for verdict in verdicts if not verdict.ok] == []


# The chain, checked by hand.


def test_each_entry_binds_its_own_facts_and_the_entry_before_it(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        number = logged_letter(writer)
        writer.record("signed-off", letter=number, by="chen-jing", 版本=1)
    with ledger.read() as connection:
        rows = connection.execute(select(events).order_by(events.c.seq)).all()
        data = connection.execute(select(event_data).where(event_data.c.seq == 2)).one()
    assert json.loads(data.data) == {"版本": 1}
    assert data.by == "chen-jing"
    assert rows[0].prev == GENESIS
    assert rows[1].prev == rows[0].hash
    assert rows[1].digest == data_digest(data.salt, "chen-jing", '{"版本":1}')
    assert rows[1].hash == event_hash(
        2, "2026-03-05T01:00:00.000000Z", "signed-off", number, rows[1].digest, rows[0].hash
    )
    assert verify(ledger).head == rows[1].hash


def test_equal_data_have_different_digests_so_that_erased_data_cannot_be_guessed(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        for _ in range(2):
            writer.record("letter-logged", subject="车险理赔")
    with ledger.read() as connection:
        first, second = connection.execute(select(events.c.digest)).scalars()
    assert first != second


def test_an_instant_is_kept_in_utc_to_the_microsecond_whatever_zone_it_came_in(ledger: Ledger) -> None:
    at = datetime(2026, 3, 5, 9, 30, 0, 7, tzinfo=timezone(timedelta(hours=8)))
    with ledger.write(at) as writer:
        writer.record("tick")
    with ledger.read() as connection:
        assert connection.execute(text("SELECT at FROM events")).scalar_one() == "2026-03-05T01:30:00.000007Z"
        assert connection.execute(select(events.c.at)).scalar_one() == at
    assert verify(ledger).ok


def test_a_year_below_1000_keeps_its_zeros() -> None:
    assert instant_text(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"), ledger.write(naive) as writer:
        writer.record("tick")


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"rate": float("nan")})


# What verify finds.


def story(ledger: Ledger) -> None:
    """Six events about three letters."""
    with ledger.write(NOW) as writer:
        for _ in range(3):
            number = logged_letter(writer)
            writer.record("answered", letter=number, by="tenday", note="好")


def without_guards(engine: Engine) -> None:
    """Take the triggers away, as somebody who owns the database could."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("events", "event_data", "letters", "heads"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


@pytest.fixture
def tamper(ledger: Ledger, intruder: Engine) -> Callable[..., tuple[str, ...]]:
    """Tell a story, change it by SQL, and give what verify says."""

    def change(*statements: str) -> tuple[str, ...]:
        story(ledger)
        assert verify(ledger).ok
        without_guards(intruder)
        run(intruder, *statements)
        verdict = verify(ledger)
        assert verdict.ok == (verdict.problems == ())
        return verdict.problems

    return change


@pytest.mark.parametrize(
    "change",
    ["kind = 'returned'", "at = '2026-03-04T01:00:00.000000Z'", "at = 'gestern'", "letter = NULL", "digest = 'x'"],
)
def test_a_changed_event_is_found(tamper: Callable[..., tuple[str, ...]], change: str) -> None:
    assert "entry 4 was changed" in tamper(f"UPDATE events SET {change} WHERE seq = 4")  # noqa: S608 - our own words


def test_a_changed_event_with_its_hash_made_new_is_found_at_the_next_one(
    ledger: Ledger, tamper: Callable[..., tuple[str, ...]]
) -> None:
    story(ledger)  # the same entries are there before tamper tells the story once more
    with ledger.read() as connection:
        row = connection.execute(select(events).where(events.c.seq == 4)).one()
    forged = event_hash(4, instant_text(row.at), "returned", row.letter, row.digest, row.prev)
    problems = tamper(f"UPDATE events SET kind = 'returned', hash = '{forged}' WHERE seq = 4")  # noqa: S608
    assert problems == ("entry 5 does not follow the entry before it",)


def test_a_heads_row_that_names_another_hash_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    problems = tamper("UPDATE heads SET hash = prev FROM events WHERE events.seq = 6")
    assert problems == ("the heads row does not name entry 6 as it stands",)


def test_changed_data_are_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("UPDATE event_data SET data = '{}' WHERE seq = 2") == ("the data of entry 2 was changed",)


def test_another_persons_name_on_an_event_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("UPDATE event_data SET by = 'chen-jing' WHERE seq = 2") == ("the data of entry 2 was changed",)


def test_erased_data_are_said_and_the_chain_stays_whole(ledger: Ledger) -> None:
    story(ledger)
    with ledger.write(NOW) as writer:
        writer.connection.execute(delete(event_data).where(event_data.c.seq == 3))
    assert verify(ledger).problems == ("entry 3 has lost its data",)


def test_a_cut_off_end_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    problems = tamper("DELETE FROM event_data WHERE seq > 4", "DELETE FROM events WHERE seq > 4")
    assert problems == ("the chain ends at entry 4, the heads row says 6: entries were cut off or slipped in",)


def test_a_chain_cut_off_whole_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    problems = tamper("DELETE FROM event_data", "DELETE FROM events")
    assert problems == ("the chain ends at entry 0, the heads row says 6: entries were cut off or slipped in",)


def test_a_missing_entry_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    problems = tamper("DELETE FROM event_data WHERE seq = 3", "DELETE FROM events WHERE seq = 3")
    assert problems == ("entry 3 is missing; the next one is 4", "entry 4 does not follow the entry before it")


def test_a_missing_heads_row_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("DELETE FROM heads") == ("the heads row is missing: nothing says where the chain ends",)


def test_a_letter_taken_out_is_found_by_the_gap(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("DELETE FROM letters WHERE number = '2026-000002'") == (
        "the letters of 2026 are not numbered 1 to 3 without a gap",
    )


def test_the_last_letter_taken_out_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("DELETE FROM letters WHERE number = '2026-000003'") == (
        "the letters of 2026 are not numbered 1 to 3 without a gap",
    )


def test_a_letter_under_a_number_that_was_never_given_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    assert tamper("UPDATE letters SET number = '2027-000001' WHERE number = '2026-000003'") == (
        "the letters of 2026 are not numbered 1 to 3 without a gap",
        "the letters of 2027 are not numbered 1 to 0 without a gap",
    )


def test_a_number_that_is_none_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    problems = tamper("UPDATE letters SET number = 'x' WHERE number = '2026-000003'")
    assert problems[0] == "x is no letter number"
