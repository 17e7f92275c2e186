"""The root of the command line: every ending becomes an exit code and one line, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tenday", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd=cwd)


def test_an_unknown_command_is_78_and_one_line() -> None:
    done = run("male")
    assert (done.returncode, done.stdout, done.stderr) == (78, "", "tenday: No such command 'male'.\n")


def test_a_missing_option_is_78_and_with_json_still_one_document() -> None:
    done = run("mail", "list", "--json")
    assert done.returncode == 78
    assert json.loads(done.stdout) == {"exit": 78, "errors": done.stderr.splitlines()}
    assert "--config" in done.stderr


def test_a_configuration_that_is_not_there_is_78(tmp_path: Path) -> None:
    done = run("mail", "list", "--config", str(tmp_path / "none.yml"))
    assert done.returncode == 78
    assert done.stderr.startswith(f"{tmp_path / 'none.yml'}:1: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("--debug", "mail", "list", "--config", "none"), ("mail", "list", "--config", "none", "--debug")]
)
def test_debug_shows_the_traceback_wherever_it_stands(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 78
    assert "Traceback" in done.stderr


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m tenday --help; echo $? >&2"
    done = subprocess.run(["bash", "-c", f"({command}) | true"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert "Traceback" not in done.stderr


def test_help_names_every_command_and_what_it_is_for() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("check", "build", "mail", "demo"):
        assert command in done.stdout
