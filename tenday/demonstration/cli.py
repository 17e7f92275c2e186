"""The command `tenday demo`: plays the story, tells it in the terminal, and shows the site that comes of it.

Everything happens in a temporary folder that is gone at the end, however the end comes.
"""

import signal
import sys
import time
from pathlib import Path

import click

from mailbox_worker import showing
from mailbox_worker.mail.words import short_day, weekday
from tenday.demonstration.interactive import sign_off_yourself
from tenday.demonstration.story import Story, read_story
from tenday.demonstration.story_office import Office, open_office, temporary_folder
from tenday.demonstration.story_play import Play
from tenday.demonstration.terminal import Terminal
from tenday.demonstration.website import LOOPBACK, PORT, build_site, listen


@click.command()
@click.option("--serve/--no-serve", default=True, help="Serve the site until Ctrl-C, or end after building it.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=PORT,
    show_default=True,
    help="Where the site is served; if it is taken, on a free one.",
)
@click.option("--interactive", is_flag=True, help="You are the deputy director: sign off one letter yourself.")
def demo(port: int, *, serve: bool, interactive: bool) -> None:
    """Tell the whole story: letters arrive, are signed off, answered, published; the site is built and served."""
    interruption = Interruption()
    try:
        if interactive:
            _take_part()
        else:
            _play(port if serve else None)
    except Exception:
        if interruption.came:  # a connection that was cut off in the middle complains in its own words
            raise click.Abort from None
        raise


class Interruption:
    """Ctrl-C; a stopped service and a closed terminal end the command in the same way, with the folder removed."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, self._come)

    def _come(self, *_: object) -> None:
        self.came = True
        raise KeyboardInterrupt


def _play(port: int | None) -> None:
    """Run from the first letter to the site; without a port it is not served."""
    started = time.monotonic()
    story, terminal = read_story(), Terminal()
    terminal.title(story.title, story.opening)
    with temporary_folder() as folder:
        with open_office(story, folder) as office:
            _tell(story, office, terminal)
            config = office.config
        site = _build(story, folder, terminal)
        click.echo(story.words["lasted"].format(seconds=round(time.monotonic() - started)))
        if port is not None:
            click.echo(story.words["look"].format(program=_program(), config=config))
            _serve(story, site, port)
    click.echo(story.words["ended"])


def _take_part() -> None:
    """Let whoever watches sign off one letter; no site is built."""
    story, terminal = read_story(), Terminal()
    terminal.title(story.interactive.title, story.interactive.opening)
    with temporary_folder() as folder, open_office(story, folder) as office:
        sign_off_yourself(story, office, terminal)
    click.echo(story.words["ended"])


def _tell(story: Story, office: Office, terminal: Terminal) -> None:
    play, first = Play(story, office), story.days[0].date
    for day in story.days:
        names = {"date": short_day(day.date), "weekday": weekday(day.date), "nth": (day.date - first).days + 1}
        terminal.heading(story.words["day"].format(**names))
        for scene in day.scenes:
            told = play.scene(day, scene)
            if scene.tell is not None:
                at = f"{scene.at.hour}:{scene.at.minute:02}"
                terminal.scene(at, scene.tell, told.standing, late=told.late)
            for mail in told.shown:
                terminal.mail(mail.lines, phone=mail.phone)
    _sum_up(story, play, terminal)


def _sum_up(story: Story, play: Play, terminal: Terminal) -> None:
    terminal.heading(story.words["ledger"])
    for line in showing.table_of(play.letters(story.days[-1])):
        click.echo(line)
    terminal.paragraph(story.words["verified"].format(entries=play.verified()))
    terminal.heading(story.words["figures"])
    figures = play.figures()
    shown = [figure for name in story.figures if (figure := figures.figure(name)) is not None]
    facts = [{"label": figure.label, "value": figure.value, "unit": figure.unit} for figure in shown]
    terminal.paragraph("，".join(story.words["figure"].format(**fact) for fact in facts) + "。")


def _build(story: Story, folder: Path, terminal: Terminal) -> Path:
    terminal.heading(story.words["site"])
    click.echo(story.words["building"])
    site = folder / "site"
    files = build_site(folder / "content", site, story.days[-1].date)
    click.echo(story.words["built"].format(files=files))
    return site


def _serve(story: Story, site: Path, port: int) -> None:
    """Serve until interrupted: Ctrl-C is how this is meant to end."""
    try:
        with listen(site, port) as server:
            if server.server_port != port:
                click.echo(story.words["taken"].format(port=port, free=server.server_port))
            click.echo(story.words["serving"].format(address=f"http://{LOOPBACK}:{server.server_port}/"))
            server.serve_forever()
    except KeyboardInterrupt:
        click.echo()


def _program() -> str:
    """Name this command as another terminal can start it: `make demo` runs one that is in no PATH."""
    started = Path(sys.argv[0]).absolute()
    return str(started) if started.name == "tenday" else "tenday"
