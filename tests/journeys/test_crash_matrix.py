"""The worker is killed at every step of a letter's life and started again: the outcome is the same.

A step is a commit, a move or a hand-over by SMTP, about to be done: between two of them nothing is left behind, and a
stage that ends has ended with one. The life is lived once undisturbed; each kill
begins from what lay on disk at the start of its pass, and lives on from there. Intake has a finer matrix of its own.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tenday.demonstration.writing import header
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DRAFT, BureauAtWork, open_bureau, reply_body
from tests.journeys.killing import KILLED, WarmWorker, a_whole_pass
from tests.servers.dovecot import Dovecot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

WRITER = "zhangsan@example.org"
# The one step after which nobody can know whether the server took the reply: see docs/crash-table.md.
UNKNOWN_REPLY = "held"
MOST_HELD = 2  # from the mark `handing_over` until the server has the last byte of the reply


@dataclass
class Life:
    """One letter's life in five passes; before each of them somebody does something."""

    bureau: BureauAtWork
    worker: WarmWorker
    snapshots: Path
    steps: list[int] = field(default_factory=list)
    clocks: list[datetime] = field(default_factory=list)

    @property
    def happenings(self) -> list[Callable[[], object]]:
        """What people and time do before each pass."""
        bureau = self.bureau
        return [
            lambda: bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。"),
            lambda: bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT),
            lambda: bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意"),
            lambda: bureau.pass_time(minutes=11),
            lambda: bureau.pass_time(hours=2),
        ]

    def live(self) -> None:
        """Bring the letter from arrival to answer, and keep what lies on disk before each pass."""
        for number, happens in enumerate(self.happenings):
            happens()
            self._copy(self.bureau.folder / "var", self.snapshots / f"ledger-{number}")
            self._copy(self._mail(), self.snapshots / f"mail-{number}")
            self.clocks.append(self.bureau.now)
            self.steps.append(self.worker.one_pass(self.bureau.config, self.bureau.now))

    def live_on_from(self, number: int, step: int) -> None:
        """Go back to the start of a pass, kill it at a step, start it again, and live on to the end."""
        self._copy(self.snapshots / f"ledger-{number}", self.bureau.folder / "var")
        self._copy(self.snapshots / f"mail-{number}", self._mail())
        self.bureau.clock.now = self.clocks[number]
        assert self.worker.one_pass(self.bureau.config, self.bureau.now, step) == KILLED
        self.worker.one_pass(self.bureau.config, self.bureau.now)
        for happens in self.happenings[number + 1 :]:
            happens()
            self.worker.one_pass(self.bureau.config, self.bureau.now)

    def _mail(self) -> Path:
        assert isinstance(self.bureau.town.imap, Dovecot)
        return self.bureau.town.imap.folder / "mail"

    def _copy(self, source: Path, target: Path) -> None:
        if target.exists():
            # Put aside whole: a server that is just closing a folder may still write into it.
            target.rename(target.with_name(f"{target.name}-{uuid4().hex}"))
        if source.exists():
            subprocess.run(["cp", "-aT", source, target], check=True)  # with its owner: Dovecot runs as another user


def outcome(bureau: BureauAtWork) -> dict[str, object]:
    """Give all that must be the same, whatever was killed."""
    (row,) = bureau.json("list")
    shown = bureau.json("show", row["number"])
    mails = {kind: bureau.mail_to(WRITER, kind) for kind in ("acknowledgement", "reply")}
    verdict = bureau.json("verify")
    return {
        "state": row["state"],
        "number": row["number"],
        "acknowledgements": len({header(raw, "Message-ID") for raw in mails["acknowledgement"]}),
        "replies": [reply_body(raw) for raw in mails["reply"]],
        "approved": shown["drafts"][0]["text"],
        "drafts": len(shown["drafts"]),
        "sign_offs": len(shown["sign_offs"]),
        "inbox": len(bureau.town.imap.messages("director")),
        "came": Counter(mail["kind"] for mail in shown["mails"] if mail["direction"] == "in"),
        "ok": verdict["ok"],
    }


@pytest.mark.dovecot
@pytest.mark.parametrize("open_town", ["dovecot"], indirect=True)
def test_killing_the_worker_at_any_step_changes_nothing(
    tmp_path: Path, open_town: OpenTown, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(WarmWorker(a_whole_pass)) as worker:
        bureau = open_bureau(tmp_path / "bureau", open_town, [WRITER])
        life = Life(bureau, worker, tmp_path / "snapshots")
        life.snapshots.mkdir()
        life.live()
        expected = outcome(bureau)
        assert expected["state"] == "answered"
        assert expected["replies"] == [expected["approved"]]
        held = 0
        points = [(number, step) for number, steps in enumerate(life.steps) for step in range(steps)]
        for number, step in points:
            life.live_on_from(number, step)
            found = outcome(bureau)
            if found["state"] == UNKNOWN_REPLY:
                held += 1
                found |= {"state": "answered", "replies": found["replies"] or expected["replies"]}
                found["came"] = expected["came"]
            assert found == expected, f"killed in pass {number} at step {step}"
    with capsys.disabled():
        print(f" {len(points)} kill points: {len(points) - held} as undisturbed, {held} held for a person", end=" ")  # noqa: T201
    assert held <= MOST_HELD
