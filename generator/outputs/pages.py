"""The hand-written pages: every Markdown file of site_src/pages/ becomes the page of that name."""

from collections.abc import Mapping

import jinja2

from generator.site import Site

PAGES = "pages/"


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Fill in every page with what the Site says."""
    names = templates.list_templates(filter_func=lambda name: name.startswith(PAGES))
    return {name.removeprefix(PAGES): templates.get_template(name).render(site=site).encode() for name in names}
