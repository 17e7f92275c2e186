"""`tenday doctor`: what is wrong, and how to mend it, one line a finding."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bureau.exits import Exit
from mailbox_worker.cli_desk import AS_JSON, CONFIG, open_desk, print_json
from mailbox_worker.cli_sending import check_heartbeat
from mailbox_worker.doctor import Grade, examine

MARKS = {Grade.GOOD: "  ", Grade.POOR: "! ", Grade.BAD: "!!"}


@click.command()
@CONFIG
@click.option("--heartbeat", is_flag=True, help="Only tell, in one line, whether the last pass is fresh (for cron).")
@AS_JSON
def doctor(config_file: Path, *, heartbeat: bool, as_json: bool) -> int:
    """Look at configuration, ledger, disk and mailbox; say what to do about each finding."""
    if heartbeat:
        return check_heartbeat(config_file, datetime.now(UTC))
    with open_desk(config_file) as desk:
        findings = examine(desk)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for each in findings:
            advice = f" -> {each.advice}" if each.advice else ""
            click.echo(f"{MARKS[each.grade]} {each.what}: {each.found}{advice}")
    bad = any(each.grade is Grade.BAD for each in findings)
    return Exit.BAD_CONFIGURATION if bad else Exit.DONE
