"""One worker at a time, and never a lock left behind; on both engines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from mailbox_worker.ledger.store import Ledger, open_ledger
from mailbox_worker.ledger.troubles import LedgerBusy
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, count, logged_letter

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent


def take(ledger: Ledger) -> None:
    """Take the lease and give it back."""
    with ledger.alone():
        pass


def test_a_second_worker_is_told_at_once_and_can_work_after_the_first(url: str, ledger: Ledger) -> None:
    second = open_ledger(url)
    with ledger.alone():
        with pytest.raises(LedgerBusy, match="another pass is running"):
            take(second)
        with ledger.write(NOW) as writer:
            logged_letter(writer)
        assert count(second, "letters") == 1  # looking is free
    take(second)
    take(ledger)
    second.close()


def broken_pass(ledger: Ledger) -> None:
    with ledger.alone():
        raise ZeroDivisionError


def test_a_pass_that_fails_gives_the_lease_back(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError):
        broken_pass(ledger)
    take(ledger)


def is_free(ledger: Ledger) -> bool:
    try:
        take(ledger)
    except LedgerBusy:
        return False
    return True


def test_a_killed_worker_leaves_no_lock_behind(url: str, ledger: Ledger) -> None:
    command = [sys.executable, "-m", "tests.mailbox_worker.ledger.hold_alone", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"held\n"
        with pytest.raises(LedgerBusy):
            take(ledger)
        worker.kill()
    given_up = monotonic() + 30
    while not is_free(ledger):  # PostgreSQL notices a lost connection in its own time
        assert monotonic() < given_up


def test_a_lock_file_that_cannot_be_opened_is_busy(sqlite_ledger: Ledger, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///") + ".lock")
    path.mkdir()
    with pytest.raises(LedgerBusy, match=r"ledger.db.lock: Is a directory"):
        take(sqlite_ledger)
