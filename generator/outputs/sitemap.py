"""The sitemap, with the documents' own dates.

The renderer would stamp every page with the day of the build, which an official site must not pass off as a date of
its content; so this file is put in place after the renderer has run.
"""

from collections.abc import Mapping, Sequence

import jinja2

from generator.site import Site


def render(site: Site, templates: jinja2.Environment, files: Sequence[str]) -> Mapping[str, bytes]:
    """List every page; only notices have a date of their own, that of the last change."""
    dates = {
        f"notices/{notice.id}/": max([notice.published, *(change.on for change in notice.changes)])
        for notice in site.notices
    }
    places = sorted(_place(name) for name in files if name.endswith(".md"))
    return {"sitemap.xml": templates.get_template("sitemap.xml").render(site=site, places=places, dates=dates).encode()}


def _place(page: str) -> str:
    stem = page.removesuffix(".md")
    return stem.removesuffix("index") if stem.rpartition("/")[2] == "index" else f"{stem}/"
