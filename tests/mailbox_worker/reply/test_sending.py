"""What goes out, in which order, how fast, and what holds it back."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.outbox import Plan, change, find, plan, say
from mailbox_worker.ledger.standing import THROTTLED, hold_sending, resume_sending, stands
from mailbox_worker.ledger.vocabulary import Audience, MailKind, OutboxState, Word
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.mail.smtp_connection import SmtpLogin
from mailbox_worker.mail.smtp_endings import Ending, Phase
from mailbox_worker.reply.budgets import LIMITS, Budget
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.patience import ATTEMPTS
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import settle, settle_unknown
from tests.mailbox_worker.desk_at_work import (
    NOW,
    RAW,
    WRITER,
    acknowledgement,
    approved_reply,
    mails,
    open_desk,
    row_of,
    staff_mail,
    state_of,
)
from tests.servers.failing_smtp import STALL, FailingSmtp
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from mailbox_worker.desk import Desk
    from tests.mailbox_worker.desk_at_work import Sent

HOUR = timedelta(hours=1)


def test_signed_replies_go_first_then_staff_mail_then_machine_mail_all_on_one_connection(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        staff = staff_mail(desk, "alarm:1")
        sent = approved_reply(desk)
        machine = acknowledgement(desk, sent.letter)
        counted, _ = send_due(desk, NOW)
        assert counted == {"accepted": 3}
        done = sorted((row_of(desk, mail) for mail in (staff, sent.mail, machine)), key=lambda row: row.id)
        assert {row.state for row in done} == {"accepted"}
    assert server.connections == 1
    assert server.commands.count("RCPT") == 5, "a witness for the writer's two mails, none for a colleague's"
    assert [raw == RAW.replace(b"\r\n.", b"\r\n..") for raw in server.taken] == [True] * 3


def test_pauses_grow_and_after_the_last_attempt_a_person_must_look(tmp_path: Path) -> None:
    now, pauses = NOW, []
    with FailingSmtp({"rcpt": "450 4.2.1 busy"}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        while row_of(desk, sent.mail).state != "refused":
            send_due(desk, now)
            row = row_of(desk, sent.mail)
            if row.state == "later":
                pauses.append(int((row.not_before - now).total_seconds() // 60))
                send_due(desk, row.not_before - timedelta(seconds=1))
                assert row_of(desk, sent.mail).attempts == row.attempts, "not before its time"
            now = row.not_before
        settle_unknown(desk, now)
        assert pauses == [5, 15, 60] + [240] * (ATTEMPTS - 4)
        assert row_of(desk, sent.mail).attempts == ATTEMPTS
        assert state_of(desk, sent.letter) == "held"
        (alarm,) = mails(desk, "alarm")
        assert (alarm.person, alarm.arguments["reason"]) == ("wang-fang", "reply-held")


def test_F65_a_server_that_wants_us_slower_gets_nothing_more_until_the_pause_is_over(tmp_path: Path) -> None:
    script = {"mail": "550 Connection frequency limited"}
    with FailingSmtp(script, times=2) as server, open_desk(tmp_path, server.port) as desk:
        first = approved_reply(desk)
        second = staff_mail(desk, "alarm:1")
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (first.mail, second)] == ["later", "planned"]
        send_due(desk, NOW + timedelta(minutes=4))
        assert server.connections == 1, "not even tried"
        send_due(desk, NOW + timedelta(minutes=6))
        with desk.ledger.read() as connection:
            brake = stands(connection, THROTTLED)
        assert brake is not None
        assert brake.until == NOW + timedelta(minutes=6 + 15), "the second time in a row it waits longer"
        send_due(desk, NOW + timedelta(minutes=30))
        assert [row_of(desk, mail).state for mail in (first.mail, second)] == ["accepted", "accepted"]
        with desk.ledger.read() as connection:
            assert stands(connection, THROTTLED) is None


def test_a_hold_stops_mail_to_writers_and_no_other(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        staff, machine = staff_mail(desk, "alarm:1"), acknowledgement(desk, sent.letter)
        with desk.ledger.write(NOW) as writer:
            assert hold_sending(writer, "chen-jing")
            assert not hold_sending(writer, "wang-fang"), "it is held already"
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (sent.mail, staff, machine)] == ["planned", "accepted", "planned"]
        with desk.ledger.write(NOW) as writer:
            assert resume_sending(writer, "chen-jing")
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (sent.mail, machine)] == ["accepted", "accepted"]


def test_F50_THREAT_23_a_days_budget_for_an_address_stops_the_twenty_first_mail_until_tomorrow_and_no_reply(
    tmp_path: Path,
) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        letter = approved_reply(desk).letter
        many = [acknowledgement(desk, letter, key=f"acknowledgement:{turn}") for turn in range(23)]
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in many] == ["accepted"] * 20 + ["planned"] * 3
        assert len(server.taken) == 21, "the signed reply to the same address is not held back"
        send_due(desk, NOW + timedelta(hours=10))
        assert len(server.taken) == 21
        send_due(desk, NOW + timedelta(hours=16))
        assert len(server.taken) == 24, "after midnight at the office"


def test_F69_no_minute_sees_more_mails_than_the_server_allows_and_signed_replies_go_before_others(
    tmp_path: Path,
) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port, mails_per_minute=3) as desk:
        others = [staff_mail(desk, f"alarm:{turn}") for turn in range(5)]
        sent = approved_reply(desk)
        gone = []
        for seconds in (0, 1, 59, 60, 61, 121):
            send_due(desk, NOW + timedelta(seconds=seconds))
            gone.append(len(server.taken))
        assert gone == [3, 3, 3, 6, 6, 6]
        assert row_of(desk, sent.mail).handed_over_at == NOW
        assert [row_of(desk, mail).attempts for mail in others] == [1] * 5, "waiting is no attempt"


def test_F54_THREAT_23_the_budgets_are_those_of_the_contract_and_apart() -> None:
    assert (LIMITS["machine"].address, LIMITS["machine"].domain, LIMITS["machine"].total) == (20, 1_000, 5_000)
    budget = Budget()
    budget.spend(MailKind.ACKNOWLEDGEMENT, Audience.WRITER, "a@Example.org", 1_000)
    assert not budget.allows(MailKind.SURVEY, Audience.WRITER, "b@example.org"), "the domain's"
    assert budget.allows(MailKind.SURVEY, Audience.WRITER, "b@example.com")
    budget.spend(MailKind.ACKNOWLEDGEMENT, Audience.WRITER, "a@example.net", 4_000)
    assert not budget.allows(MailKind.SURVEY, Audience.WRITER, "b@example.com"), "in all"
    assert budget.allows(MailKind.REPLY, Audience.WRITER, "a@example.org")
    assert budget.allows(MailKind.ALARM, Audience.STAFF, "wangfang@bureau.example")


def test_F62_a_crash_in_the_hand_over_is_unknown_and_a_crash_before_it_is_planned_again(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        sent, staff = approved_reply(desk), staff_mail(desk, "alarm:1")
        with desk.ledger.write(NOW) as writer:
            change(writer, sent.mail, state=OutboxState.HANDING_OVER, handed_over_at=NOW)
            change(writer, staff, state=OutboxState.CLAIMED)
        take_up_after_crash(desk, NOW)
        assert [row_of(desk, mail).state for mail in (sent.mail, staff)] == ["unknown", "planned"]


def test_F63_unknown_machine_mail_goes_once_more_with_the_same_bytes_however_often_it_was_put_off(
    tmp_path: Path,
) -> None:
    script = {"dot": STALL}
    with FailingSmtp(script) as server, open_desk(tmp_path, server.port, timeout=0.2) as desk:
        machine = acknowledgement(desk, approved_reply(desk, not_before=NOW + 900 * HOUR).letter)
        with desk.ledger.write(NOW) as writer:
            change(writer, machine, attempts=3)
        for hours in range(9):
            send_due(desk, NOW + hours * HOUR)
            settle_unknown(desk, NOW + hours * HOUR)
        assert row_of(desk, machine).state == "unknown"
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_an_unknown_reply_without_a_witness_is_held_after_an_hour_and_a_person_is_asked_once(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        sent = _unknown(desk)
        settle_unknown(desk, NOW + timedelta(minutes=59))
        assert row_of(desk, sent.mail).state == "unknown"
        for minutes in (60, 61, 600):
            settle_unknown(desk, NOW + timedelta(minutes=minutes))
        assert (row_of(desk, sent.mail).state, state_of(desk, sent.letter)) == ("held", "held")
        assert [row.arguments["reason"] for row in mails(desk, "alarm")] == ["reply-held"]


def test_the_word_sent_answers_the_letter_on_the_day_of_the_hand_over(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        sent = _unknown(desk)
        settle_unknown(desk, NOW + HOUR)
        _say(desk, sent.mail, Word.SENT)
        settle_unknown(desk, NOW + 30 * HOUR)
        assert (row_of(desk, sent.mail).state, state_of(desk, sent.letter)) == ("accepted", "answered")
        with desk.ledger.read() as connection:
            row = connection.exec_driver_sql("SELECT answered_at FROM letters").scalar_one()
        assert row.startswith(NOW.strftime("%Y-%m-%dT%H:%M"))


def test_the_word_again_sends_the_same_bytes_once_and_only_from_a_state_of_doubt(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        sent = _unknown(desk)
        settle_unknown(desk, NOW + HOUR)
        _say(desk, sent.mail, Word.AGAIN)
        settle_unknown(desk, NOW + 2 * HOUR)
        assert state_of(desk, sent.letter) == "approved"
        send_due(desk, NOW + 2 * HOUR)
        assert (row_of(desk, sent.mail).state, state_of(desk, sent.letter)) == ("accepted", "answered")
        _say(desk, sent.mail, Word.AGAIN)
        settle_unknown(desk, NOW + 3 * HOUR)
        send_due(desk, NOW + 3 * HOUR)
    assert len(server.taken) == 1


def test_what_was_sent_anew_by_a_word_and_stops_again_is_told_of_again(tmp_path: Path) -> None:
    with FailingSmtp({"data": "550 5.7.1 not wanted"}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        told = []
        for hours in (0, 10, 20):
            now = NOW + hours * HOUR
            for _ in range(2):
                send_due(desk, now)
                settle_unknown(desk, now)
            told.append([row.arguments["reason"] for row in mails(desk, "alarm")].count("reply-held"))
            assert (row_of(desk, sent.mail).state, state_of(desk, sent.letter)) == ("refused", "held")
            _say(desk, sent.mail, Word.AGAIN)
            settle_unknown(desk, now)
            assert state_of(desk, sent.letter) == "approved"
        assert told == [1, 2, 3]


def test_a_run_that_is_to_stop_finishes_the_mail_it_is_at_and_gives_the_others_back(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        many = [staff_mail(desk, f"alarm:{turn}") for turn in range(5)]
        send_due(desk, NOW, lambda: len(server.taken) >= 2)
        assert [row_of(desk, mail).state for mail in many] == ["accepted"] * 2 + ["planned"] * 3
    assert server.commands[-1] == "QUIT"


def test_a_known_ending_does_not_wait_for_a_server_that_is_silent_at_the_next_mail(tmp_path: Path) -> None:
    with (
        FailingSmtp({"mail": STALL}, times=1, spared=1) as server,
        open_desk(tmp_path, server.port, timeout=30) as desk,
        ThreadPoolExecutor(1) as pool,
    ):
        sent = approved_reply(desk)
        waiting = staff_mail(desk, "alarm:1")
        passing = pool.submit(send_due, desk, NOW)
        wait_until(lambda: state_of(desk, sent.letter) == "answered")
        assert not passing.done()
        assert [row_of(desk, mail).state for mail in (sent.mail, waiting)] == ["accepted", "claimed"]
        server.hang_up()
        passing.result()
        assert row_of(desk, waiting).state == "accepted", "on a new connection"


def test_never_more_than_one_mail_is_in_doubt_however_many_go_out(tmp_path: Path) -> None:
    in_doubt, handing_over = [], []
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        many = [staff_mail(desk, f"alarm:{turn}") for turn in range(45)]

        def look() -> bool:
            states = [row_of(desk, mail).state for mail in many]
            handing_over.append(states.count("handing_over"))
            in_doubt.append(len(server.taken) - states.count("accepted"))
            return False

        counted, _ = send_due(desk, NOW, look)
        assert counted == {"accepted": 45}
        assert {row_of(desk, mail).state for mail in many} == {"accepted"}
    assert (max(handing_over), max(in_doubt)) == (1, 1)


def test_THREAT_11_the_bytes_of_a_mail_with_a_token_or_code_are_dropped_once_it_is_settled(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        others = [staff_mail(desk, "alarm:1"), acknowledgement(desk, sent.letter)]
        send_due(desk, NOW)
        assert [row_of(desk, mail).raw for mail in others] == [None, None]
        assert row_of(desk, sent.mail).raw == RAW, "what was answered stays"


def test_a_kept_connection_that_the_server_has_closed_is_opened_again_without_harm_to_the_mail() -> None:
    async def two_mails(port: int) -> list[Ending]:
        transport = Transport(SmtpLogin("127.0.0.1", port, "none", timeout=1))
        endings = []
        for _ in range(2):
            assert await transport.address("director@bureau.example", WRITER, None) is None
            endings.append((await transport.data(RAW)).ending)
            server.hang_up()
        await transport.close()
        return endings

    with FailingSmtp({}) as server:
        assert asyncio.run(two_mails(server.port)) == [Ending.ACCEPTED, Ending.ACCEPTED]
    assert server.connections == 2


@pytest.mark.parametrize("address", ["张三@example.org", "a\r\nRCPT TO:<b@example.org>@example.org"])
def test_F67_an_address_that_no_server_should_see_is_refused_before_it_is_said(address: str) -> None:
    async def ask(port: int) -> Ending:
        transport = Transport(SmtpLogin("127.0.0.1", port, "none", timeout=1))
        outcome = await transport.address("director@bureau.example", address, None)
        await transport.close()
        assert outcome is not None
        assert outcome.phase is Phase.RCPT
        return outcome.ending

    with FailingSmtp({}) as server:
        assert asyncio.run(ask(server.port)) is Ending.REFUSED
    assert "RCPT" not in server.commands


def _unknown(desk: Desk) -> Sent:
    """Put a reply into the ledger whose hand-over nobody knows the end of."""
    sent = approved_reply(desk)
    with desk.ledger.write(NOW) as writer:
        change(writer, sent.mail, handed_over_at=NOW)
        settle(writer, find(writer.connection, sent.mail), OutboxState.UNKNOWN, "timeout")
    return sent


def _say(desk: Desk, mail: int, word: Word) -> None:
    with desk.ledger.write(NOW) as writer:
        say(writer, mail, word, "wang-fang")


def test_a_mail_that_cannot_be_made_is_put_off_and_told_of_while_the_others_go_out(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        with desk.ledger.write(NOW) as writer:
            plan(writer, Plan("broken", MailKind.REMINDER, person="wang-fang", arguments={"nothing": "it needs"}))
        whole = staff_mail(desk, "alarm:1")
        now = NOW
        for _attempt in range(ATTEMPTS):
            make_planned(desk, now)
            make_planned(desk, now)  # the alarm that the first round planned
            send_due(desk, now)
            now = max(now, row_of(desk, whole - 1).not_before)
        broken = row_of(desk, whole - 1)
        told = [(row.key, row.state) for row in mails(desk, MailKind.ALARM)]
    assert (broken.state, broken.attempts, broken.answer) == ("refused", ATTEMPTS, "not made: KeyError")
    assert told == [("alarm:1", "accepted"), (f"alarm:unmade:{broken.id}", "accepted")]
    assert len(server.taken) == len(told)
