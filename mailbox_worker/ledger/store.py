"""Open the ledger, read from it, and write to it: one transaction at a time, heads first.

Receives a database URL; hands on connections for reading and a Writer for each writing transaction. Refuses a database
whose guards are missing: append-only that is only meant is not append-only. Raises LedgerBusy and LedgerUnusable.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from mailbox_worker.ledger.chain import canonical, data_digest, event_hash
from mailbox_worker.ledger.tables import SCHEMA, event_data, events, heads

WRITING = "tenday_writing"
BUSY_SECONDS = 10  # longer than any transaction of ours; beyond it somebody else holds the file
GUARDS = (
    "events_refuse_update",
    "events_refuse_delete",
    "event_data_refuse_update",
    "drafts_refuse_update",
    "drafts_refuse_delete",
    "sign_offs_refuse_update",
    "sign_offs_refuse_delete",
    "sign_offs_of_a_draft",
    "outbox_signed_insert",
    "outbox_signed_update",
    "outbox_bytes_update",
)


class LedgerUnusable(Exception):  # noqa: N818 - a state of affairs, said to a person
    """The database is not a ledger that may be written to; the message says what is missing."""


class LedgerBusy(Exception):  # noqa: N818 - a state of affairs, said to a person
    """Locked, full, read-only or out of reach: nothing was done, try later."""


class Writer:
    """One writing transaction: the only way an event comes into being."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        head = connection.execute(select(heads).where(heads.c.id == 1).with_for_update()).one()
        self._numbers: dict[str, int] = dict(head.numbers)
        self._seq, self._hash = int(head.seq), str(head.hash)

    def record(self, kind: str, *, letter: str | None = None, by: str = "tenday", **data: Any) -> None:
        """Append an event; `by` is a person's id or the program, data must be JSON."""
        salt, body, seq = secrets.token_hex(16), canonical(data), self._seq + 1
        digest = data_digest(salt, by, body)
        hash_ = event_hash(seq, self.now, kind, letter, digest, self._hash)
        self.connection.execute(
            events.insert().values(
                seq=seq, at=self.now, kind=kind, letter=letter, digest=digest, prev=self._hash, hash=hash_
            )
        )
        self.connection.execute(event_data.insert().values(seq=seq, salt=salt, by=by, data=body))
        self._seq, self._hash = seq, hash_

    def next_number(self, year: int) -> str:
        """Give the next letter number of a year, YYYY-NNNNNN: gapless, because a rollback takes the counter along."""
        number = self._numbers.get(str(year), 0) + 1
        self._numbers[str(year)] = number
        return f"{year}-{number:06}"

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Do a part that may fail alone: an exception undoes it, counters and chain included, and goes on up."""
        before = dict(self._numbers), self._seq, self._hash
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self._numbers, self._seq, self._hash = before
            raise

    def keep_heads(self) -> None:
        """Write counters and chain head back; called once, at the end of the transaction."""
        self.connection.execute(
            update(heads).where(heads.c.id == 1).values(numbers=self._numbers, seq=self._seq, hash=self._hash)
        )


class Ledger:
    """An opened ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a consistent view; nothing can be changed through it that anybody would see."""
        with _engine_troubles(), self._engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(self, now: datetime) -> Iterator[Writer]:
        """Give a writing transaction that holds the heads row; commits at the end, rolls back on any exception."""
        with _engine_troubles(), self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                writer = Writer(connection, now)
                yield writer
                writer.keep_heads()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def open_ledger(url: str) -> Ledger:
    """Open a ledger, made or migrated to the newest schema first.

    Raises LedgerUnusable when it is no ledger of ours, LedgerBusy when it cannot be reached now.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        try:
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        except OSError as unwritable:
            raise LedgerBusy(f"{parsed.database}: {unwritable.strerror}") from None
    engine = create_engine(parsed)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    with _engine_troubles():
        _migrate(engine)
        _check_guards(engine)
    return Ledger(engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _record: Any) -> None:
        # Autocommit mode: the driver's own BEGIN comes too late (before the first INSERT, never before DDL).
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
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


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if _schema(connection) == SCHEMA:
            return
    # Imported here because a ledger is migrated once in its life and opened a thousand times a day.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: True})
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, SCHEMA)


def _schema(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise LedgerUnusable("the database holds other tables than a ledger's; name an empty one")
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none())


def _check_guards(engine: Engine) -> None:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    )
    with engine.connect() as connection:
        missing = sorted(set(GUARDS) - {str(name) for name in connection.execute(text(query)).scalars()})
    if missing:
        raise LedgerUnusable(f"the ledger lacks its guards {', '.join(missing)}; restore it from a backup")


@contextmanager
def _engine_troubles() -> Iterator[None]:
    try:
        yield
    except OperationalError as trouble:
        raise LedgerBusy(f"the ledger cannot be used now: {_said(trouble)}") from trouble


def _said(trouble: DBAPIError) -> str:
    # The driver's own words only: SQLAlchemy's text would quote the statement and with it a citizen's letter.
    return str(trouble.orig).splitlines()[0] if trouble.orig else type(trouble).__name__
