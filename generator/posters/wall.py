"""All notices for the wall of one build: decided, and set where this machine has Chinese fonts.

Receives the Site; hands on a Wall, which sets them. Without a font there are none: a
build says so and goes on, a strict one stops, since a site must not lose its notices over night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bureau.exits import Exit, Stop
from generator.posters.sheets import Poster, posters
from generator.posters.typesetting import SOURCE, Type, find_type, typeset
from generator.shipped import Shipped
from generator.site import Site
from generator.words import message
from generator.work import Paper


@dataclass(frozen=True, slots=True)
class Wall:
    """The notices, and the type to set all of them with, or none of them."""

    posters: tuple[Poster, ...]
    type: Type | None

    @property
    def paths(self) -> frozenset[str]:
        """Name the PDFs by their path below the site."""
        return frozenset(poster.path for poster in self.posters) if self.type else frozenset()

    def printed(self, shipped: Shipped, kept: Path, paper: Paper, origin: str) -> Mapping[str, bytes]:
        """Give the PDFs by their path; `kept` is the folder that keeps what was set before."""
        if not self.type:
            return {}
        return typeset(self.posters, shipped.posters[SOURCE], kept, self.type, origin=origin, paper=paper)


def hang(site: Site, *, strict: bool, tell: Callable[[str], object]) -> Wall:
    """Decide every notice, and whether this machine can set them."""
    made = posters(site.content, site.today)
    if not made:
        return Wall((), None)
    found = find_type()
    if found is None:
        if strict:
            raise Stop(Exit.BAD_CONFIGURATION, message("no_type"))
        tell(message("no_type"))
    return Wall(made, found)
