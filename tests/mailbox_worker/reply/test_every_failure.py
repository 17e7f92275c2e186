"""An SMTP server that fails at every phase in every way, and the state that an outgoing mail is in afterwards."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.reply.sending import send_due
from tests.mailbox_worker.desk_at_work import (
    NOW,
    RAW,
    acknowledgement,
    approved_reply,
    open_desk,
    row_of,
    staff_mail,
    state_of,
)
from tests.servers.failing_smtp import CUT, GARBAGE, LATE, RESET, STALL, FailingSmtp

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 0.25  # seconds that the worker waits for an answer here; a silent server costs so much a case
SOFT = ("421 4.3.2 closing", "450 4.2.1 busy", "451 DT:SPM 163 smtp, please try again", "452 4.3.1 no space")
HARD = ("550 5.1.1 no such user", "552 5.3.4 too big", "554 5.7.1 refused")
THROTTLING = (
    "550 Connection frequency limited",
    "550 Domain frequency limited. http://service.mail.qq.com/",
    "550 Mailbox unavailable or access denied",
    "550 RP:TRC 163 smtp8",
    "554 DT:SPM 163 smtp12",
    "554 HL:ITC 163 mx40",
)
BROKEN = (CUT, RESET, STALL, GARBAGE)
BEFORE_THE_DOT = ("mail", "rcpt", "data")
CASES = [
    *product(BEFORE_THE_DOT, SOFT + THROTTLING + BROKEN, ["later"]),
    *product(BEFORE_THE_DOT, HARD, ["refused"]),
    # The witness alone is refused: the mail goes out all the same, without one.
    *product(["witness"], (*SOFT[1:], *HARD), ["accepted"]),
    *product(["witness"], (SOFT[0], *BROKEN), ["later"]),
    *product(["bytes"], (CUT, RESET), ["later or unknown"]),
    *product(["dot"], SOFT + THROTTLING, ["later"]),
    *product(["dot"], HARD, ["refused"]),
    *product(["dot"], (*BROKEN, LATE, "354 go on", "199 what"), ["unknown"]),
    # Without a connection nothing was tried.
    *product(["connect", "ehlo"], ("421 no service", "554 no service", CUT, RESET, GARBAGE), ["planned"]),
]
AFTER_250 = (CUT, RESET, GARBAGE, "500 what", "421 gone")
LETTERS = {"accepted": "answered", "refused": "held"}


def test_there_are_at_least_sixty_cases() -> None:
    assert len(CASES) + len(AFTER_250) >= 60


@pytest.mark.parametrize(("phase", "action", "expected"), CASES)
def test_a_reply_is_in_the_state_that_the_failure_calls_for(
    tmp_path: Path, phase: str, action: str, expected: str
) -> None:
    with FailingSmtp({phase: action}) as server, open_desk(tmp_path, server.port, timeout=PATIENCE) as desk:
        sent = approved_reply(desk)
        _, trouble = send_due(desk, NOW)
        row, letter = row_of(desk, sent.mail), state_of(desk, sent.letter)
    assert row.state in expected.split(" or "), row.answer
    assert (trouble is not None) == (expected == "planned")
    assert letter == LETTERS.get(row.state, "approved")
    assert row.attempts == (0 if expected == "planned" else 1)
    if row.state in ("accepted", "refused", "later", "planned"):
        # What the row says is true: the server has the mail exactly when it is accepted.
        assert len(server.taken) == (row.state == "accepted")
    if server.taken:
        assert server.taken == [RAW.replace(b"\r\n.", b"\r\n..")]


@pytest.mark.parametrize("action", AFTER_250)
def test_F61_once_the_server_has_said_250_nothing_that_it_says_at_the_end_undoes_it(
    tmp_path: Path, action: str
) -> None:
    with FailingSmtp({"quit": action}) as server, open_desk(tmp_path, server.port, timeout=PATIENCE) as desk:
        sent = approved_reply(desk)
        send_due(desk, NOW)
        send_due(desk, NOW + timedelta(days=1))
        assert (row_of(desk, sent.mail).state, state_of(desk, sent.letter)) == ("accepted", "answered")
    assert len(server.taken) == 1


@pytest.mark.parametrize("action", [CUT, RESET, STALL, LATE])
def test_F60_an_unknown_reply_is_never_sent_again_by_itself(tmp_path: Path, action: str) -> None:
    with FailingSmtp({"dot": action}, times=1) as server, open_desk(tmp_path, server.port, timeout=PATIENCE) as desk:
        sent = approved_reply(desk)
        send_due(desk, NOW)
        for hours in range(1, 200, 20):
            send_due(desk, NOW + timedelta(hours=hours))
        assert row_of(desk, sent.mail).state == "unknown"
        assert state_of(desk, sent.letter) == "approved"
    assert len(server.taken) == 1


def test_F68_a_late_answer_is_never_read_as_the_answer_to_the_next_mail(tmp_path: Path) -> None:
    with FailingSmtp({"dot": LATE}, times=1) as server, open_desk(tmp_path, server.port, timeout=PATIENCE) as desk:
        first = approved_reply(desk)
        second = acknowledgement(desk, first.letter)
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (first.mail, second)] == ["unknown", "accepted"]
    assert server.connections == 2


def test_a_refused_mail_does_not_keep_the_next_one_from_the_same_connection(tmp_path: Path) -> None:
    refused = {"rcpt": "550 5.1.1 no such user"}
    with FailingSmtp(refused, times=1) as server, open_desk(tmp_path, server.port) as desk:
        first = approved_reply(desk)
        second = acknowledgement(desk, first.letter)
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (first.mail, second)] == ["refused", "accepted"]
        assert state_of(desk, first.letter) == "held"
    assert server.connections == 1
    assert "RSET" in server.commands


def test_F64_of_three_recipients_the_refused_one_alone_is_tried_again(tmp_path: Path) -> None:
    with FailingSmtp({"rcpt": "450 4.2.1 busy"}, times=1) as server, open_desk(tmp_path, server.port) as desk:
        told = [staff_mail(desk, f"alarm:{person}", person) for person in ("wang-fang", "chen-jing", "zhang-wei")]
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in told] == ["later", "accepted", "accepted"]
        assert len(server.taken) == 2
        send_due(desk, NOW + timedelta(hours=1))
        assert [(row_of(desk, mail).state, row_of(desk, mail).attempts) for mail in told] == [
            ("accepted", 2),
            ("accepted", 1),
            ("accepted", 1),
        ]
    assert len(server.taken) == 3, "each mail has one recipient: nobody gets it twice"


@pytest.mark.parametrize("action", [*BROKEN, "421 gone", "500 what"])
def test_a_failing_reset_after_a_refusal_says_nothing_about_this_mail_or_the_next(tmp_path: Path, action: str) -> None:
    refused = {"rcpt": "550 5.1.1 no such user", "rset": action}
    with FailingSmtp(refused, times=2) as server, open_desk(tmp_path, server.port, timeout=PATIENCE) as desk:
        first = approved_reply(desk)
        second = acknowledgement(desk, first.letter)
        send_due(desk, NOW)
        assert [row_of(desk, mail).state for mail in (first.mail, second)] == ["refused", "accepted"]
    assert server.commands.count("RSET") == 1
    assert (server.connections, len(server.taken)) == (2, 1)
