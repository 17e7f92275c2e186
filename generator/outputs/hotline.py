"""The record pages of the hotline: one for each day, each insurer, each city and county.

They stay out of the navigation; the page of the hotline leads to all of them.
"""

from collections.abc import Mapping

import jinja2

from generator.site import Site


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write the roster of every day, and whom to call at every insurer and in every place."""
    day, house, place = (templates.get_template(f"hotline-{name}.md") for name in ("day", "insurer", "place"))
    every = (*site.hotline.earlier, *site.hotline.named)
    pages = {f"hotline/{turn.day}.md": day.render(site=site, turn=turn) for turn in every}
    pages |= {f"hotline/insurers/{one.insurer.id}.md": house.render(site=site, house=one) for one in site.houses}
    pages |= {f"hotline/places/{one.place.id}.md": place.render(site=site, locality=one) for one in site.localities}
    return {path: text.encode() for path, text in pages.items()}
