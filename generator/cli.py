"""The command `tenday build`: arguments in, one line of result out; and the options that its neighbours share.

The only place of the generator that reads the clock, and only for the day on which the site is built. What understands
content is imported where it is needed: a build that finds nothing new understands nothing.
"""

import gc
from datetime import date, datetime
from pathlib import Path

import click

from generator import build as building
from generator.renderer import Program
from generator.words import message
from generator.work import Paper, Wishes

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
    "--site-dir",
    type=click.Path(path_type=Path),
    default=Path("build/site"),
    show_default=True,
    help="Where the site goes; work files go beside it, into SITE_DIR.work.",
)
@TODAY
@click.option(
    "--renderer",
    type=click.Choice(["mkdocs", "zensical"]),
    default="mkdocs",
    show_default=True,
    help="Writes the HTML; zensical is for trying the successor of mkdocs-material.",
)
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
    renderer: Program,
    paper: Paper,
    previous: Path | None,
    *,
    strict: bool,
) -> None:
    """Build the portal from the content."""
    gc.disable()  # what a build makes lives to its end: to look for garbage takes half the time of reading the content
    day = today.date() if today else today_at_the_office(content)
    changes = building.build(content, site_dir, day, Wishes(strict, renderer, paper, previous, click.echo))
    if changes is None:
        click.echo(message("nothing_to_do", folder=site_dir))
    else:
        facts = {"files": changes.files, "written": changes.written, "removed": changes.removed}
        click.echo(message("built", folder=site_dir, **facts))


def today_at_the_office(content: Path) -> date:
    """Give the day in the office's time zone; raises FaultyFiles where content does not say which."""
    from bureau.faults import FaultyFiles
    from bureau.office import Office
    from bureau.yaml_source import read_sheet

    try:
        office, _ = read_sheet(content / "office.yml", Office)
    except FaultyFiles:
        from bureau.content import load_content

        office = load_content(content).office  # raises again, with the faults of all files
    return datetime.now(office.time_zone).date()
