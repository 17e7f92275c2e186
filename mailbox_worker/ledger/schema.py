"""Bring a database to the ledger's schema, and refuse one whose guards are missing.

Receives an engine; leaves tables, index and triggers of the newest version, or the database as it was. Append-only that
is only meant is not append-only: a ledger without its guards is not opened. Raises LedgerUnusable.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mailbox_worker.ledger.tables import SCHEMA
from mailbox_worker.ledger.troubles import LedgerUnusable

MIGRATIONS = Path(__file__).parent / "migrations"
WRITING = "tenday_writing"  # the execution option of a connection that is going to write
ONE_AT_A_TIME = 0x74656E646179  # PostgreSQL's advisory lock for migrating: the letters of "tenday"
GUARDS = frozenset(
    {
        "heads_refuse_delete",
        "arrivals_refuse_delete",
        "arrivals_keep_identity",
        "arrival_bytes_refuse_update",
        "arrival_bytes_once",
        "letters_refuse_delete",
        "drafts_refuse_update",
        "drafts_refuse_delete",
        "draft_files_refuse_update",
        "sign_offs_refuse_update",
        "sign_offs_refuse_delete",
        "sign_offs_of_a_draft",
        "outbox_refuse_delete",
        "votes_refuse_update",
        "votes_refuse_delete",
        "outbox_signed_insert",
        "outbox_signed_update",
        "outbox_bytes_update",
        "events_refuse_update",
        "events_refuse_delete",
        "event_data_refuse_update",
        "event_data_once",
        "one_answer_a_letter",  # a unique index: one that is alive
    }
)
# SQLite knows no TRUNCATE, and lets nobody drop a unique constraint.
GUARDS_OF_POSTGRESQL = frozenset(
    {
        "heads_refuse_truncate",
        "arrivals_refuse_truncate",
        "arrival_bytes_refuse_truncate",
        "letters_refuse_truncate",
        "drafts_refuse_truncate",
        "draft_files_refuse_truncate",
        "sign_offs_refuse_truncate",
        "outbox_refuse_truncate",
        "votes_refuse_truncate",
        "events_refuse_truncate",
        "event_data_refuse_truncate",
        "one_arrival_of_the_same_bytes_and_time",
    }
)


def guards(engine_name: str) -> frozenset[str]:
    """Name every guard that a ledger on this engine must have."""
    return GUARDS | GUARDS_OF_POSTGRESQL if engine_name == "postgresql" else GUARDS


def migrate(engine: Engine, folder: Path = MIGRATIONS, to: str = SCHEMA) -> None:
    """Make or complete the tables, all of it or nothing."""
    with engine.connect() as connection:
        if _version(connection) == to:
            return
    # Imported here because a ledger is migrated once in its life and opened a thousand times a day.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: True})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            found = _version(connection)  # once more: another program may have been quicker
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, to)
            except CommandError:
                raise LedgerUnusable(
                    f"the database is at version {found}, which this program does not know (it knows {SCHEMA}); "
                    "use the program that made it, or name an empty database"
                ) from None


def check_guards(engine: Engine) -> None:
    """Refuse a ledger that has lost a trigger or its index, or has one switched off."""
    query = (
        "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index')"
        if engine.dialect.name == "sqlite"
        else "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A') "
        "UNION SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    )
    with engine.connect() as connection:
        found = {str(name) for name in connection.execute(text(query)).scalars()}
    missing = sorted(guards(engine.dialect.name) - found)
    if missing:
        raise LedgerUnusable(f"the ledger lacks its guards {', '.join(missing)}; restore it from a backup")


def _version(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    version = None
    if "alembic_version" in tables:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if version is None and tables - {"alembic_version"}:
        raise LedgerUnusable("the database holds other tables than a ledger's; name an empty one")
    return None if version is None else str(version)
