"""What can be wrong with the ledger's database, and how a driver's error becomes one of two plain troubles.

Receives SQLAlchemy's errors; hands on LedgerBusy (try later) or LedgerUnusable (a person must act), in the driver's own
words: SQLAlchemy's text would quote the statement and with it a citizen's letter. What is neither is a fault of ours
and goes on as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

BUSY_IN_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
UNUSABLE_IN_SQLITE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
# Connection lost, deadlock, out of resources, lock not available, shut down, disk; a standby, which only reads.
BUSY_IN_POSTGRESQL = ("08", "40", "53", "55", "57", "58", "25006")


class LedgerUnusable(Exception):  # noqa: N818 - a state of affairs, said to a person
    """The database is not a ledger that may be written to; the message says what is missing."""


class LedgerBusy(Exception):  # noqa: N818 - a state of affairs, said to a person
    """Locked, full, read-only or out of reach: nothing was done, try later."""


@contextmanager
def plain_troubles() -> Iterator[None]:
    """Turn a driver's error into LedgerBusy or LedgerUnusable where it is one of them."""
    try:
        yield
    except DBAPIError as trouble:
        kind = _kind(trouble)
        if kind is None:
            raise
        raise kind(f"the ledger cannot be used now: {_said(trouble)}") from trouble


def _kind(trouble: DBAPIError) -> type[LedgerBusy | LedgerUnusable] | None:
    if trouble.connection_invalidated:
        return LedgerBusy
    if isinstance(trouble.orig, sqlite3.Error):
        code = getattr(trouble.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says where it happened
        if code in UNUSABLE_IN_SQLITE:
            return LedgerUnusable
        return LedgerBusy if code in BUSY_IN_SQLITE else None
    state = getattr(trouble.orig, "sqlstate", None)
    # A server that was never reached has no code to give.
    out_of_reach = state is None and type(trouble.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    return LedgerBusy if out_of_reach or (state or "").startswith(BUSY_IN_POSTGRESQL) else None


def _said(trouble: DBAPIError) -> str:
    lines = str(trouble.orig).strip().splitlines()
    return lines[0] if lines else type(trouble.orig).__name__
