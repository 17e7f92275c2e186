"""`tenday demo --interactive` at a terminal of 80 columns: a person types, and sees what came of it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

from tenday.demonstration.terminal import width

ROOT = Path(__file__).resolve().parents[3]
COLUMNS, ROWS = 80, 40
PATIENCE = 120.0  # seconds; on a machine at rest it takes two
PROMPT = "> "
CTRL_D = b"\x04"
STYLE = re.compile(r"\x1b\[[0-9;?]*[a-z]")


def typed(*lines: str, folder: Path) -> tuple[str, int]:
    """Type a line at each prompt, then Ctrl-D; gives all that the terminal showed and the exit code."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-c", "from tenday.cli import main; main()", "demo", "--interactive"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), "TERM": "xterm"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            shown = _converse(master, list(lines))
            return STYLE.sub("", shown).replace("\r\n", "\n"), process.wait()
        finally:
            watchdog.cancel()
            process.kill()
            os.close(master)


def _converse(master: int, lines: list[str]) -> str:
    shown, answered = b"", 0
    while said := _more(master):
        shown += said
        if STYLE.sub("", shown[answered:].decode("utf-8", "replace")).endswith(PROMPT):
            answered = len(shown)
            os.write(master, f"{lines.pop(0)}\n".encode() if lines else CTRL_D)
    return shown.decode("utf-8", "replace")


def _more(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # as Linux says that the other side has closed
        return b""


def test_the_deputy_is_asked_back_returns_thinks_better_and_the_citizen_gets_what_was_signed(tmp_path: Path) -> None:
    shown, code = typed("已阅", "退回：请写明依据", "同意", "撤销", "同意", "", folder=tmp_path)
    assert code == 0
    told = iter(shown.splitlines())
    for line in (
        "您的收件箱",
        "【请签批·剩10天】",
        "王芳拟的第 1 稿",
        "您的回复",
        "【请再回复】2026-000001",
        "您回复的是“已阅”。",
        "您已退回答复稿",
        "与第 1 稿相比",
        "您已同意第 2 稿。答复将在 10 分钟后发出。",
        "已撤销签批，答复未发出",
        "您已同意第 3 稿。",
        "十分钟过去了",
        "张三的收件箱",
        "【来信答复】关于您的来信 2026-000001",
        "保险法第二十一",
        "陈静签批；证明：auth=pass smtp.auth=chenjing@bureau.example",
    ):
        assert any(line in said for said in told), line
    assert "【来信答复】" not in shown[: shown.index("十分钟过去了")]
    assert [line for line in shown.splitlines() if width(line) > COLUMNS] == []
    assert list(tmp_path.glob("tenday-*")) == []


def test_who_passes_the_letter_on_sees_it_signed_by_the_other(tmp_path: Path) -> None:
    shown, code = typed("", "转 李明", folder=tmp_path)
    assert code == 0
    assert "空白的回信不会有人发" in shown
    assert "现在由李明签批" in shown
    assert "李明签批；证明：auth=pass smtp.auth=liming@bureau.example" in shown
    assert "您没有试“已阅”" in shown


def test_who_ends_without_an_answer_has_sent_nothing(tmp_path: Path) -> None:
    shown, code = typed("好的", folder=tmp_path)
    assert code == 0
    assert "没有签批，就没有任何文字发给张三。" in shown
    assert "【来信答复】" not in shown
