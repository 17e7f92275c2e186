"""The pages about notices for the wall: the list of branches, and one page a branch that the QR codes lead to.

The code on a notice opens the branch's page at the notice's version; the page says what that version is today, without
a script. It also holds the versions file, from which tomorrow's build learns what was current today.
"""

from collections.abc import Collection, Mapping, Sequence

import jinja2

from generator.posters.history import Version, as_json
from generator.posters.sheets import Poster
from generator.site import Site
from generator.work import VERSIONS


def render(
    site: Site,
    templates: jinja2.Environment,
    posters: Sequence[Poster],
    found: Sequence[Version],
    printed: Collection[str],
) -> Mapping[str, bytes]:
    """Write the pages; `printed` names the PDFs that could be set on this machine."""
    page = templates.get_template("poster.md")
    listing = templates.get_template("posters.md")
    files = {"posters/index.md": listing.render(site=site).encode(), VERSIONS: as_json(found)}
    for insurer in site.content.insurers:
        for branch in insurer.branches:
            facts = {
                "insurer": insurer,
                "branch": branch,
                "posters": [one for one in posters if one.branch == branch.id and one.path in printed],
                "versions": [one for one in found if one.branch == branch.id],
            }
            files[f"posters/{branch.id}/index.md"] = page.render(site=site, **facts).encode()
    return files
