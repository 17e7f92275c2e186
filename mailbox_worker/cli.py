"""`tenday mail …`: the worker's commands. Reads the configuration, opens the desk, prints, and names the exit code.

With --json exactly one document goes to stdout, also when the exit is not 0; errors go to stderr, one line each.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import click

from bureau.content import load_content
from bureau.exits import Exit, Stop
from mailbox_worker import loop, service, showing
from mailbox_worker.config import check_now, load_config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.ledger.verify import verify as verify_ledger
from mailbox_worker.mail.troubles import NotAccepted, ServerTrouble
from mailbox_worker.service import stopped_by_signals
from mailbox_worker.statistics.publishing import publish as publish_figures

CONFIG = click.option(
    "--config", "config_file", required=True, type=click.Path(path_type=Path), help="The worker's YAML file."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")


@click.group()
def mail() -> None:
    """Run the mailbox worker and look into its ledger."""


@contextmanager
def open_desk(config_file: Path) -> Iterator[Desk]:
    """Open the desk; every ending of the ledger becomes an exit code here."""
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


def _now(given: str | None, desk: Desk) -> datetime:
    if given is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(given)
    except ValueError:
        raise Stop(Exit.BAD_CONFIGURATION, f"--now: found {given!r}, expected e.g. 2026-03-05T09:00:00+08:00") from None
    check_now(desk.config, now)
    return now.astimezone(UTC)


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@mail.command()
@CONFIG
@click.option("--now", "given", help="Pretend that it is this time (aware ISO 8601; loopback servers only).")
@AS_JSON
def tick(config_file: Path, given: str | None, *, as_json: bool) -> int:
    """Do one pass: fetch, sort, sign-off, deadlines, send."""
    with open_desk(config_file) as desk:
        counts, troubles = loop.tick(desk, _now(given, desk), _progress(shown=not as_json))
    if as_json:
        _print_json(counts.as_json())
    else:
        parts = [f"{name.replace('_', ' ')} {count}" for name, count in counts.as_json().items() if count]
        click.echo("; ".join(parts) or "nothing new")
    return _report(troubles)


def _progress(*, shown: bool) -> Any:
    def show(done: int, of: int) -> None:
        if shown and of > loop.MANY:
            click.echo(f"fetched {done} of {of}", err=True)

    return show


def _report(troubles: list[ServerTrouble]) -> int:
    for trouble in troubles:
        click.echo(str(trouble), err=True)
    if any(isinstance(trouble, NotAccepted) for trouble in troubles):
        return Exit.BAD_CONFIGURATION
    return Exit.UNREACHABLE if troubles else Exit.DONE


@mail.command()
@CONFIG
def run(config_file: Path) -> int:
    """Repeat the pass for ever; SIGTERM and Ctrl-C end it within five seconds. One line of JSON a pass on stderr."""
    stop = Event()
    with stopped_by_signals(stop), open_desk(config_file) as desk:
        service.run(desk, lambda: datetime.now(UTC), stop, lambda line: click.echo(line, err=True))
    return Exit.DONE


@mail.command("list")
@CONFIG
@AS_JSON
def list_(config_file: Path, *, as_json: bool) -> int:
    """List the letters in the order of logging."""
    with open_desk(config_file) as desk:
        rows = showing.list_letters(desk, datetime.now(UTC))
    if as_json:
        _print_json(rows)
    else:
        click.echo("\n".join(showing.table_of(rows)) or "no letters yet")
    return Exit.DONE


@mail.command()
@click.argument("number")
@CONFIG
@AS_JSON
def show(number: str, config_file: Path, *, as_json: bool) -> int:
    """Show one letter with its drafts, events and mails."""
    with open_desk(config_file) as desk:
        shown = showing.show_letter(desk, number, datetime.now(UTC))
    if shown is None:
        return _no_such_letter(number, as_json=as_json)
    if as_json:
        _print_json(shown)
    else:
        click.echo(showing.story_of(shown))
    return Exit.DONE


@mail.command()
@click.argument("number")
@CONFIG
@AS_JSON
def explain(number: str, config_file: Path, *, as_json: bool) -> int:
    """Tell which rule made each mail of a letter what it is."""
    with open_desk(config_file) as desk:
        explained = showing.explain_letter(desk, number)
    if explained is None:
        return _no_such_letter(number, as_json=as_json)
    if as_json:
        _print_json(explained)
    else:
        for row in explained:
            click.echo(f"arrival {row['arrival']}: {row['disposition']}, because of {row['rule']}")
            click.echo(f"  all rules that hit: {', '.join(row['hits'] or [])}")
    return Exit.DONE


def _no_such_letter(number: str, *, as_json: bool) -> int:
    if as_json:
        _print_json(None)
    click.echo(f"{number}: no such letter; expected a number like 2026-000123 from `tenday mail list`", err=True)
    return Exit.BAD_CONTENT


@mail.command()
@CONFIG
@AS_JSON
def verify(config_file: Path, *, as_json: bool) -> int:
    """Prove the event chain: nothing changed, nothing missing."""
    with open_desk(config_file) as desk:
        verdict = verify_ledger(desk.ledger)
    if as_json:
        _print_json(asdict(verdict))
    else:
        click.echo(f"{verdict.entries} entries, head {verdict.head[:16]}: {'whole' if verdict.ok else 'BROKEN'}")
        for problem in verdict.problems:
            click.echo(problem, err=True)
    return Exit.DONE if verdict.ok else Exit.BAD_CONTENT


@mail.command()
@CONFIG
@click.option("--content", type=click.Path(path_type=Path), help="Where to write, if not the configured content.")
@click.option("--now", "given", help="Count as of this time (aware ISO 8601; loopback servers only).")
def publish(config_file: Path, content: Path | None, given: str | None) -> int:
    """Count the letters and write content/published/."""
    with open_desk(config_file) as desk:
        path = publish_figures(desk, _now(given, desk), content)
    click.echo(f"wrote {path}" if path is not None else "no letters yet: nothing written")
    return Exit.DONE
