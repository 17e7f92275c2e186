"""Show what a pass would take in, without doing it: `tick --dry-run`.

Receives the desk; hands on the counts. Intake works for once on a copy of the ledger, without its letters' bytes, in a
folder that is thrown away, and looks at the mailbox read-only: nothing is logged, numbered, answered or moved.
"""

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, update

from mailbox_worker.desk import Desk
from mailbox_worker.intake.receive import Progress
from mailbox_worker.intake.take_in import Intake, take_in
from mailbox_worker.ledger.folders import adopt_from
from mailbox_worker.ledger.store import Ledger, open_ledger
from mailbox_worker.ledger.tables import arrival_bytes, event_data, events, heads, metadata

LEFT_OUT = (arrival_bytes, events, event_data)
ROWS = 500


def rehearse(desk: Desk, now: datetime, progress: Progress, adopt: datetime | None) -> Intake:
    """Take in on paper; gives what a real pass would."""
    with tempfile.TemporaryDirectory(prefix="tenday-rehearsal-") as folder:
        copy = open_ledger(f"sqlite:///{Path(folder) / 'ledger.db'}")
        try:
            _copy(desk.ledger, copy, now)
            if adopt is not None:
                with copy.write(now) as writer:
                    adopt_from(writer, adopt)
            return take_in(replace(desk, ledger=copy), now, progress, look_only=True)
        finally:
            copy.close()


def _copy(ledger: Ledger, to: Ledger, now: datetime) -> None:
    with ledger.read() as source, to.write(now) as writer:
        for table in metadata.sorted_tables:
            if table in LEFT_OUT:
                continue
            rows = source.execution_options(yield_per=ROWS).execute(select(table)).mappings()
            if table is heads:
                row = dict(rows.one())
                writer.connection.execute(update(heads).values(**{**row, "seq": 0, "hash": "0" * 64}))
                writer.take_over(row["numbers"])
                continue
            for part in rows.partitions(ROWS):
                writer.connection.execute(insert(table), [dict(row) for row in part])
