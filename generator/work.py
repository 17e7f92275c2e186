"""Where a site is made, and how: the work folder beside the site's folder, and what the caller wishes.

Receives the site's folder; hands on a Work that nobody else holds. Refuses a folder that another build holds, or that
holds other people's files.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bureau.exits import Exit, Stop
from generator.renderer import Program
from generator.words import message

Paper = Literal["a4", "a3"]
VERSIONS = "posters/versions.json"  # in a site: all that the next build takes over from it


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder of one site folder."""

    folder: Path
    site: Path

    @property
    def pages(self) -> Path:
        """What the renderer reads."""
        return self.folder / "pages"

    @property
    def rendered(self) -> Path:
        """What the renderer writes, before it is compared with the site."""
        return self.folder / "rendered"

    @property
    def settings(self) -> Path:
        """The renderer's configuration."""
        return self.folder / "mkdocs.yml"

    @property
    def digest(self) -> Path:
        """From what, and to what, the site was last built."""
        return self.folder / "digest"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a build is to be done."""

    strict: bool = False
    program: Program = "mkdocs"
    paper: Paper = "a4"  # of the notices for the wall
    previous: Path | None = None  # yesterday's site
    tell: Callable[[str], object] = str  # hears what is no reason to stop


AS_USUAL = Wishes()


@contextmanager
def hold_work(site_dir: Path) -> Iterator[Work]:
    """Hold the work folder of a site folder; refuses one that another build holds or that is not ours to empty."""
    site = site_dir.resolve()
    work = Work(site.parent / f"{site.name}.work", site)
    if not work.folder.is_dir() and site.exists() and (not site.is_dir() or any(site.iterdir())):
        raise Stop(Exit.BAD_CONFIGURATION, message("folder_not_ours", folder=site_dir))
    try:
        work.folder.mkdir(parents=True, exist_ok=True)
        lock = (work.folder / "lock").open("w")
    except OSError as unusable:
        reason = unusable.strerror
        raise Stop(Exit.BAD_CONFIGURATION, message("folder_unusable", folder=site_dir, reason=reason)) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(Exit.TRY_LATER, message("busy", folder=site_dir)) from None
        yield work
