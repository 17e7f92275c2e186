"""The command `tenday check`: the content, or a built site with it; every fault at once, and how many there were."""

from datetime import datetime
from pathlib import Path

import click

from bureau.content import load_content
from bureau.exits import Exit, Stop
from generator.cli import CONTENT, TODAY, today_at_the_office
from generator.inspection.inspect import faults, hints, inspect
from generator.words import message


@click.command()
@CONTENT
@click.option(
    "--site", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Inspect a built site, too."
)
@TODAY
@click.option("--strict", is_flag=True, help="Hints of the inspection end with 65, too.")
def check(content: Path, site: Path | None, today: datetime | None, *, strict: bool) -> None:
    """Check the content; every fault at once, each as path:line: field: what is wrong."""
    load_content(content)
    if site is None:
        click.echo(message("check_fine", folder=content, files=sum(1 for _ in content.rglob("*.yml"))))
        return
    found = inspect(site, content, today.date() if today else today_at_the_office(content))
    wrong = list(found) if strict else faults(found)
    if wrong:
        raise Stop(Exit.BAD_CONTENT, "\n".join(map(str, wrong)))
    for one in hints(found):
        click.echo(message("hint", finding=one))
    click.echo(message("inspected", folder=site, hints=len(hints(found))))
