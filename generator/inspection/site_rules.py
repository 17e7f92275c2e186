"""Rules about the built pages: links, pictures, dates, columns, what is loaded from elsewhere, files that were changed.

Each rule receives the built site and Mending; hands on findings. Sources:
政府网站与政务新媒体检查指标 (国办秘函〔2019〕19号) for dead links,
undated items and empty columns; GB/T 37668 for alternative texts.
"""

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from generator.inspection.findings import Finding, Level, Mending, finding
from generator.inspection.pages import BuiltSite
from generator.manifest import MANIFEST

NOT_LINKED = {"404.html"}  # the server shows it by itself
EMPTY_COLUMN = {"notices/index.html": "notices", "statistics/index.html": "published"}


def dead_links(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find addresses within the site that lead nowhere, and anchors that their page does not have."""
    for page in site.pages.values():
        for address in sorted({*page.links, *page.loads}):
            target = None if page.path in NOT_LINKED else site.resolve(page.path, address)
            if target is None or not address:
                continue
            path, anchor = target
            if path not in site.files:
                yield finding("dead_link", mending.page(page.path, address), page=page.path, address=address)
            elif anchor and path in site.pages and anchor not in site.pages[path].anchors:
                yield finding("dead_anchor", mending.page(page.path, address), page=page.path, address=address)


def silent_images(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find pictures without a text for people who do not see them."""
    for page in site.pages.values():
        for image in page.silent_images:
            yield finding("no_alternative", mending.page(page.path, image), page=page.path, image=image)


def orphans(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find pages that no path of links leads to from the home page."""
    reached: set[str] = set()
    waiting = ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in site.pages:
            continue
        reached.add(path)
        targets = (site.resolve(path, address) for address in site.pages[path].links)
        waiting += [target[0] for target in targets if target]
    for path in sorted(set(site.pages) - reached - NOT_LINKED):
        yield finding("orphan", mending.page(path), page=path)


def external_resources(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find whatever a browser would fetch from another host."""
    for page in site.pages.values():
        for address in page.loads:
            if urlsplit(address).netloc:
                yield finding("external", mending.page(page.path, address), page=page.path, address=address)
    for path, address in site.loaded_by_styles:
        yield finding("external", mending.page(path, address), page=path, address=address)


def undated(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find documents, and entries in lists of documents, without a date: the inspection counts them as not updated."""
    for page in site.pages.values():
        if page.undated:
            yield finding("undated", mending.page(page.path), page=page.path, count=page.undated)


def empty_columns(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Find columns that say of themselves that they are empty."""
    for path, folder in EMPTY_COLUMN.items():
        if path in site.pages and site.pages[path].says_none:
            yield finding("empty_column", mending.file(folder), Level.HINT, page=path)


def changed_files(site: BuiltSite, mending: Mending) -> Iterator[Finding]:
    """Compare the site with its own manifest: files that were changed, lost or added after the build."""
    if MANIFEST not in site.files:
        yield finding("no_manifest", mending.file("office.yml"), page=MANIFEST)
        return
    lines = (site.folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    stated = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    for path in sorted(set(stated) | (site.files - {MANIFEST})):
        file = site.folder / path
        if path not in stated or not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != stated[path]:
            yield finding("changed_file", mending.page(path), page=path)
