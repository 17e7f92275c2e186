"""`tenday mail run` as a service: it stops within five seconds at any moment, and says nothing about people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from threading import Event
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.config_file import load_config
from mailbox_worker.heartbeat import last_beat
from mailbox_worker.loop import Tick
from tenday.demonstration.writing import header
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DRAFT,
    MAILBOX,
    PEOPLE,
    ROOT,
    BureauAtWork,
    open_bureau,
    token_of,
)
from tests.mailbox_worker.intake.faulty_wire import FaultyWire
from tests.servers.failing_smtp import STALL, FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

WRITER = "zhangsan@example.org"
HALF = 300_000  # bytes of the big mail
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


def test_the_journal_of_a_whole_journey_holds_counts_and_no_word_about_people(bureau: BureauAtWork) -> None:
    text = bureau.config.read_text(encoding="utf-8").replace("hold_minutes: 10", "hold_minutes: 0")
    bureau.config.write_text(text.replace("mailbox:\n", "mailbox:\n  poll_seconds: 1\n", 1), encoding="utf-8")
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾，我想轻生。")
    process = start(bureau)
    wait_for(lambda: len(bureau.mail_to(CLERK, "draft-request")) == 1, process)
    request = bureau.mail_to(CLERK, "draft-request")[0]
    bureau.staff_answers(CLERK, request, DRAFT)
    wait_for(lambda: len(bureau.mail_to(DEPUTY, "sign-off-request")) == 1, process)
    bureau.forged_answer(bureau.mail_to(DEPUTY, "sign-off-request")[0], "同意", f"陈静 <{DEPUTY}>")
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[0], "同意")
    wait_for(lambda: len(bureau.mail_to(WRITER, "reply")) == 1, process)
    (bureau.folder / "password").write_text("changed by somebody", encoding="utf-8")
    code, _, said = stopped(process)
    assert code == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert sum(line.get("accepted", 0) for line in lines) >= 6
    assert {key for line in lines for key in line} <= {"at", "event", "message", "seconds", "troubles", *Tick.__slots__}
    personal = [WRITER, CLERK, DEPUTY, MAILBOX, "example", "张三", "王芳", "陈静", "车险", "追尾", "轻生", DRAFT[:8]]
    personal += ["2026-0", token_of(request), header(request, "Message-ID"), *PEOPLE, "Re:", "@"]
    assert [word for word in personal if word in said] == []


@pytest.mark.parametrize("open_town", ["pymap"], indirect=True)  # the wire reads along: no TLS
def test_it_stops_within_five_seconds_while_it_waits_for_mail_by_idle(bureau: BureauAtWork) -> None:
    with FaultyWire(bureau.town.imap.host, bureau.town.imap.port) as wire:
        idle = Event()

        def answers(data: bytes) -> bytes:
            if data.startswith(b"+ "):
                idle.set()
            return data

        wire.answers = answers
        through(bureau, wire.port)
        process = start(bureau)
        wait_for(idle.is_set, process)
        code, seconds, _ = stopped(process)
    assert (code, seconds < AT_ONCE) == (0, True), seconds


@pytest.mark.parametrize("open_town", ["pymap"], indirect=True)  # the wire reads along: no TLS
def test_it_stops_within_five_seconds_in_the_middle_of_a_big_fetch(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "附照片", "字" * 200_000)
    with FaultyWire(bureau.town.imap.host, bureau.town.imap.port) as wire:
        released = Event()

        def answers(data: bytes) -> bytes:
            if wire.bytes_relayed > HALF:
                released.wait(PATIENCE)  # the server says no more: the mail is half there
            return data

        wire.answers = answers
        through(bureau, wire.port)
        process = start(bureau)
        wait_for(lambda: wire.bytes_relayed > HALF, process)
        code, seconds, _ = stopped(process)
        released.set()
    assert (code, seconds < AT_ONCE) == (0, True), seconds
    assert bureau.json("verify")["ok"] is True


def through(bureau: BureauAtWork, port: int) -> None:
    """Let the worker reach its mailbox by another port, without TLS."""
    text = bureau.config.read_text(encoding="utf-8")
    text = text.replace(f"port: {bureau.town.imap.port}", f"port: {port}", 1)
    bureau.config.write_text(text, encoding="utf-8")


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
