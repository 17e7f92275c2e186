"""Open the ledger, read from it, and write to it: one transaction at a time, heads first.

Receives a database URL; hands on connections for reading and a Writer for each writing transaction. Raises LedgerBusy
and LedgerUnusable, and nothing that quotes a letter.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mailbox_worker.ledger.chain import canonical, data_digest, event_hash
from mailbox_worker.ledger.columns import instant_text
from mailbox_worker.ledger.lease import lease, one_at_a_time
from mailbox_worker.ledger.schema import WRITING, check_guards, migrate
from mailbox_worker.ledger.tables import event_data, events, heads
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable, plain_troubles

PATIENCE = 10  # seconds; longer than any transaction of ours: beyond it somebody else holds the ledger
# Statements that every transaction needs stand here once: building them costs as much as running them.
NEW_EVENT, NEW_DATA = events.insert(), event_data.insert()
LOCK_HEADS, KEEP_HEADS = select(heads).where(heads.c.id == 1).with_for_update(), update(heads).where(heads.c.id == 1)
ENGINES = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


class Writer:
    """One writing transaction: the only way an event comes into being."""

    def __init__(self, connection: Connection, now: datetime, fence: int | None = None) -> None:
        self.connection = connection
        self.now = now
        head = connection.execute(LOCK_HEADS).one()
        if fence is not None and head.fence != fence:
            raise LedgerBusy("another worker has taken over this ledger; this one stops")
        self._numbers: dict[str, int] = dict(head.numbers)
        self._seq, self._hash = int(head.seq), str(head.hash)

    def record(self, kind: str, *, letter: str | None = None, by: str = "tenday", **data: Any) -> None:
        """Append an event; `by` is a person's id or the program, data must be JSON."""
        salt, body, seq = secrets.token_hex(16), canonical(data), self._seq + 1
        digest = data_digest(salt, by, body)
        hash_ = event_hash(seq, instant_text(self.now), kind, letter, digest, self._hash)
        event = {"seq": seq, "at": self.now, "kind": kind, "letter": letter, "digest": digest, "prev": self._hash}
        self.connection.execute(NEW_EVENT, {**event, "hash": hash_})
        self.connection.execute(NEW_DATA, {"seq": seq, "salt": salt, "by": by, "data": body})
        self._seq, self._hash = seq, hash_

    def next_number(self, year: int) -> str:
        """Give the next letter number of a year, YYYY-NNNNNN: gapless, because a rollback takes the counter along."""
        number = self._numbers.get(str(year), 0) + 1
        self._numbers[str(year)] = number
        return f"{year}-{number:06}"

    def take_over(self, numbers: dict[str, int]) -> None:
        """Go on counting from another ledger's numbers: only for a copy that is thrown away."""
        self._numbers = dict(numbers)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Do a part that may fail alone: an exception undoes it, counters and chain included, and goes on up."""
        before = dict(self._numbers), self._seq, self._hash
        try:
            with plain_troubles(), self.connection.begin_nested():
                yield
        except BaseException:
            self._numbers, self._seq, self._hash = before
            raise

    def keep_heads(self) -> None:
        """Write counters and chain head back; called once, at the end of the transaction."""
        self.connection.execute(KEEP_HEADS, {"numbers": self._numbers, "seq": self._seq, "hash": self._hash})


class Ledger:
    """An opened ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fence: int | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give one view of one moment, however many questions are asked; nothing can be changed through it."""
        with plain_troubles(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Its default looks anew at each statement: a writer in between would look like a broken chain.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection
            connection.rollback()

    @contextmanager
    def write(self, now: datetime) -> Iterator[Writer]:
        """Give a writing transaction that holds the heads row; commits at the end, rolls back on any exception."""
        with plain_troubles(), self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                writer = Writer(connection, now, self._fence)
                yield writer
                writer.keep_heads()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other worker off; raises LedgerBusy when one is at work.

        Whoever comes later raises the fence, so that a worker whose lock was lost without its knowledge (PostgreSQL:
        the connection that held it broke) cannot commit another row.
        """
        with plain_troubles(), lease(self._engine):
            self._fence = self._raise_fence()
            try:
                yield
            finally:
                self._fence = None

    def _raise_fence(self) -> int:
        with self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                connection.execute(update(heads).values(fence=heads.c.fence + 1))
                return int(connection.execute(select(heads.c.fence)).scalar_one())

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def open_ledger(url: str) -> Ledger:
    """Open a ledger, made or migrated to the newest schema first.

    It waits PATIENCE seconds for a lock, unless the URL says otherwise (SQLite: `?timeout=`, PostgreSQL: lock_timeout
    in `?options=`). Raises LedgerUnusable when it is no ledger of ours, LedgerBusy when it cannot be reached now.
    """
    engine = engine_for(url)
    try:
        with plain_troubles():
            migrate(engine)
            check_guards(engine)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine)


def engine_for(url: str) -> Engine:
    """Prepare connections to a ledger's database, without connecting; raises LedgerUnusable for what names none."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ENGINES.values():
        found = "something else" if parsed is None else parsed.drivername  # the rest may hold a password
        raise LedgerUnusable(f"ledger: found {found}, expected sqlite:///… or postgresql+psycopg://…")
    if parsed.drivername == ENGINES["sqlite"]:
        _make_folder(parsed)
    try:
        # hide_parameters: an error's text must not quote a letter.
        engine = create_engine(_patient(parsed), hide_parameters=True)
    except ModuleNotFoundError as missing:
        needed = f"ledger: the package {missing.name} is missing: pip install 'tenday[postgresql]'"
        raise LedgerUnusable(needed) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _make_folder(url: URL) -> None:
    if url.database in (None, "", ":memory:"):
        raise LedgerUnusable("ledger: found a database in memory, expected a file: sqlite:///path/to/ledger.db")
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as unwritable:
        raise LedgerBusy(f"{url.database}: {unwritable.strerror}") from None


def _patient(url: URL) -> URL:
    if url.drivername == ENGINES["sqlite"]:
        return url.update_query_dict({"timeout": str(PATIENCE), **url.query})
    options = str(url.query.get("options", ""))
    if "lock_timeout" not in options:
        options = f"{options} -c lock_timeout={PATIENCE}s".strip()
    return url.update_query_dict({"connect_timeout": str(PATIENCE), **url.query, "options": options})


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _record: Any) -> None:
        # Autocommit mode: the driver's own BEGIN comes too late (before the first INSERT, never before DDL).
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        with one_at_a_time(Path(str(engine.url.database)).parent):
            cursor.execute("PRAGMA journal_mode=WAL")  # of a new database, it fails at once where another does the same
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE deletes rows without asking the delete triggers
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE: two writers meet at the start, not at a commit that then fails half way.
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
