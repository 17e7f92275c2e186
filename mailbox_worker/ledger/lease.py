"""Be the only worker on a ledger: a lock that dies with the process that holds it.

Receives an engine; hands on nothing but the time in between. On SQLite a lock on a file beside the database, on
PostgreSQL an advisory lock of a connection of its own: neither can be left behind by a killed worker, so nobody
has to guess its age.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from mailbox_worker.ledger.troubles import LedgerBusy

ADVISORY_LOCK = 10_000_010  # any number that no other program on the same database uses


HELD = "another pass is running on this ledger"


@contextmanager
def lease(engine: Engine) -> Iterator[None]:
    """Hold the ledger alone; raises LedgerBusy at once when it is held."""
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine):
            yield
    else:
        with _file_lock(Path(f"{engine.url.database}.lock")):
            yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            file = held.enter_context(path.open("a", encoding="utf-8"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerBusy(HELD) from None
        except OSError as unwritable:
            raise LedgerBusy(f"{path}: {unwritable.strerror}") from None
        yield


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one program after the other do what takes a moment, by a lock on the folder that a killed one cannot keep."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = {"lock": ADVISORY_LOCK}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar_one():
            raise LedgerBusy(HELD)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
