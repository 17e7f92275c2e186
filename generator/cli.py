"""The commands `tenday check` and `tenday build`: arguments in, one line of result out.

The only place of the generator that reads the clock, and only for the day on which the site is built.
"""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import click

from bureau.content import load_content
from bureau.exits import Exit, Stop
from bureau.faults import FaultyFiles
from bureau.office import Office
from bureau.yaml_source import read_sheet
from generator import build as building
from generator.build import Wishes
from generator.inspection.inspect import faults, hints, inspect
from generator.posters.typesetting import Paper
from generator.renderer import Program
from generator.serve import serve as preview
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
    load_content(content)
    if site is None:
        click.echo(message("check_fine", folder=content, files=sum(1 for _ in content.rglob("*.yml"))))
        return
    found = inspect(site, content, today.date() if today else _today_at_the_office(content))
    wrong = list(found) if strict else faults(found)
    if wrong:
        raise Stop(Exit.BAD_CONTENT, "\n".join(map(str, wrong)))
    for one in hints(found):
        click.echo(message("hint", finding=one))
    click.echo(message("inspected", folder=site, hints=len(hints(found))))


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
    day = today.date() if today else _today_at_the_office(content)
    changes = building.build(content, site_dir, day, Wishes(strict, renderer, paper, previous, click.echo))
    if changes is None:
        click.echo(message("nothing_to_do", folder=site_dir))
    else:
        facts = {"files": changes.files, "written": changes.written, "removed": changes.removed}
        click.echo(message("built", folder=site_dir, **facts))


@click.command()
@CONTENT
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--site-dir",
    type=click.Path(path_type=Path),
    default=Path("build/preview"),
    show_default=True,
    help="Names the work folder SITE_DIR.work; nothing is written into SITE_DIR itself.",
)
@TODAY
def serve(content: Path, port: int, site_dir: Path, today: datetime | None) -> None:
    """Show the site to this machine while it is edited: a saved file is on the page at once."""

    def day() -> date:
        return today.date() if today else _today_at_the_office(content)

    with suppress(KeyboardInterrupt):
        preview(content, site_dir, port, day, lambda address: click.echo(message("serving", address=address)))


def _today_at_the_office(content: Path) -> date:
    try:
        office, _ = read_sheet(content / "office.yml", Office)
    except FaultyFiles:
        office = load_content(content).office  # raises again, with the faults of all files
    return datetime.now(office.time_zone).date()
