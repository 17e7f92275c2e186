"""Make a site: read the content, write what the renderer reads, render, put the last files in place, compare, inspect.

Receives a work folder, a content folder, what ships and a day; hands on what changed in the site's folder. A build that
fails on the way leaves the old site as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import jinja2

from bureau.content import load_content
from generator import renderer
from generator.inspection.inspect import faults, hints, inspect, stop_if
from generator.manifest import MANIFEST, manifest
from generator.outputs import BESIDE, LAST, OUTPUTS
from generator.outputs import posters as wall_pages
from generator.posters.history import read_history, versions
from generator.posters.wall import Wall, hang
from generator.press import press
from generator.previous import compare
from generator.shipped import Shipped
from generator.site import Site, assemble
from generator.tree import Changes, add_to_tree, move_tree, read_tree, write_tree
from generator.words import message
from generator.work import Wishes, Work


def make(
    work: Work, program: renderer.Running, content_folder: Path, shipped: Shipped, today: date, wishes: Wishes
) -> Changes:
    """Make the site anew with a renderer that was started for it. Raises FaultyFiles and Stop."""
    templates = press(shipped)
    laid_out = lay_out(work, content_folder, shipped, templates, today, wishes)
    wanted = rendering(work, laid_out.site, wishes)
    work.digest.unlink(missing_ok=True)
    program.render(wanted, shipped)
    beside = make_beside(work, laid_out, shipped, templates, wishes)  # on another core, if there is one
    program.wait(wanted)
    add_to_tree(beside.items(), work.rendered)
    add_to_tree([(MANIFEST, manifest(read_tree(work.rendered)))], work.rendered)
    compare_with_previous(work.rendered, content_folder, wishes)
    _inspect(work.rendered, content_folder, today, wishes)
    return move_tree(work.rendered, work.site)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What the renderer reads has been written: `names` are its files."""

    site: Site
    wall: Wall
    names: tuple[str, ...]


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
    wall = hang(site, strict=wishes.strict, tell=wishes.tell)
    files |= wall_pages.render(site, templates, wall.posters, versions(wall.posters, history, today), wall.paths)
    write_tree(files.items(), work.pages)
    return LaidOut(site, wall, tuple(sorted(files)))


def make_beside(
    work: Work, laid_out: LaidOut, shipped: Shipped, templates: jinja2.Environment, wishes: Wishes
) -> Mapping[str, bytes]:
    """Make what is put beside, or in the place of, what the renderer writes."""
    site = laid_out.site
    files = dict(laid_out.wall.printed(shipped, work.folder / "posters", wishes.paper, site.office.origin))
    for render in BESIDE:
        files |= render(site, templates)
    for render_last in LAST:
        files |= render_last(site, templates, laid_out.names)
    return files


def compare_with_previous(site: Path, content: Path, wishes: Wishes) -> None:
    """Stop when something of yesterday's site vanished without a reason."""
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
        settings=work.settings,
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
    )
