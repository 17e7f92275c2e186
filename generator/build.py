"""The whole run of `tenday build`, in order.

Receives a content folder, a folder for the site and a day; hands on what changed. Everything in between lives in a
work folder beside the site's folder, so that builds into different folders never meet, and a failed build leaves the
old site as it was. Whether there is anything to do is decided from the files' bytes, before any of them is understood.
"""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bureau.content import load_content
from bureau.exits import Exit, Stop
from generator import renderer
from generator.outputs import LAST, OUTPUTS
from generator.press import press
from generator.renderer import Program
from generator.shipped import Shipped, read_shipped
from generator.site import Site, assemble
from generator.tree import Changes, listing_digest, move_tree, read_tree, tree_digest, write_tree
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


def build(
    content_folder: Path, site_dir: Path, today: date, *, strict: bool = False, program: Program = "mkdocs"
) -> Changes | None:
    """Build the site; None when nothing had changed.

    Raises FaultyFiles for content with faults, and Stop when the site cannot be built.
    """
    shipped = read_shipped()
    settings = (today.isoformat(), f"strict={strict}", *renderer.versions(program))
    with _work(site_dir) as work:
        basis = _basis(content_folder, shipped, settings)
        if _is_up_to_date(work, basis):
            return None
        site = assemble(load_content(content_folder), today)
        templates = press(shipped)
        files = {f"assets/{name}": data for name, data in shipped.assets.items()}
        files |= {f"attachments/{name}": data for name, data in read_tree(content_folder / "attachments")}
        for render in OUTPUTS:
            files |= render(site, templates)
        write_tree(files.items(), work.pages)
        work.digest.unlink(missing_ok=True)
        renderer.render(_rendering(work, site, strict=strict, program=program), shipped)
        last: dict[str, bytes] = {}
        for render_last in LAST:
            last |= render_last(site, templates, sorted(files))
        changes = move_tree(work.rendered, last, work.site)
        work.digest.write_text(_digest(work, basis), encoding="utf-8")
        return changes


def _rendering(work: Work, site: Site, *, strict: bool, program: Program) -> renderer.Rendering:
    return renderer.Rendering(
        program=program,
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
        strict=strict,
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
