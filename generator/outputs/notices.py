"""One page for each notice.

These are record pages: they stay out of the navigation, whose cost is quadratic in its pages.
"""

from collections.abc import Mapping

import jinja2

from generator.site import Site


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write every notice as an official document."""
    template = templates.get_template("notice.md")
    return {f"notices/{notice.id}.md": template.render(site=site, notice=notice).encode() for notice in site.notices}
