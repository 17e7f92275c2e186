"""What every command of the worker needs: its options, the opened desk, the time, and how it prints and ends.

Receives command-line values; hands on a Desk. Every ending of the ledger becomes an exit code here.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bureau.content import load_content
from bureau.exits import Exit, Stop
from mailbox_worker.config_file import check_now, load_config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.mail.troubles import NotAccepted, ServerTrouble

MANY = 100  # mails; what takes longer says how far it is
CONFIG = click.option(
    "--config", "config_file", required=True, type=click.Path(path_type=Path), help="The worker's YAML file."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")


@contextmanager
def open_desk(config_file: Path) -> Iterator[Desk]:
    """Open the desk; raises Stop with 75 where the ledger is busy, with 78 where it or the configuration is wrong."""
    config = load_config(config_file)
    content = load_content(Path(config.content))
    missing = [entry.person for entry in config.staff if entry.person not in content.staff.people]
    if missing:
        known = ", ".join(content.staff.people)
        line = f"{config_file}: staff: found {', '.join(missing)}, expected ids of people.yml: {known}"
        raise Stop(Exit.BAD_CONFIGURATION, line)
    try:
        ledger = open_ledger(config.ledger)
        try:
            yield Desk(config, content, ledger)
        finally:
            ledger.close()
    except LedgerBusy as busy:
        raise Stop(Exit.TRY_LATER, str(busy)) from None
    except LedgerUnusable as unusable:
        raise Stop(Exit.BAD_CONFIGURATION, str(unusable)) from None


def now_for(given: str | None, desk: Desk) -> datetime:
    """Give the time that a command works at; raises Stop(78) for a written one that is none, or not allowed."""
    if given is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(given)
    except ValueError:
        raise Stop(Exit.BAD_CONFIGURATION, f"--now: found {given!r}, expected e.g. 2026-03-05T09:00:00+08:00") from None
    check_now(desk.config, now)
    return now.astimezone(UTC)


def print_json(document: Any) -> None:
    """Print the one document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def progress(*, shown: bool) -> Any:
    """Give what long work reports to."""

    def show(done: int, of: int) -> None:
        if shown and of > MANY:
            click.echo(f"looked at {done} of {of}", err=True)

    return show


def exit_for(troubles: Iterable[ServerTrouble]) -> int:
    """Say what the servers refused, one line each; gives the exit code."""
    code = Exit.DONE
    for trouble in troubles:
        click.echo(str(trouble), err=True)
        if code is not Exit.BAD_CONFIGURATION:
            code = Exit.BAD_CONFIGURATION if isinstance(trouble, NotAccepted) else Exit.UNREACHABLE
    return code
