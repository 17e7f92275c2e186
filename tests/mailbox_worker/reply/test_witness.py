"""The copy to ourselves proves that the server took a mail, and nothing else can pass for that proof."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from mailbox_worker.ledger.outbox import change
from mailbox_worker.ledger.tables import heads
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.ledger.vocabulary import OutboxState
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import settle_unknown
from tests.mailbox_worker.desk_at_work import NOW, approved_reply, mails, open_desk, row_of
from tests.servers.failing_smtp import FailingSmtp

if TYPE_CHECKING:
    from pathlib import Path


def test_THREAT_13_where_the_writer_is_refused_no_copy_is_asked_for_and_nothing_is_handed_over(tmp_path: Path) -> None:
    with FailingSmtp({"rcpt": "550 5.1.1 no such user"}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        send_due(desk, NOW)
        assert row_of(desk, sent.mail).state == "refused"
    assert server.commands.count("RCPT") == 1, "the second RCPT waits for the answer to the first: no PIPELINING"
    assert "DATA" not in server.commands
    assert server.taken == []


def test_THREAT_13_no_mail_of_ours_names_the_copy(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        approved_reply(desk)
        make_planned(desk, NOW)
        raws = [row.raw for kind in ("acknowledgement", "draft-request", "reply") for row in mails(desk, kind)]
    assert raws
    assert not any(re.search(rb"(?mi)^bcc:", raw) for raw in raws)


def test_THREAT_17_a_claim_that_a_dead_worker_left_is_planned_again_and_a_hand_over_is_unknown(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        claimed, handed = approved_reply(desk), approved_reply(desk, message_id="<other@bureau.example>")
        with desk.ledger.write(NOW) as writer:
            change(writer, claimed.mail, state=OutboxState.CLAIMED)
            change(writer, handed.mail, state=OutboxState.HANDING_OVER, handed_over_at=NOW)
        take_up_after_crash(desk, NOW + timedelta(minutes=1))
        assert [row_of(desk, one.mail).state for one in (claimed, handed)] == ["planned", "unknown"]
        settle_unknown(desk, NOW + timedelta(minutes=2))
        assert row_of(desk, handed.mail).state == "unknown", "never queued again by itself"


def test_THREAT_17_a_worker_whose_lock_was_lost_says_no_data(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)

        def another_takes_over() -> bool:
            with desk.ledger.write(NOW) as writer:
                writer.connection.execute(update(heads).values(fence=heads.c.fence + 1))
            return False  # asked after the claim: go on

        with desk.ledger.alone(), pytest.raises(LedgerBusy, match="another worker has taken over"):
            send_due(desk, NOW, another_takes_over)
        assert row_of(desk, sent.mail).state == "claimed"
        assert ("RCPT" in server.commands, "DATA" in server.commands) == (True, False)
        with desk.ledger.alone():
            take_up_after_crash(desk, NOW)
            send_due(desk, NOW)
        assert row_of(desk, sent.mail).state == "accepted"
    assert len(server.taken) == 1
