"""The root of the command line: finds the command, lets it run, turns every ending into an exit code.

Receives argv; hands on to the program that owns the command, imported only when it is asked for, so that the worker
runs where the site's packages are not installed and the other way round. No traceback reaches a user without --debug.
"""

import importlib
import json
import sys
import traceback
from typing import Any, NoReturn

import click

from bureau.exits import Exit, Stop
from bureau.faults import FaultyFiles

OWNERS = {  # command -> the module and attribute that own it
    "check": "generator.cli_check:check",
    "build": "generator.cli:build",
    "serve": "generator.cli_serve:serve",
    "mail": "mailbox_worker.cli:mail",
    "doctor": "mailbox_worker.cli_doctor:doctor",
    "staff": "mailbox_worker.staff_cli:staff",
    "demo": "tenday.demonstration.cli:demo",
}
EXTRAS = {"generator": "site", "mailbox_worker": "worker", "tenday": "demo"}


class _Commands(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands without importing them."""
        del ctx
        return list(OWNERS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every command; one whose extra is not installed says so instead of what it does."""
        rows = []
        for name in OWNERS:
            try:
                command = self.get_command(ctx, name)
            except Stop as missing:
                rows.append((name, str(missing)))
            else:
                rows.append((name, command.get_short_help_str(formatter.width) if command else ""))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; a missing extra is said by its name."""
        del ctx
        if cmd_name not in OWNERS:
            return None
        module, attribute = OWNERS[cmd_name].split(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.split(".")[0] in EXTRAS:
                raise
            extra = EXTRAS[module.split(".")[0]]
            needed = f"{cmd_name} needs the package {missing.name}: pip install 'tenday[{extra}]'"
            raise Stop(Exit.BAD_CONFIGURATION, needed) from None
        return command


@click.group(cls=_Commands)
@click.option("--debug", is_flag=True, help="Show the traceback when something fails.")
@click.version_option(package_name="tenday")
def tenday(*, debug: bool) -> None:
    """Keep an office's promises in the open: a public portal and a mailbox worker."""
    del debug  # taken out of argv in main(), wherever it stands, because endings are handled there


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    argv = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        # Chinese text on a terminal that says it is ASCII must not end a run.
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run([word for word in argv if word != "--debug"], debug="--debug" in argv))


def _run(argv: list[str], *, debug: bool) -> int:
    try:
        returned = tenday.main(args=argv, prog_name="tenday", standalone_mode=False)
    except click.ClickException as usage:
        return _ended(Stop(Exit.BAD_CONFIGURATION, f"tenday: {usage.format_message()}"), argv, debug=debug)
    except (click.Abort, SystemExit):
        return Exit.TRY_LATER  # interrupted, or (click says it so) the reader of our output has gone
    except Exception as reason:  # noqa: BLE001 - the last line of defence: a user sees one line, never a traceback
        return _ended(reason, argv, debug=debug)
    return returned if isinstance(returned, int) else Exit.DONE


def _ended(reason: Exception, argv: list[str], *, debug: bool) -> int:
    """Say on stderr why it ended; with --json also as the one document on stdout (contract)."""
    if debug:
        traceback.print_exception(reason)
    code, message = Exit.OUR_FAULT, f"tenday: a fault of ours ({type(reason).__name__}); --debug shows where"
    if isinstance(reason, FaultyFiles):
        code, message = Exit.BAD_CONTENT, str(reason)
    elif isinstance(reason, Stop):
        code, message = reason.code, str(reason)
    # The text of an unforeseen exception may hold a citizen's words: its kind alone is said.
    if "--json" in argv:
        click.echo(json.dumps({"exit": code, "errors": message.splitlines()}, ensure_ascii=False))
    click.echo(message, err=True)
    return code
