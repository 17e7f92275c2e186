"""The sitemap, with the documents' own dates.

The renderer would stamp every page with the day of the build, which an official site must not pass off as a date of
its content; so this file is put in place after the renderer has run.
"""

from collections.abc import Mapping

import jinja2

from generator.outputs.records import PLACES
from generator.site import Site


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """List every page; only notices have a date of their own."""
    names = templates.list_templates(filter_func=lambda name: name.startswith("pages/") and name.endswith(".md"))
    places = sorted({*(_place(name.removeprefix("pages/")) for name in names), *PLACES})
    text = templates.get_template("sitemap.xml").render(site=site, places=places)
    return {"sitemap.xml": text.encode()}


def _place(page: str) -> str:
    stem = page.removesuffix(".md")
    return stem.removesuffix("index") if stem.endswith("index") else f"{stem}/"
