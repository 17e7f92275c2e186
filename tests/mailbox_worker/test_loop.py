"""The pass as a whole: what one stage does to the others when it fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.loop import tick
from tests.mailbox_worker.desk_at_work import NOW, approved_reply, open_desk, row_of
from tests.mailbox_worker.ledger.office_with_a_letter import logged_letter
from tests.servers.failing_smtp import FailingSmtp

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stage_that_fails_holds_back_no_reply_and_is_said_at_the_end(tmp_path: Path) -> None:
    with FailingSmtp({}) as server, open_desk(tmp_path, server.port) as desk:
        sent = approved_reply(desk)
        with desk.ledger.write(NOW) as writer:
            logged_letter(writer, received_at=datetime.max.replace(tzinfo=UTC))  # its tenth day does not exist
        with pytest.raises(OverflowError):
            tick(desk, NOW)
        assert row_of(desk, sent.mail).state == "accepted"
