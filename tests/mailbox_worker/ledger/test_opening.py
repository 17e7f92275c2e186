"""Opening a ledger: its engine's promises, its migrations, and what is refused or put off."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import mailbox_worker.ledger
from mailbox_worker.ledger.schema import guards, migrate
from mailbox_worker.ledger.store import Ledger, engine_for, open_ledger
from mailbox_worker.ledger.tables import SCHEMA, metadata
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, Engine, count, logged_letter, run

# SQLAlchemy cannot read an index of an expression back, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
MIGRATIONS = Path(str(mailbox_worker.ledger.__file__)).parent / "migrations"


def pragma(ledger: Ledger, name: str) -> Any:
    with ledger.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


# What is promised of SQLite.


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)]
)
def test_sqlite_is_as_safe_as_promised_on_every_connection(sqlite_ledger: Ledger, name: str, value: Any) -> None:
    assert pragma(sqlite_ledger, name) == value
    with sqlite_ledger.write(NOW) as writer:  # a second connection, while the first one is in use
        assert writer.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == value
        assert pragma(sqlite_ledger, name) == value


def test_a_row_that_refers_to_nothing_is_refused(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.IntegrityError), ledger.write(NOW) as writer:
        writer.connection.execute(text("INSERT INTO arrival_bytes VALUES (99, 0, '')"))


def test_nothing_is_changed_through_a_reading_connection(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        logged_letter(writer)
    refused_by_the_engine = 0
    try:
        with ledger.read() as connection:
            connection.execute(text("UPDATE letters SET category = 'motor'"))
    except LedgerBusy:
        refused_by_the_engine = 1  # PostgreSQL says so; SQLite forgets it
    with ledger.read() as connection:
        assert connection.execute(text("SELECT category FROM letters")).scalar_one() == "general"
        assert refused_by_the_engine == (connection.dialect.name == "postgresql")


def test_a_reader_sees_one_moment_however_often_it_asks(ledger: Ledger) -> None:
    with ledger.write(NOW) as writer:
        logged_letter(writer)
    with ledger.read() as connection:
        before = connection.execute(text("SELECT COUNT(*) FROM letters")).scalar_one()
        with ledger.write(NOW) as writer:
            logged_letter(writer)
        assert connection.execute(text("SELECT COUNT(*) FROM letters")).scalar_one() == before == 1
    assert count(ledger, "letters") == 2


# Migrations.


def test_the_schema_that_the_code_asks_for_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


def test_the_migrations_make_the_tables_and_columns_that_the_code_sees(ledger: Ledger) -> None:
    with ledger.read() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, metadata)
    # Indexes serve the database alone: the code does not name them. A UNIQUE of a column differs in its name only.
    kinds = {"remove_index", "add_constraint", "remove_constraint"}
    differences = [difference for difference in found if not (isinstance(difference, tuple) and difference[0] in kinds)]
    assert differences == []


def test_every_table_has_the_same_primary_key_and_nullability_in_code_and_database(ledger: Ledger) -> None:
    with ledger.read() as connection:
        inspector = inspect(connection)
        for table in metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}, table.name
            key = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [column.name for column in table.primary_key], table.name
            unique = {tuple(found["column_names"]) for found in inspector.get_unique_constraints(table.name)}
            meant = {
                tuple(column.name for column in constraint.columns)
                for constraint in table.constraints
                if isinstance(constraint, sa.UniqueConstraint)
            }
            assert unique == meant, table.name


def test_a_ledger_that_is_there_is_opened_as_it_is(url: str) -> None:
    for turn in (1, 2, 3):
        ledger = open_ledger(url)
        with ledger.write(NOW) as writer:
            assert logged_letter(writer) == f"2026-{turn:06}"
        ledger.close()


def broken_migrations(url: str, folder: Path) -> None:
    """Run the real migration and then one that fails, by the ledger's own env.py, as open_ledger does."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for name in ("env.py", "versions/0001_first_letter.py"):
        (folder / name).write_text((MIGRATIONS / name).read_text(encoding="utf-8"), encoding="utf-8")
    (versions / "0002_fails.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        "revision, down_revision, branch_labels, depends_on = '0002', '0001', None, None\n"
        "def upgrade():\n"
        "    op.create_table('half_made', sa.Column('id', sa.Integer))\n"
        "    op.execute('INSERT INTO heads (id) VALUES (2)')\n",
        encoding="utf-8",
    )
    engine = engine_for(url)
    try:
        migrate(engine, folder=folder, to="0002")
    finally:
        engine.dispose()


