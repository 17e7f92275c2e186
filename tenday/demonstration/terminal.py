"""Write the story into a terminal: Chinese characters are two columns wide, and lines do not begin with a full stop.

Receives texts; hands on lines on stdout, styled only where stdout is a terminal. Decides nothing about what is told.
"""

import re
import shutil
import unicodedata

import click

NARROWEST, WIDEST = 60, 96
PHONE = 42  # columns: twenty-one characters, as on a telephone
GUTTER = 9  # the time of day and its margins
BAR = "│ "
CUT = "……"
# What stays together: a number with its unit; no line begins with a closing mark or ends with an opening one.
UNIT = re.compile(r"[（“《【「]*(?:[0-9.]+[\u4e00-\u9fff]|[!-~]+|\s|.)[，。：；！？、）”》】」…]*")


def width(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break a text into lines of at most this many columns; a unit that is wider stands alone on its line."""
    lines, line = [], ""
    for unit in UNIT.findall(text):
        if line and width(line) + width(unit) > columns:
            lines.append(line.rstrip())
            line = ""
        line += unit if line or lines == [] else unit.lstrip(" ")
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


class Terminal:
    """Where the story is told."""

    def __init__(self) -> None:
        self._columns = min(max(shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)

    def title(self, text: str, opening: str) -> None:
        """Begin."""
        click.echo(click.style(text, bold=True))
        click.echo("─" * width(text))
        self.paragraph(opening)

    def heading(self, text: str) -> None:
        """Begin a day."""
        click.echo()
        click.echo(click.style(text, bold=True, fg="blue"))

    def paragraph(self, text: str) -> None:
        """Write a text without a time."""
        for line in wrap(text, self._columns):
            click.echo(line)

    def scene(self, at: str, text: str, standing: str | None, *, late: bool) -> None:
        """Write what happens at an hour, and where the letter stands then; a late one in red."""
        lines = wrap(text, self._columns - GUTTER)
        mark = f"〔{standing}〕" if standing is not None else ""
        styled = click.style(mark, fg="red" if late else "green")
        if GUTTER + width(lines[-1]) + width(mark) < self._columns:
            lines[-1] += f" {styled}" if mark else ""
        else:
            lines.append(styled)
        click.echo(click.style(f"{at:>{GUTTER - 2}}  ", dim=True) + lines[0])
        for line in lines[1:]:
            click.echo(" " * GUTTER + line)

    def mail(self, lines: tuple[str, ...], *, phone: bool) -> None:
        """Show lines of a mail behind a bar; a phone is as narrow as phones are, and shows the beginning only."""
        room = self._columns - GUTTER - width(BAR)
        parts = [part for line in lines for part in wrap(line.removeprefix(BAR), min(PHONE, room) if phone else room)]
        for part in [*parts, CUT] if phone else parts:
            click.echo(" " * GUTTER + click.style(f"{BAR}{part}".rstrip(), fg="cyan"))
