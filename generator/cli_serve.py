"""The command `tenday serve`: shows the site to this machine until it is interrupted."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import click

from generator.cli import CONTENT, TODAY, today_at_the_office
from generator.serve import serve as preview
from generator.words import message


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
        return today.date() if today else today_at_the_office(content)

    with suppress(KeyboardInterrupt):
        preview(content, site_dir, port, day, lambda address: click.echo(message("serving", address=address)))
