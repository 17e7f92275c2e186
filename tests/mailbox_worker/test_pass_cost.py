"""A pass asks only for what is open: on both engines an index answers each question about a table that grows."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from mailbox_worker.ledger.store import open_ledger
from tests.mailbox_worker.desk_at_work import NOW, open_desk
from tests.mailbox_worker.grown_ledger import grow, one_pass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbox_worker.desk import Desk

CLOSED, OPEN = 3_000, 20
GROWING = (
    "arrivals",
    "letters",
    "outbox",
    "events",
    "event_data",
    "requests",
    "nudges",
    "drafts",
    "sign_offs",
    "places",
    "tallies",
)
LATER = NOW + timedelta(hours=2)


@contextmanager
def questions() -> Iterator[dict[str, Any]]:
    """Collect every SELECT that is asked meanwhile, with the values of its first time."""
    asked: dict[str, Any] = {}

    def keep(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.setdefault(statement, values)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def asked_by_a_pass(desk: Desk) -> dict[str, Any]:
    grow(desk, CLOSED, OPEN)
    for _ in range(2):  # whatever is to be told is told
        one_pass(desk, LATER)
    with desk.ledger.write(LATER) as writer:
        writer.record("looked-at", letter="2025-000001")  # so that the figures are counted anew
    with questions() as asked:
        one_pass(desk, LATER)
    assert len(asked) > 20
    assert any("FROM sums" in statement for statement in asked)
    return asked


def test_on_sqlite_no_table_that_grows_is_scanned(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        asked = asked_by_a_pass(desk)
        engine = create_engine(desk.config.ledger, poolclass=NullPool)
    with engine.connect() as connection:
        for statement, values in asked.items():
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for table in GROWING:
                scans = [step for step in steps if step.startswith(f"SCAN {table}") and " USING " not in step]
                assert scans == [], statement


@pytest.mark.postgresql
def test_on_postgresql_no_table_that_grows_is_scanned(tmp_path: Path, postgresql_url: str) -> None:
    with open_desk(tmp_path) as on_sqlite, closing(open_ledger(postgresql_url)) as ledger:
        asked = asked_by_a_pass(replace(on_sqlite, ledger=ledger))
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("SET random_page_cost = 1")  # three thousand rows lie in memory
        for statement, values in asked.items():
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))
            for table in GROWING:
                assert f"Seq Scan on {table}" not in plan, f"{statement}\n{plan}"
