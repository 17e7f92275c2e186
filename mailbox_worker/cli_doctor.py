"""`tenday doctor`: what is wrong, and how to mend it, one line a finding."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bureau.exits import Exit
from mailbox_worker.cli_desk import AS_JSON, CONFIG, open_desk, print_json
from mailbox_worker.config_file import load_config
from mailbox_worker.doctor import Grade, examine
from mailbox_worker.forging import outside_of
from mailbox_worker.heartbeat import pulse
from mailbox_worker.probing import Means, findings_so_far, probe

MARKS = {Grade.GOOD: "  ", Grade.POOR: "! ", Grade.AWAY: "!!", Grade.BAD: "!!"}


@click.command()
@CONFIG
@click.option("--heartbeat", is_flag=True, help="Only tell, in one line, whether the last pass is fresh.")
@click.option("--probe", "person", help="Send PERSON a test mail, forge answers to it, and say which proofs hold.")
@click.option("--minutes", type=click.IntRange(1, 120), default=15, show_default=True, help="For PERSON's answer.")
@click.option("--outside", help="HOST:PORT that takes mail from outside, to forge by; else the configured SMTP server.")
@AS_JSON
def doctor(
    config_file: Path, *, heartbeat: bool, person: str | None, minutes: int, outside: str | None, as_json: bool
) -> int:
    """Look at configuration, ledger, disk and mailbox; say what to do about each finding.

    With --heartbeat the exit code is a monitoring plugin's: 0 all is well, 1 a server is in trouble, 2 silence.
    """
    if heartbeat:
        health, line = pulse(load_config(config_file), datetime.now(UTC))
        click.echo(line)
        return health
    with open_desk(config_file) as desk:
        if person is None:
            findings = [*examine(desk), *findings_so_far(desk)]
        else:
            means = Means(lambda: datetime.now(UTC), time.sleep, minutes, outside_of(desk, outside))
            findings = probe(desk, person, means, lambda line: click.echo(line, err=True))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for each in findings:
            advice = f" -> {each.advice}" if each.advice else ""
            click.echo(f"{MARKS[each.grade]} {each.what}: {each.found}{advice}")
    grades = {each.grade for each in findings}
    if Grade.BAD in grades:
        return Exit.BAD_CONFIGURATION
    return Exit.UNREACHABLE if Grade.AWAY in grades else Exit.DONE
