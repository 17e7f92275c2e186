"""The PostgreSQL that the other tests rely on is real, empty and alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.servers.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

pytestmark = pytest.mark.postgresql


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = create_engine(postgresql_url)
    yield engine
    engine.dispose()


def test_it_keeps_chinese_text_and_is_a_real_postgresql(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters (subject text)"))
        connection.execute(text("INSERT INTO letters VALUES ('投诉')"))
        assert connection.scalar(text("SELECT subject FROM letters")) == "投诉"
        assert str(connection.scalar(text("SELECT version()"))).startswith("PostgreSQL")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(engine: Engine, turn: int) -> None:
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE left_behind_{turn} (x int)"))


def test_its_folder_is_gone_after_the_end() -> None:
    with Postgres() as cluster:
        folder = cluster.folder
        assert folder.is_dir()
    assert not folder.exists()
