"""A real PostgreSQL with a throw-away cluster in a temp folder, reached by a Unix socket only.

Hands on the SQLAlchemy URL of a new, empty database each time it is asked; starts and stops with `with`. The
machine's own cluster, if it has one, is neither used nor touched. Nothing is synced to disk.
"""

from __future__ import annotations

import contextlib
import itertools
import signal
from pathlib import Path
from typing import Self

import psycopg

from tests.servers.own_process import run_to_end, running, server_folder
from tests.servers.required import require_program

_SUPERUSER = "tenday"
_PACKAGE = "postgresql"


class Postgres:
    """A PostgreSQL cluster, running between `with` and its end."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.folder = Path()
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        initdb, postgres = (require_program(name, _PACKAGE) for name in ("initdb", "postgres"))
        with contextlib.ExitStack() as starting:
            folder = self.folder = starting.enter_context(server_folder("postgresql"))
            data = folder / "data"
            run_to_end(
                [
                    initdb,
                    "-D",
                    data,
                    "-U",
                    _SUPERUSER,
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--no-locale",
                    "--no-sync",
                ]
            )
            command: list[str | Path] = [
                postgres,
                "-D",
                data,
                "-k",
                folder,
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
            ]
            starting.enter_context(running(command, folder / "log", self._answers, signal.SIGINT))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def new_database(self) -> str:
        """Create an empty database and return its SQLAlchemy URL."""
        name = f"test_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={self.folder}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=_SUPERUSER, dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True
