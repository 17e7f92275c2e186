"""`tenday mail tick|run|reconcile|release|retry`: take mail in, and account for it.

With --json exactly one document goes to stdout, also when the exit is not 0; errors go to stderr, one line each.
"""

from collections import Counter
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Event

import click

from bureau.exits import Exit
from mailbox_worker import loop, service
from mailbox_worker.cli_desk import AS_JSON, CONFIG, exit_for, now_for, open_desk, print_json, progress
from mailbox_worker.desk import Desk
from mailbox_worker.heartbeat import beat
from mailbox_worker.intake import releasing
from mailbox_worker.intake.rehearsal import rehearse
from mailbox_worker.ledger.clock import check_clock
from mailbox_worker.ledger.folders import adopt_from
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reconciling import reconcile as reconcile_all

NOW = click.option("--now", "given", help="Pretend that it is this time (aware ISO 8601; loopback servers only).")
AFTER_PAUSE = click.option("--after-pause", is_flag=True, help="Go on although the last pass was over a week ago.")


@click.command()
@CONFIG
@NOW
@click.option(
    "--adopt-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First run on a full mailbox: older mail is left where it lies, unlogged.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be taken in; nothing is logged, sent or moved.")
@AFTER_PAUSE
@AS_JSON
def tick(
    config_file: Path,
    given: str | None,
    adopt_from: datetime | None,
    *,
    dry_run: bool,
    after_pause: bool,
    as_json: bool,
) -> int:
    """Do one pass: fetch, sort, sign-off, deadlines, send."""
    with open_desk(config_file) as desk:
        now = now_for(given, desk)
        since = None if adopt_from is None else _start_of(adopt_from.date(), desk)
        if dry_run:
            taken = rehearse(desk, now, progress(shown=not as_json), since)
            counts, troubles = loop.counts_of(taken, Counter()), taken.troubles
        else:
            if given is None:  # an invented time is told: it may go anywhere
                check_clock(desk.ledger, now, after_pause=after_pause)
            if since is not None:
                _adopt(desk, since, now)
            counts, troubles = loop.tick(desk, now, progress(shown=not as_json))
            beat(desk.config, now, troubles)
    if as_json:
        print_json(counts.as_json())
    else:
        parts = [f"{name.replace('_', ' ')} {count}" for name, count in counts.as_json().items() if count]
        click.echo(("would be: " if dry_run else "") + ("; ".join(parts) or "nothing new"))
    return exit_for(troubles)


def _start_of(day: date, desk: Desk) -> datetime:
    return datetime.combine(day, time(), desk.zone).astimezone(UTC)


def _adopt(desk: Desk, since: datetime, now: datetime) -> None:
    with desk.ledger.write(now) as writer:
        adopt_from(writer, since)


@click.command()
@CONFIG
@AFTER_PAUSE
def run(config_file: Path, *, after_pause: bool) -> int:
    """Repeat the pass for ever; SIGTERM and Ctrl-C end it within five seconds. One line of JSON a pass on stderr."""
    stop = Event()
    with service.stopped_by_signals(stop), open_desk(config_file) as desk:
        check_clock(desk.ledger, datetime.now(UTC), after_pause=after_pause)
        service.run(desk, lambda: datetime.now(UTC), stop, lambda line: click.echo(line, err=True))
    return Exit.DONE


@click.command()
@CONFIG
@AS_JSON
def reconcile(config_file: Path, *, as_json: bool) -> int:
    """Compare the server with the ledger, mail by mail."""
    with open_desk(config_file) as desk:
        try:
            result = reconcile_all(desk, progress(shown=not as_json)).as_json()
        except ServerTrouble as trouble:
            if as_json:
                print_json(None)
            return exit_for([trouble])
    if as_json:
        print_json(result)
    else:
        click.echo(f"server {result['server']}, ledger {result['ledger']}, left aside {result['left_aside']}")
        for row in result["unexpected"]:
            line = f"on the server only: {row['folder']} UID {row['uid']}, {row['at'][:16]}, {row['size']} bytes"
            click.echo(line, err=True)
        for row in result["missing"]:
            line = f"in the ledger only: mail {row['arrival']}, {row['at'][:16]}, letter {row['letter'] or '-'}"
            click.echo(line, err=True)
    return Exit.DONE if result["ok"] else Exit.BAD_CONTENT


@click.command()
@click.argument("mail", type=int, required=False)
@CONFIG
@NOW
@AS_JSON
def release(mail: int | None, config_file: Path, given: str | None, *, as_json: bool) -> int:
    """Make a mail that waits for a person a letter; without MAIL, list what waits."""
    with open_desk(config_file) as desk:
        if mail is None:
            return _list_waiting(desk, as_json=as_json)
        try:
            number = releasing.release(desk, mail, now_for(given, desk))
        except releasing.NotReleasable as refused:
            return _refused(refused, as_json=as_json)
    if as_json:
        print_json({"mail": mail, "number": number})
    else:
        click.echo(f"mail {mail} is letter {number}")
    return Exit.DONE


@click.command()
@click.argument("mail", type=int, required=False)
@CONFIG
@NOW
@AS_JSON
def retry(mail: int | None, config_file: Path, given: str | None, *, as_json: bool) -> int:
    """Let the next pass read a mail in quarantine again, or all of them and all that the server refused."""
    with open_desk(config_file) as desk:
        try:
            count = releasing.retry(desk, mail, now_for(given, desk))
        except releasing.NotReleasable as refused:
            return _refused(refused, as_json=as_json)
    if as_json:
        print_json({"retried": count})
    else:
        click.echo(f"{count} mails are tried again at the next pass")
    return Exit.DONE


def _list_waiting(desk: Desk, *, as_json: bool) -> int:
    rows = [
        {
            "mail": each.arrival,
            "reason": each.reason,
            "received_at": each.received_at.astimezone(desk.zone).isoformat(),
            "size": each.size,
        }
        for each in releasing.waiting(desk)
    ]
    if as_json:
        print_json(rows)
    else:
        lines = [f"{r['mail']:>6}  {str(r['received_at'])[:16]}  {r['size']:>9}  {r['reason']}" for r in rows]
        click.echo("\n".join(lines) or "nothing waits for a person")
    return Exit.DONE


def _refused(refused: releasing.NotReleasable, *, as_json: bool) -> int:
    if as_json:
        print_json(None)
    click.echo(str(refused), err=True)
    return Exit.BAD_CONTENT


COMMANDS = (tick, run, reconcile, release, retry)
