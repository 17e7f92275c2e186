"""All notices for the wall of one build: decided, and set where this machine has Chinese fonts.

Receives the Site and the folder that keeps what was set before; hands on a Wall. Without a font there are none: a
build says so and goes on, a strict one stops, since a site must not lose its notices over night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bureau.exits import Exit, Stop
from generator.posters.sheets import Poster, posters
from generator.posters.typesetting import SOURCE, find_type, typeset
from generator.shipped import Shipped
from generator.site import Site
from generator.words import message
from generator.work import Paper


@dataclass(frozen=True, slots=True)
class Wall:
    """The notices, and the PDFs by their path below the site: of all notices, or of none."""

    posters: tuple[Poster, ...]
    printed: Mapping[str, bytes]


def hang(
    site: Site, shipped: Shipped, kept: Path, paper: Paper, *, strict: bool, tell: Callable[[str], object]
) -> Wall:
    """Decide and set every notice."""
    made = posters(site.content, site.today)
    if not made:
        return Wall((), {})
    found = find_type()
    if found is None:
        if strict:
            raise Stop(Exit.BAD_CONFIGURATION, message("no_type"))
        tell(message("no_type"))
        return Wall(made, {})
    source = shipped.posters[SOURCE]
    return Wall(made, typeset(made, source, kept, found, origin=site.office.origin, paper=paper))
