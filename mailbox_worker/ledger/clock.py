"""Refuse to work by a clock that cannot be right (THREATS 18).

Receives the ledger and the machine's time; hands on nothing. Deadlines, expiry of requests and the order of events all
hang on the clock: one that goes back, or jumps ahead, would set off what nobody can take back.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from mailbox_worker.ledger.store import Ledger
from mailbox_worker.ledger.tables import events, heads
from mailbox_worker.ledger.troubles import LedgerBusy

BACK = timedelta(minutes=5)  # two machines that share a ledger differ by less
AHEAD = timedelta(days=7)  # a worker that rested so long may have been set up again with a wrong clock


def check_clock(ledger: Ledger, now: datetime, *, after_pause: bool) -> None:
    """Note a pass by the real clock; raises LedgerBusy when the clock has gone back, or far ahead without a word."""
    with ledger.read() as connection:
        last_event = connection.execute(select(events.c.at).order_by(events.c.seq.desc()).limit(1)).scalar_one_or_none()
        last_pass = connection.execute(select(heads.c.ticked_at)).scalar_one()
    if last_event is not None and now < last_event - BACK:
        raise LedgerBusy(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the ledger's last entry is of {last_event:%Y-%m-%d %H:%M}; "
            "nothing was done: set the clock right"
        )
    if last_pass is not None and now - last_pass > AHEAD and not after_pause:
        raise LedgerBusy(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, the last pass was on {last_pass:%Y-%m-%d %H:%M}; nothing was "
            "done: set the clock right or, after a real pause, say --after-pause once"
        )
    with ledger.write(now) as writer:
        writer.connection.execute(update(heads).values(ticked_at=now))
