"""The systemd unit, as systemd itself judges it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.required import require_program

UNIT = Path(__file__).parent.parent.parent / "deploy" / "systemd" / "tenday-mail@.service"
MOST_EXPOSED = 20  # tenths; systemd calls up to 2.0 "OK" and an ordinary service 9.6


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Give the unit with a program that is there, as in an office where Tenday is installed."""
    copy = tmp_path / "tenday-mail@director.service"
    text = UNIT.read_text(encoding="utf-8")
    installed = text.replace("/opt/tenday/.venv/bin/tenday", str(Path(sys.executable).resolve()))
    assert installed != text
    copy.write_text(installed, encoding="utf-8")
    return copy


def analyze(*words: str | Path) -> tuple[int, str]:
    program = require_program("systemd-analyze", "systemd")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    assert analyze("verify", "--man=no", unit) == (0, "")


def test_the_unit_is_closed_to_all_that_a_worker_does_not_need(unit: Path) -> None:
    code, said = analyze("security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", unit)
    assert code == 0, said
