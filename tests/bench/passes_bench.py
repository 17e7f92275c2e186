"""What a pass costs with a hundred thousand closed letters in the ledger, against one with a thousand.

Receives nothing; hands on lines: a pass in which nothing happens, and one after something happened to a letter, which
counts the figures anew. Everything but the IMAP server, on SQLite in memory, so that the ratio tells of the program.
"""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.mailbox_worker.desk_at_work import NOW, open_desk
from tests.mailbox_worker.grown_ledger import grow, one_pass

if TYPE_CHECKING:
    from mailbox_worker.desk import Desk

OPEN, FEW, MANY = 200, 1_000, 100_000
ROUNDS = 15
LATER = NOW + timedelta(hours=2)


def main() -> list[str]:
    """Measure; gives one line a measurement."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - nothing secret, and gone at the end
    with ExitStack() as opened:
        desks = []
        for closed in (FEW, MANY):
            folder = Path(opened.enter_context(TemporaryDirectory(dir=memory)))
            desks.append(opened.enter_context(open_desk(folder)))
            grow(desks[-1], closed, OPEN)
            one_pass(desks[-1], LATER)
            one_pass(desks[-1], LATER)
        return [_compared(desks, "a pass", busy=False), _compared(desks, "one that counts the figures anew", busy=True)]


def _compared(desks: list[Desk], what: str, *, busy: bool) -> str:
    gc.collect()
    # In turns, so that a machine that is slow for a while is slow for both.
    costs = [
        min(spans) for spans in zip(*([_cost(desk, busy=busy) for desk in desks] for _ in range(ROUNDS)), strict=True)
    ]
    ratio = f"{costs[1] / costs[0]:.2f} times one with {FEW:,}"
    return f"{what} with {MANY:,} closed and {OPEN} open letters: {costs[1] * 1000:.1f} ms, {ratio} (at most 1.3)"


def _cost(desk: Desk, *, busy: bool) -> float:
    if busy:
        with desk.ledger.write(LATER) as writer:
            writer.record("looked-at", letter="2025-000001")
    start = time.process_time()
    one_pass(desk, LATER)
    return time.process_time() - start
