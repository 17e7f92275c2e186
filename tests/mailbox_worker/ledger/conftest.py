"""One contract, two engines: every test that takes `ledger` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from mailbox_worker.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Name a ledger that is not there yet, in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'var' / 'ledger.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Name an empty database, once on each engine."""
    named: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgresql_url")
    return named


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Open a new ledger."""
    opened = open_ledger(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_ledger(sqlite_url: str) -> Iterator[Ledger]:
    """Open a new ledger on SQLite, for what only its grammar can say."""
    opened = open_ledger(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def intruder(url: str, ledger: Ledger) -> Iterator[Engine]:
    """Connect to the ledger's database as somebody with SQL and without our code; each statement commits by itself."""
    del ledger  # it must be there first
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()