def test_a_failing_migration_leaves_nothing_half_made(url: str, tmp_path: Path) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        broken_migrations(url, tmp_path / "migrations")
    engine = create_engine(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    ledger = open_ledger(url)  # and the sound migrations still find an empty database
    assert count(ledger, "heads") == 1
    ledger.close()


def test_programs_that_open_a_new_ledger_at_once_make_one(url: str) -> None:
    start, faults, opened = threading.Barrier(4), [], []

    def open_one() -> None:
        start.wait()
        try:
            opened.append(open_ledger(url))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert count(opened[0], "heads") == 1
    for ledger in opened:
        ledger.close()


# Guards.


def guard_names(ledger: Ledger) -> set[str]:
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with ledger.read() as connection:
        return set(connection.execute(text(queries[connection.dialect.name])).scalars())


INDEXES = {"one_answer_a_letter", "one_arrival_of_the_same_bytes_and_time"}


def test_start_up_asks_for_every_guard_that_the_migrations_make(ledger: Ledger) -> None:
    with ledger.read() as connection:
        engine = connection.dialect.name
    assert guards(engine) - INDEXES == guard_names(ledger)


def dropping(engine: str, guard: str) -> str:
    if guard == "one_answer_a_letter":
        return f"DROP INDEX {guard}"
    if engine == "sqlite":
        return f"DROP TRIGGER {guard}"
    if guard in INDEXES:
        return f"ALTER TABLE arrivals DROP CONSTRAINT {guard}"
    return f"DROP FUNCTION {guard} CASCADE"


def test_a_ledger_that_has_lost_any_one_guard_is_not_opened(sqlite_url: str, tmp_path: Path) -> None:
    open_ledger(sqlite_url).close()
    whole = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    for guard in sorted(guards("sqlite")):
        path = tmp_path / f"{guard}.db"
        path.write_bytes(whole)
        with sqlite3.connect(path) as connection:
            connection.execute(dropping("sqlite", guard))
        connection.close()
        with pytest.raises(LedgerUnusable, match=guard):
            open_ledger(f"sqlite:///{path}")


@pytest.mark.postgresql
def test_a_ledger_on_postgresql_that_has_lost_any_guards_is_not_opened(postgresql_url: str) -> None:
    open_ledger(postgresql_url).close()
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    lost: list[str] = []
    for guard in sorted(guards("postgresql")):
        run(engine, dropping("postgresql", guard))
        lost.append(guard)
        with pytest.raises(LedgerUnusable) as refused:
            open_ledger(postgresql_url)
        assert ", ".join(lost) in str(refused.value)
    engine.dispose()


@pytest.mark.postgresql
def test_a_guard_that_is_switched_off_counts_as_missing(postgresql_url: str) -> None:
    open_ledger(postgresql_url).close()
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    run(engine, "ALTER TABLE events DISABLE TRIGGER events_refuse_delete")
    with pytest.raises(LedgerUnusable, match="lacks its guards events_refuse_delete;"):
        open_ledger(postgresql_url)
    run(engine, "ALTER TABLE events ENABLE ALWAYS TRIGGER events_refuse_delete")
    open_ledger(postgresql_url).close()
    engine.dispose()


# What is no ledger of ours.


def test_a_database_of_something_else_is_refused_and_left_alone(url: str) -> None:
    engine = create_engine(url) if url.startswith("postgresql") else open_empty(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE accounts (id integer)"))
    with pytest.raises(LedgerUnusable, match="other tables"):
        open_ledger(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["accounts"]
    engine.dispose()


def open_empty(url: str) -> Engine:
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url)


def test_a_ledger_of_a_newer_program_is_refused_by_its_version(url: str) -> None:
    open_ledger(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(LedgerUnusable, match="version 9999, which this program does not know"):
        open_ledger(url)


def test_another_programs_database_with_the_same_version_word_is_refused(url: str) -> None:
    engine = create_engine(url) if url.startswith("postgresql") else open_empty(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(text(f"INSERT INTO alembic_version VALUES ('{SCHEMA}')"))  # noqa: S608 - our own word
    engine.dispose()
    with pytest.raises(LedgerUnusable, match="lacks its guards"):
        open_ledger(url)


def test_a_database_without_its_version_is_refused(url: str) -> None:
    open_ledger(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    engine.dispose()
    with pytest.raises(LedgerUnusable, match="other tables"):
        open_ledger(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("这不是数据库。" * 100, encoding="utf-8")
    with pytest.raises(LedgerUnusable, match="not a database"):
        open_ledger(f"sqlite:///{path}")
    assert path.read_text(encoding="utf-8").startswith("这不是数据库")


@pytest.mark.parametrize(
    "url",
    ["ledger.db", "mysql://root:secret@127.0.0.1/ledger", "postgresql://tenday:secret@127.0.0.1/ledger", "sqlite://"],
)
def test_what_names_no_ledger_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(LedgerUnusable, match="expected") as refused:
        open_ledger(url)
    assert "secret" not in str(refused.value)


# Try later.


def test_a_locked_ledger_is_busy_and_the_message_quotes_nothing(url: str) -> None:
    patient = {"sqlite": "?timeout=0.05", "postgresql": "&options=-c%20lock_timeout%3D50ms"}
    ledger, hasty = open_ledger(url), open_ledger(url + patient[url.partition("+")[0].partition(":")[0]])
    with ledger.write(NOW) as writer:
        number = logged_letter(writer, text="只有本人知道的事")
        with pytest.raises(LedgerBusy) as busy, hasty.write(NOW) as second:
            logged_letter(second, text="只有本人知道的事")
    assert "lock" in str(busy.value)
    assert not any(word in str(busy.value) for word in ("SELECT", "BEGIN", "INSERT", "heads", "只有", number))
    ledger.close()
    hasty.close()


def test_a_ledger_with_a_file_in_place_of_its_folder_is_busy(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("", encoding="utf-8")
    with pytest.raises(LedgerBusy, match=r"File exists|Not a directory"):
        open_ledger(f"sqlite:///{tmp_path / 'var' / 'ledger.db'}")


def test_a_folder_in_place_of_the_ledger_is_busy(tmp_path: Path) -> None:
    with pytest.raises(LedgerBusy, match="unable to open database file"):
        open_ledger(f"sqlite:///{tmp_path}")


def test_a_read_only_ledger_is_busy(url: str) -> None:
    open_ledger(url).close()
    if url.startswith("sqlite"):
        url = url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    else:
        url += "&options=-c%20default_transaction_read_only%3Don"
    ledger = open_ledger(url)
    with pytest.raises(LedgerBusy, match=r"(?i)read-?only") as busy, ledger.write(NOW) as writer:
        logged_letter(writer)
    assert "letters" not in str(busy.value)
    assert count(ledger, "letters") == 0
    ledger.close()


@pytest.mark.postgresql
def test_a_postgresql_out_of_reach_is_busy(tmp_path: Path) -> None:
    with pytest.raises(LedgerBusy, match="the ledger cannot be used now"):
        open_ledger(f"postgresql+psycopg://tenday:secret@/ledger?host={tmp_path}")


def test_a_fault_of_ours_is_not_called_busy_and_quotes_no_letter(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.DBAPIError) as fault, ledger.write(NOW) as writer:
        writer.connection.execute(text("INSERT INTO no_such_table VALUES (:word)"), {"word": "只有本人知道的事"})
    assert "只有本人知道的事" not in str(fault.value)
