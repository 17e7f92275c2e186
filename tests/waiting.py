"""Wait on a condition, for what happens in another process or thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 20.0  # seconds


def wait_until(holds: Callable[[], object]) -> None:
    """Come back when the condition holds; fails the test when it does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.01)  # a short poll on a condition with a deadline
