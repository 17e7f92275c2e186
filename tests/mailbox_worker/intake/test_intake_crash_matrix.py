"""Intake is killed at every command sent and answered and at every commit; the ledger is that of an undisturbed run.

Where the server has no MOVE, only the part that files mail away is killed: the rest is the same.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.journeys.bureau_at_work import copy_content
from tests.journeys.killing import KILLED, WarmWorker, intake_alone
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = (
    letter(1),
    letter(2, Auto_Submitted="auto-generated"),
    b"Received: from list.example.org\r\n" + letter(1),
    letter(3, From="wangfang@bureau.example"),
    letter(4, Content_Type="text/plain; charset=gb2312").replace("拒赔".encode(), "拒赔".encode("gb18030")),
    letter(5, Message_ID=None),  # type: ignore[arg-type]  # None leaves it out
)
JUNK = letter(6)


def ready(open_room: Callable[..., Mailroom], kind: str) -> Mailroom:
    """Give a mailbox with the batch in it, and an empty ledger."""
    room = open_room(kind)
    content = room.office.parent / "content"
    if not content.exists():
        copy_content(content)
    file = room.office / "tenday.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(f"content: {room.office}", f"content: {content}"))
    room.arrive_many(BATCH, JUNK)
    return room


@pytest.mark.dovecot
@pytest.mark.parametrize(("kind", "share"), [("dovecot", 1), ("dovecot without MOVE", 3)])
def test_F01_killing_intake_at_any_moment_leaves_the_ledger_of_an_undisturbed_run(
    open_room: Callable[..., Mailroom], kind: str, share: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(WarmWorker(intake_alone)) as worker:
        calm = ready(open_room, kind)
        config = calm.office / "tenday.yml"
        steps = worker.one_pass(config, NOW)
        expected = calm.outcome()
        assert calm.dispositions().count("letter") == 3
        points, survived = range(steps - steps // share, steps), 0
        for step in points:
            room = ready(open_room, kind)
            config = room.office / "tenday.yml"
            assert worker.one_pass(config, NOW, step) == KILLED
            worker.one_pass(config, NOW)
            assert room.outcome() == expected, f"killed at step {step}"
            survived += 1
            room.desk.ledger.close()
    with capsys.disabled():
        print(f" {len(points)} kill points on {kind}, {survived} survived as undisturbed", end=" ")  # noqa: T201 - asked for
