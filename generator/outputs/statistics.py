"""One page for each series of published figures: chart, table, definition, source, denominators, revisions."""

from collections.abc import Mapping

import jinja2

from generator.site import Site


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write every series."""
    template = templates.get_template("series.md")
    return {f"statistics/{one.path}.md": template.render(site=site, series=one).encode() for one in site.series}
