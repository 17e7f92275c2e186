"""One page for each notice, and the lists of all of them, of each year and of each kind.

These are record pages: they stay out of the navigation, whose cost is quadratic in its pages.
"""

from collections.abc import Mapping

import jinja2

from generator.papers import ListPage
from generator.site import Site


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write every notice as an official document, and every page of every list."""
    one, listing = templates.get_template("notice.md"), templates.get_template("notice-list.md")
    pages = {f"notices/{paper.notice.id}.md": one.render(site=site, paper=paper) for paper in site.archive.papers}
    for lists, by in (({"": site.archive.every}, "all"), (site.archive.years, "year"), (site.archive.kinds, "kind")):
        for page in (page for group in lists.values() for page in group):
            pages[_file(page, by)] = listing.render(site=site, page=page, by=by)
    return {path: text.encode() for path, text in pages.items()}


def _file(page: ListPage, by: str) -> str:
    folder = "notices/" if by == "all" else f"notices/{by}/"
    path = f"{folder}{page.path()}"
    return f"{path}index.md" if path == "notices/" else f"{path.removesuffix('/')}.md"
