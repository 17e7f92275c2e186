"""The whole run of `tenday build`: whether there is anything to do, and if so, that it is done.

Receives a content folder, a folder for the site and a day; hands on what changed. The question is decided from the
files' bytes, before any of them is understood, and what understands them is imported only when it is needed: a run
that finds nothing new costs next to nothing.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from generator import renderer
from generator.shipped import Shipped, read_shipped
from generator.tree import Changes, listing_digest, tree_digest
from generator.work import AS_USUAL, VERSIONS, Wishes, Work, hold_work

CODE = Path(__file__).parents[1]


def build(content_folder: Path, site_dir: Path, today: date, wishes: Wishes = AS_USUAL) -> Changes | None:
    """Build the site; None when nothing had changed.

    Raises FaultyFiles for content with faults, and Stop when the site cannot be built or must not be published.
    """
    shipped = read_shipped()
    settings = (today.isoformat(), f"strict={wishes.strict}", wishes.paper, _history(wishes.previous))
    with hold_work(site_dir) as work:
        basis = _basis(content_folder, shipped, (*settings, *renderer.versions(wishes.program)))
        if _is_up_to_date(work, basis):
            if wishes.previous is not None:
                from generator.making import compare_with_previous

                compare_with_previous(work.site, content_folder, wishes)
            return None
        with renderer.started(wishes.program, work.settings, today, strict=wishes.strict) as program:
            from generator.making import make  # it loads beside the renderer, which takes longer

            changes = make(work, program, content_folder, shipped, today, wishes)
        work.digest.write_text(_digest(work, basis), encoding="utf-8")
        return changes


def _history(previous: Path | None) -> str:
    file = previous / VERSIONS if previous else None
    return hashlib.sha256(file.read_bytes()).hexdigest() if file and file.is_file() else ""


def _basis(content_folder: Path, shipped: Shipped, settings: Iterable[str]) -> str:
    """Digest all that a site depends on: the content, what ships, our own code, the day and the renderer's versions."""
    folders = (content_folder, shipped.settings.parent / "site_src", *(CODE / name for name in ("bureau", "generator")))
    facts = "\n".join((shipped.settings.read_text(encoding="utf-8"), tree_digest(*folders), *settings))
    return hashlib.sha256(facts.encode()).hexdigest()


def _is_up_to_date(work: Work, basis: str) -> bool:
    return work.digest.is_file() and work.digest.read_text(encoding="utf-8") == _digest(work, basis)


def _digest(work: Work, basis: str) -> str:
    return hashlib.sha256(f"{basis}\n{listing_digest(work.site)}".encode()).hexdigest()
