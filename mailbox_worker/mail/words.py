"""Every word that a mail says: templates and the catalog in mailbox_worker/templates, rendered.

Receives a template's name and values; hands on text. A value that a template names and nobody gave is a fault
of ours and raises; a citizen's words come in only through the filters that set them apart.
"""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bureau.office import Person

TEMPLATES = Path(__file__).parent.parent / "templates"
WEEKDAYS = "一二三四五六日"


@cache
def catalog() -> dict[str, dict[str, Any]]:
    """Give the catalog of short texts, read once."""
    return dict(yaml.safe_load((TEMPLATES / "words.yml").read_text(encoding="utf-8")))


def words(section: str) -> dict[str, Any]:
    """Give one section of the catalog."""
    return catalog()[section]


def short_day(day: date) -> str:
    """Write 3月5日."""
    return f"{day.month}月{day.day}日"


def addressed(person: Person) -> str:
    """Address a colleague: a leader by name and title, a clerk by the name."""
    return person.name if person.post == "clerk" else f"{person.name}{person.title}"


def full_day(day: date) -> str:
    """Write 2026年3月5日, as official papers do: no leading zero."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday(day: date) -> str:
    """Write 星期四."""
    return f"星期{WEEKDAYS[day.weekday()]}"


def clock(at: datetime) -> str:
    """Write 9:05, in whatever zone the instant carries."""
    return f"{at.hour}:{at.minute:02}"


def file_size(size: int) -> str:
    """Write a size in bytes as programs show it: 340 KB, 1.2 MB."""
    kilobytes = -(-size // 1024)
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"  # noqa: PLR2004 - the same step


def defused(text: str) -> str:
    """Break what looks like a token of ours, so that no quoted letter can answer a request."""
    return text.replace("[#", "［#")


def quoted(text: str) -> str:
    """Set a citizen's words apart: every line behind a bar."""
    return "\n".join(f"│ {line}".rstrip() for line in defused(text).splitlines())


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - these are text/plain; the HTML part escapes what this made
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(
        addressed=addressed,
        short_day=short_day,
        full_day=full_day,
        weekday=weekday,
        clock=clock,
        quoted=quoted,
        defused=defused,
        file_size=file_size,
    )
    environment.globals["words"] = words
    return environment


def render_text(template: str, **values: Any) -> str:
    """Render a template as it stands."""
    return _environment().get_template(template).render(**values)


def render_mail(kind: str, **values: Any) -> tuple[str, str]:
    """Render a mail's template; its first line is the subject, the rest after a blank line the text."""
    subject, _, text = render_text(f"{kind}.txt.j2", **values).partition("\n")
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return subject.strip(), "\n".join(lines) + "\n"
