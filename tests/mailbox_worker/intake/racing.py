"""A second worker on the same mailbox and ledger: passes until nothing is left, and waits its turn in between.

Receives a configuration; prints how many mails it fetched.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bureau.content import load_content
from mailbox_worker.config import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.intake.take_in import Intake, take_in
from mailbox_worker.ledger.store import Ledger, engine_for, open_ledger
from mailbox_worker.ledger.troubles import LedgerBusy
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


def main(config_file: str) -> None:
    """Take in until a whole pass finds nothing."""
    config = load_config(Path(config_file))
    desk = Desk(config, load_content(Path(config.content)), open_ledger(config.ledger))
    fetched, found = 0, True
    while found:
        try:
            with desk.ledger.alone():
                taken = take_in(desk, NOW, lambda _done, _of: None)
        except LedgerBusy:
            continue  # the other one's turn
        assert taken.troubles == [], taken.troubles
        fetched, found = fetched + taken.fetched, taken.fetched > 0
    print(fetched)  # noqa: T201 - how the test hears of it


def fill(room: Mailroom, count: int) -> None:
    """Put so many letters into the mailbox."""
    with room.server.connect(room.login) as client:
        for start in range(0, count, 500):
            client.multiappend("INBOX", [letter(number) for number in range(start, min(start + 500, count))])


def impatient(url: str) -> Engine:
    """Connect to a ledger without waiting for its lock."""
    return engine_for(f"{url}?timeout=0")


def take_in_with(desk: Desk, ledger: Ledger, now: datetime) -> Intake:
    """Take in as another worker would, on a connection of its own."""
    return take_in(replace(desk, ledger=ledger), now, lambda _done, _of: None)


if __name__ == "__main__":
    main(sys.argv[1])
