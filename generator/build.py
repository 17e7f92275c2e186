"""The whole run of `tenday build`, in order.

Receives a content folder, a folder for the site and a day; hands on what changed. Everything in between lives in a
work folder beside the site's folder, so that builds into different folders never meet, and a failed build leaves the
old site as it was. Whether there is anything to do is decided from the files' bytes, before any of them is understood.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import jinja2

from bureau.content import load_content
from bureau.exits import Exit, Stop
from generator import renderer
from generator.inspection.inspect import faults, hints, inspect, stop_if
from generator.manifest import MANIFEST, manifest
from generator.outputs import LAST, OUTPUTS
from generator.outputs import posters as wall_pages
from generator.posters.history import read_history, versions
from generator.posters.typesetting import Paper
from generator.posters.wall import hang
from generator.press import press
from generator.previous import compare
from generator.renderer import Program
from generator.shipped import Shipped, read_shipped
from generator.site import Site, assemble
from generator.tree import (
    Changes,
    add_to_tree,
    listing_digest,
    move_tree,
    read_tree,
    tree_digest,
    write_tree,
)
from generator.words import message

CODE = Path(__file__).parents[1]


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


def build(content_folder: Path, site_dir: Path, today: date, wishes: Wishes = AS_USUAL) -> Changes | None:
    """Build the site; None when nothing had changed.

    Raises FaultyFiles for content with faults, and Stop when the site cannot be built or must not be published.
    """
    shipped = read_shipped()
    history = read_history(wishes.previous)
    settings = (today.isoformat(), f"strict={wishes.strict}", wishes.paper, str(history))
    with hold_work(site_dir) as work:
        basis = _basis(content_folder, shipped, (*settings, *renderer.versions(wishes.program)))
        if _is_up_to_date(work, basis):
            _compare(work.site, content_folder, wishes)
            return None
        laid_out = lay_out(work, content_folder, shipped, press(shipped), today, wishes)
        work.digest.unlink(missing_ok=True)
        renderer.render(rendering(work, laid_out.site, wishes), shipped)
        add_to_tree(laid_out.last.items(), work.rendered)
        add_to_tree([(MANIFEST, manifest(read_tree(work.rendered)))], work.rendered)
        _compare(work.rendered, content_folder, wishes)
        _inspect(work.rendered, content_folder, today, wishes)
        changes = move_tree(work.rendered, work.site)
        work.digest.write_text(_digest(work, basis), encoding="utf-8")
        return changes


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What the renderer reads has been written; `last` is what is put beside what it writes."""

    site: Site
    last: Mapping[str, bytes]


def lay_out(
    work: Work, content_folder: Path, shipped: Shipped, templates: jinja2.Environment, today: date, wishes: Wishes
) -> LaidOut:
    """Read the content and write everything that the renderer reads into the work folder."""
    history = read_history(wishes.previous)
    site = assemble(load_content(content_folder), today)
    files = {f"assets/{name}": data for name, data in shipped.assets.items()}
    files |= {f"attachments/{name}": data for name, data in read_tree(content_folder / "attachments")}
    for render in OUTPUTS:
        files |= render(site, templates)
    wall = hang(site, shipped, work.folder / "posters", wishes.paper, strict=wishes.strict, tell=wishes.tell)
    files |= wall_pages.render(site, templates, wall.posters, versions(wall.posters, history, today), wall.printed)
    write_tree(files.items(), work.pages)
    last = dict(wall.printed)
    for render_last in LAST:
        last |= render_last(site, templates, sorted(files))
    return LaidOut(site, last)


def _compare(site: Path, content: Path, wishes: Wishes) -> None:
    if wishes.previous is not None:
        stop_if(compare(wishes.previous, site, load_content(content).withdrawn, content))


def _inspect(site: Path, content: Path, today: date, wishes: Wishes) -> None:
    if wishes.strict:
        found = inspect(site, content, today)
        for one in hints(found):
            wishes.tell(message("hint", finding=one))
        stop_if(faults(found))


def rendering(work: Work, site: Site, wishes: Wishes) -> renderer.Rendering:
    """Tell the renderer what to render, where, and what every page says of the office."""
    return renderer.Rendering(
        program=wishes.program,
        pages=work.pages,
        site=work.rendered,
        settings=work.folder / "mkdocs.yml",
        title=site.office.portal_title,
        origin=site.office.origin,
        today=site.today,
        extra={
            "office": site.office.name,
            "address": site.office.postal_address,
            "mailbox": site.office.mailbox,
            "demonstration": site.office.demonstration,
            "built_on": site.today.isoformat(),
            "title_parts": site.office.portal_title.split(),
        },
        strict=wishes.strict,
    )


def _basis(content_folder: Path, shipped: Shipped, settings: Iterable[str]) -> str:
    """Digest all that a site depends on: the content, what ships, our own code, the day and the renderer's versions."""
    folders = (content_folder, shipped.settings.parent / "site_src", *(CODE / name for name in ("bureau", "generator")))
    facts = "\n".join((shipped.settings.read_text(encoding="utf-8"), tree_digest(*folders), *settings))
    return hashlib.sha256(facts.encode()).hexdigest()


def _is_up_to_date(work: Work, basis: str) -> bool:
    return work.digest.is_file() and work.digest.read_text(encoding="utf-8") == _digest(work, basis)


def _digest(work: Work, basis: str) -> str:
    return hashlib.sha256(f"{basis}\n{listing_digest(work.site)}".encode()).hexdigest()


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
