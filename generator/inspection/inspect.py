"""Run every rule over a built site and the content that it was built from.

Receives a site's folder, a content folder and today's date at the office; hands on findings in the order of files and
lines. Reads both, changes neither.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from bureau.exits import Exit, Stop
from bureau.files import Files, read_files
from generator.inspection import content_rules, site_rules
from generator.inspection.findings import Finding, Level, Mending
from generator.inspection.pages import BuiltSite, read_site
from generator.words import message

SITE_RULES: tuple[Callable[[BuiltSite, Mending], Iterator[Finding]], ...] = (
    site_rules.dead_links,
    site_rules.silent_images,
    site_rules.orphans,
    site_rules.external_resources,
    site_rules.undated,
    site_rules.empty_columns,
    site_rules.changed_files,
)
CONTENT_RULES: tuple[Callable[[Files, Mending, date], Iterator[Finding]], ...] = (
    content_rules.future_dates,
    content_rules.stale_columns,
    content_rules.unanswered_letters,
    content_rules.security_contact,
)


def inspect(site: Path, content: Path, today: date) -> tuple[Finding, ...]:
    """Inspect a site; the content must have been checked before."""
    files, _ = read_files(content)
    mending, built = Mending(files), read_site(site)
    found = [one for rule in SITE_RULES for one in rule(built, mending)]
    found += [one for ask in CONTENT_RULES for one in ask(files, mending, today)]
    return tuple(sorted(set(found), key=lambda one: (one.place, one.rule, one.message)))


def hints(found: Iterable[Finding]) -> list[Finding]:
    """Keep those that somebody should hear of."""
    return [one for one in found if one.level is Level.HINT]


def stop_if(found: Iterable[Finding]) -> None:
    """Stop the command when anything was found, and say all of it."""
    lines = "\n".join(map(str, found))
    if lines:
        raise Stop(Exit.BAD_CONTENT, message("inspection_failed", findings=lines))


def faults(found: Iterable[Finding]) -> list[Finding]:
    """Keep those that must not be published."""
    return [one for one in found if one.level is Level.FAULT]
