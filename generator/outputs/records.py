"""The pages about what is published: how to subscribe, what was corrected, when figures come out, what was withdrawn.

These are record pages: they stay out of the navigation and are reached from the foot of every page.
"""

from collections.abc import Mapping

import jinja2

from generator.site import Site
from generator.subscriptions.corrections import corrections
from generator.subscriptions.entries import diaries
from generator.subscriptions.items import feeds


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write them."""
    content = site.content
    made = [diary for diary in diaries(content, site.today) if diary.entries]
    facts: dict[str, dict[str, object]] = {
        "subscribe": {"diaries": made, "feeds": feeds(content, site.today)},
        "corrections": {"corrections": corrections(content, site.today)},
        "releases": {"releases": content.releases},
    }
    pages = {
        f"{name}/index.md": templates.get_template(f"{name}.md").render(site=site, **given).encode()
        for name, given in facts.items()
    }
    template = templates.get_template("withdrawn.md")
    gone = [page for page in content.withdrawn.pages if page.path.endswith("/")]
    return pages | {f"{page.path}index.md": template.render(site=site, page=page).encode() for page in gone}
