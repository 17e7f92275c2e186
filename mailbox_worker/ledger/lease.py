"""Be the only worker on a ledger: a lock that dies with the process that holds it.

Receives an engine; hands on nothing but the time in between. On SQLite a lock on a file beside the database, on
PostgreSQL an advisory lock of a connection of its own: neither can be left behind by a killed worker, so nobody
has to guess its age.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

ADVISORY_LOCK = 10_000_010  # any number that no other program on the same database uses


class AnotherWorker(Exception):  # noqa: N818 - a state of affairs, said to a person
    """Somebody else is doing a pass on this ledger."""


@contextmanager
def lease(engine: Engine) -> Iterator[None]:
    """Hold the ledger alone; raises AnotherWorker at once when it is held."""
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine):
            yield
    elif engine.url.database in (None, "", ":memory:"):
        yield  # nobody else can see it
    else:
        with _file_lock(Path(f"{engine.url.database}.lock")):
            yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherWorker("another pass is running on this ledger") from None
        yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = {"lock": ADVISORY_LOCK}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar_one():
            raise AnotherWorker("another pass is running on this ledger")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
