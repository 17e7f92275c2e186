"""The commands `tenday check` and `tenday build`: arguments in, one line of result out.

The only place of the generator that reads the clock, and only for the day on which the site is built.
"""

from datetime import date, datetime
from pathlib import Path

import click

from bureau.content import Content, load_content
from bureau.exits import Exit, Stop
from generator import build as building
from generator.inspection.findings import Level
from generator.inspection.inspect import faults, inspect
from generator.posters.typesetting import Paper
from generator.words import message

CONTENT = click.option(
    "--content",
    type=click.Path(path_type=Path),
    default=Path("content"),
    show_default=True,
    help="The folder of YAML that the office edits.",
)


TODAY = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day it is done for.  [default: today, in the office's time zone]",
)


@click.command()
@CONTENT
@click.option(
    "--site", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Inspect a built site, too."
)
@TODAY
@click.option("--strict", is_flag=True, help="Hints of the inspection end with 65, too.")
def check(content: Path, site: Path | None, today: datetime | None, *, strict: bool) -> None:
    """Check the content; every fault at once, each as path:line: field: what is wrong."""
    checked = load_content(content)
    if site is None:
        click.echo(message("check_fine", folder=content, files=sum(1 for _ in content.rglob("*.yml"))))
        return
    found = inspect(site, content, _day(checked, today))
    hints = [one for one in found if one.level is Level.HINT]
    wrong = found if strict else faults(found)
    if wrong:
        raise Stop(Exit.BAD_CONTENT, "\n".join(map(str, wrong)))
    for one in hints:
        click.echo(message("hint", finding=one))
    click.echo(message("inspected", folder=site, hints=len(hints)))


@click.command()
@CONTENT
@click.option(
    "--site-dir",
    type=click.Path(path_type=Path),
    default=Path("build/site"),
    show_default=True,
    help="Where the site goes; work files go beside it, into SITE_DIR.work.",
)
@TODAY
@click.option("--renderer", type=click.Choice(["mkdocs"]), default="mkdocs", show_default=True, help="Writes the HTML.")
@click.option("--paper", type=click.Choice(["a4", "a3"]), default="a4", show_default=True, help="For wall notices.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Yesterday's site: whatever vanished since without a reason fails the build.",
)
@click.option("--strict", is_flag=True, help="Warnings of the renderer and faults of the inspection fail the build.")
def build(
    content: Path,
    site_dir: Path,
    today: datetime | None,
    renderer: str,
    paper: Paper,
    previous: Path | None,
    *,
    strict: bool,
) -> None:
    """Build the portal from the content."""
    del renderer  # one today; the option is the contract's place for its successor
    checked = load_content(content)
    wishes = building.Wishes(strict, paper, previous, content, click.echo)
    changes = building.build(checked, site_dir, _day(checked, today), wishes)
    if changes is None:
        click.echo(message("nothing_to_do", folder=site_dir))
    else:
        facts = {"files": changes.files, "written": changes.written, "removed": changes.removed}
        click.echo(message("built", folder=site_dir, **facts))


def _day(content: Content, today: datetime | None) -> date:
    return today.date() if today else datetime.now(content.office.time_zone).date()
