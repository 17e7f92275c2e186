"""A worker that holds a ledger alone until it is killed.

Receives a ledger's URL; prints a line once it holds it.
"""

from __future__ import annotations

import sys

from mailbox_worker.ledger.store import open_ledger

if __name__ == "__main__":
    with open_ledger(sys.argv[1]).alone():
        print("held", flush=True)  # noqa: T201 - how the test hears of it
        sys.stdin.read()
