"""A second worker: logs letters into a ledger as a process of its own.

Receives a ledger's URL and how many; prints each number once it is committed.
"""

from __future__ import annotations

import sys

from mailbox_worker.ledger.store import open_ledger
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, logged_letter


def main(url: str, letters: int) -> None:
    """Log so many letters, one transaction each."""
    ledger = open_ledger(url)
    for _ in range(letters):
        with ledger.write(NOW) as writer:
            number = logged_letter(writer)
        print(number, flush=True)  # noqa: T201 - how the test hears of it
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
