"""`tenday mail …`: the worker's commands. Here those that look into the ledger; the others stand in cli_*.py.

With --json exactly one document goes to stdout, also when the exit is not 0; errors go to stderr, one line each.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bureau.exits import Exit
from mailbox_worker import explaining, showing
from mailbox_worker.cli_desk import AS_JSON, CONFIG, now_for, open_desk, print_json
from mailbox_worker.cli_intake import COMMANDS
from mailbox_worker.cli_sending import SENDING_COMMANDS
from mailbox_worker.ledger.verify import verify as verify_ledger
from mailbox_worker.statistics.publishing import publish as publish_figures


@click.group()
def mail() -> None:
    """Run the mailbox worker and look into its ledger."""


for command in (*COMMANDS, *SENDING_COMMANDS):
    mail.add_command(command)


@mail.command("list")
@CONFIG
@AS_JSON
def list_(config_file: Path, *, as_json: bool) -> int:
    """List the letters in the order of logging."""
    with open_desk(config_file) as desk:
        rows = showing.list_letters(desk, datetime.now(UTC))
    if as_json:
        print_json(rows)
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
        print_json(shown)
    else:
        click.echo(showing.story_of(shown))
    return Exit.DONE


@mail.command()
@click.argument("number")
@CONFIG
@AS_JSON
def explain(number: str, config_file: Path, *, as_json: bool) -> int:
    """Tell which rule and which header line made the mails of a letter, or one mail, what they are.

    `tenday mail release` lists the numbers of mails that wait for a person.
    """
    with open_desk(config_file) as desk:
        explained = explaining.explain(desk, number)
    if not explained:
        return _no_such_letter(number, as_json=as_json, also=", or a mail's from `tenday mail release`")
    if as_json:
        print_json(explained)
    else:
        click.echo(explaining.explanation_of(explained))
    return Exit.DONE


def _no_such_letter(number: str, *, as_json: bool, also: str = "") -> int:
    if as_json:
        print_json(None)
    click.echo(f"{number}: no such letter; expected a number like 2026-000123 from `tenday mail list`{also}", err=True)
    return Exit.BAD_CONTENT


@mail.command()
@CONFIG
@AS_JSON
def verify(config_file: Path, *, as_json: bool) -> int:
    """Prove the event chain: nothing changed, nothing missing."""
    with open_desk(config_file) as desk:
        verdict = verify_ledger(desk.ledger)
    if as_json:
        print_json(asdict(verdict))
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
        path = publish_figures(desk, now_for(given, desk), content)
    click.echo(f"wrote {path}" if path is not None else "no letters yet: nothing written")
    return Exit.DONE
