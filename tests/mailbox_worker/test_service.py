"""`tenday mail run` as a service: it stops within five seconds at any moment, and says nothing about people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.config import load_config
from mailbox_worker.heartbeat import last_beat
from tests.journeys.bureau_at_work import ROOT, BureauAtWork, open_bureau
from tests.servers.failing_smtp import STALL, FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

WRITER = "zhangsan@example.org"
AT_ONCE = 5.0  # seconds in which a service has to end
PATIENCE = 40.0


def wait_for(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, "the service ended by itself"
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.02)  # a short poll on a condition with a deadline


def start(bureau: BureauAtWork, port: int | None = None) -> subprocess.Popen[str]:
    if port is not None:
        text = bureau.config.read_text(encoding="utf-8")
        head, _, tail = text.partition("  smtp:")
        rest = tail.partition("\n")[2]
        smtp = f"  smtp: {{host: 127.0.0.1, port: {port}, security: none, timeout_seconds: 60}}\n"
        bureau.config.write_text(head + smtp + rest, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "tenday", "mail", "run", "--config", str(bureau.config)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def stopped(process: subprocess.Popen[str]) -> tuple[int, float, str]:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, time.monotonic() - began, said


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER])


def test_it_stops_cleanly_between_two_passes_and_its_journal_holds_no_personal_data(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾。")
    process = start(bureau)
    wait_for(lambda: len(bureau.mail_to(WRITER, "acknowledgement")) == 1, process)
    wait_for(lambda: last_beat(load_config(bureau.config)) is not None, process)
    code, seconds, said = stopped(process)
    assert code == 0
    assert seconds < AT_ONCE
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[0]["event"] == "pass"
    assert lines[0]["letters"] == 1
    assert lines[-1]["event"] == "stopped"
    for word in (WRITER, "张三", "车险", "2026-0", "bureau.example"):
        assert word not in said


@pytest.mark.parametrize("phase", ["connect", "rcpt", "dot"])
def test_it_stops_within_five_seconds_while_the_mail_server_says_nothing(bureau: BureauAtWork, phase: str) -> None:
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾。")
    with FailingSmtp({phase: STALL}) as server:
        process = start(bureau, server.port)
        reached = {"connect": lambda: server.connections, "rcpt": lambda: "RCPT" in server.commands}
        wait_for(lambda: bool(reached.get(phase, lambda: server.taken)()), process)
        code, seconds, _ = stopped(process)
    assert (code, seconds < AT_ONCE) == (0, True), seconds
    assert bureau.json("verify")["ok"] is True


def test_a_monitor_learns_in_one_line_whether_the_worker_is_alive(bureau: BureauAtWork) -> None:
    silent = bureau.command("doctor", "--heartbeat", "--config", str(bureau.config))
    assert silent.code == 2
    assert silent.out.startswith("CRITICAL: no pass yet")
    process = start(bureau)
    wait_for(lambda: last_beat(load_config(bureau.config)) is not None, process)
    stopped(process)
    alive = bureau.command("doctor", "--heartbeat", "--config", str(bureau.config))
    assert (alive.code, alive.out) == (0, "OK: last pass 0 minutes ago, 0 troubles\n")
