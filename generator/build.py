"""The whole run of `tenday build`, in order.

Receives checked Content, a folder and a day; hands on what changed. Everything in between lives in a work folder beside
the site's folder, so that builds into different folders never meet, and a failed build leaves the old site as it was.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import jinja2

from bureau.content import Content
from bureau.exits import Exit, Stop
from generator import renderer
from generator.inspection.findings import Finding, Level
from generator.inspection.inspect import faults, inspect
from generator.manifest import MANIFEST, manifest
from generator.outputs import OUTPUTS, security, sitemap
from generator.outputs import posters as wall_pages
from generator.posters.history import read_history, versions
from generator.posters.sheets import posters
from generator.posters.typesetting import SOURCE, Paper, find_type, typeset
from generator.press import press
from generator.previous import compare
from generator.shipped import Shipped, read_shipped
from generator.site import Site, assemble
from generator.tree import Changes, add_to_tree, listing_digest, read_tree, tree_digest, write_tree
from generator.words import message


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
    """How a build is to be done; `content` is the folder that findings name lines of."""

    strict: bool = False
    paper: Paper = "a4"
    previous: Path | None = None  # yesterday's site
    content: Path | None = None
    tell: Callable[[str], object] = str  # hears what is no reason to stop


def build(content: Content, site_dir: Path, today: date, wishes: Wishes = Wishes()) -> Changes | None:
    """Build the site; None when nothing had changed. Raises Stop when it cannot be built."""
    shipped = read_shipped()
    site = assemble(content, today)
    templates = press(shipped)
    with _work(site_dir) as work:
        wall = _wall(work, site, shipped, wishes)
        files = [(f"assets/{name}", data) for name, data in shipped.assets.items()]
        files += chain.from_iterable(render(site, templates).items() for render in OUTPUTS)
        files += _wall_pages(site, templates, wall, wishes.previous).items()
        write_tree(files, work.pages)
        rendering = _rendering(work, site, strict=wishes.strict)
        last = {**sitemap.render(site, templates), **security.render(site, templates), **wall}
        basis = f"{renderer.prepare(rendering, shipped)}\n{tree_digest(work.pages, shipped.theme)}\n"
        basis += f"strict={wishes.strict}\n{manifest(last.items()).decode()}"
        if _is_up_to_date(work, basis):
            _compare(work.site, content, wishes)
            return None
        work.digest.unlink(missing_ok=True)
        renderer.render(rendering)
        add_to_tree(last.items(), work.rendered)
        add_to_tree([(MANIFEST, manifest(read_tree(work.rendered)))], work.rendered)
        _compare(work.rendered, content, wishes)
        _inspect(work.rendered, today, wishes)
        changes = write_tree(read_tree(work.rendered), work.site)
        work.digest.write_text(_digest(work, basis), encoding="utf-8")
        return changes


def _wall(work: Work, site: Site, shipped: Shipped, wishes: Wishes) -> Mapping[str, bytes]:
    """Set the notices for the wall; without a Chinese font there are none, and a strict build fails."""
    found = find_type()
    made = posters(site.content, site.today)
    if found is None:
        if wishes.strict:
            raise Stop(Exit.BAD_CONFIGURATION, message("no_type"))
        wishes.tell(message("no_type"))
        return {}
    source, kept = shipped.posters[SOURCE], work.folder / "posters"
    return typeset(made, source, kept, found, origin=site.office.origin, paper=wishes.paper)


def _wall_pages(
    site: Site, templates: jinja2.Environment, wall: Mapping[str, bytes], previous: Path | None
) -> Mapping[str, bytes]:
    made = posters(site.content, site.today)
    found = versions(made, read_history(previous), site.today)
    return wall_pages.render(site, templates, made, found, printed=bool(wall))


def _compare(site: Path, content: Content, wishes: Wishes) -> None:
    if wishes.previous is not None:
        found = compare(wishes.previous, site, content.withdrawn, wishes.content or Path("content"))
        _stop_if(list(found))


def _inspect(site: Path, today: date, wishes: Wishes) -> None:
    if not wishes.strict or wishes.content is None:
        return
    found = inspect(site, wishes.content, today)
    for one in found:
        if one.level is Level.HINT:
            wishes.tell(message("hint", finding=one))
    _stop_if(faults(found))


def _stop_if(found: Sequence[Finding]) -> None:
    if found:
        raise Stop(Exit.BAD_CONTENT, message("inspection_failed", findings="\n".join(map(str, found))))


def _rendering(work: Work, site: Site, *, strict: bool) -> renderer.Rendering:
    return renderer.Rendering(
        pages=work.pages,
        site=work.rendered,
        settings=work.folder / "mkdocs.yml",
        title=site.office.portal_title,
        origin=site.office.origin,
        today=site.today,
        extra={
            "office": site.office.name,
            "address": site.office.postal_address,
            "demonstration": site.office.demonstration,
            "built_on": site.today.isoformat(),
        },
        strict=strict,
    )


def _is_up_to_date(work: Work, basis: str) -> bool:
    return work.digest.is_file() and work.digest.read_text(encoding="utf-8") == _digest(work, basis)


def _digest(work: Work, basis: str) -> str:
    return hashlib.sha256(f"{basis}\n{listing_digest(work.site)}".encode()).hexdigest()


@contextmanager
def _work(site_dir: Path) -> Iterator[Work]:
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
