"""A second worker on the same mailbox and ledger: passes until all is logged, and waits its turn in between.

Receives a configuration and a number of letters; prints how many it fetched, and how often the other one was at it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bureau.content import load_content
from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.intake.take_in import Intake, take_in
from mailbox_worker.ledger.store import Ledger, engine_for, open_ledger
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.troubles import LedgerBusy
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


def main(config_file: str, letters: str) -> None:
    """Do pass after pass until the ledger has so many letters."""
    config = load_config(Path(config_file))
    desk = Desk(config, load_content(Path(config.content)), open_ledger(config.ledger))
    fetched, waited = 0, 0
    while _logged(desk.ledger) < int(letters):
        try:
            with desk.ledger.alone():
                taken = take_in(desk, NOW, lambda _done, _of: None)
        except LedgerBusy:
            waited += 1  # the other one's turn
            continue
        assert taken.troubles == [], taken.troubles
        fetched += taken.fetched
    print(fetched, waited)  # noqa: T201 - how the test hears of it


def _logged(ledger: Ledger) -> int:
    with ledger.read() as connection:
        return int(connection.execute(select(func.count()).select_from(arrivals)).scalar_one())


def fill(room: Mailroom, numbers: range) -> None:
    """Put letters of these numbers into the mailbox."""
    with room.server.connect(room.login) as client:
        client.multiappend("INBOX", [letter(number) for number in numbers])


def impatient(url: str) -> Engine:
    """Connect to a ledger without waiting for its lock."""
    return engine_for(f"{url}?timeout=0")


def take_in_with(desk: Desk, ledger: Ledger, now: datetime) -> Intake:
    """Take in as another worker would, on a connection of its own."""
    return take_in(replace(desk, ledger=ledger), now, lambda _done, _of: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
