"""Where to report a weak point of the site: .well-known/security.txt (RFC 9116).

Renderers drop folders that begin with a dot, so this file is put in place after the renderer has run. `Expires` is the
date that the office wrote, never one that moves on with each build: it says when somebody last looked.
"""

from collections.abc import Mapping, Sequence

import jinja2

from generator.site import Site

PATH = ".well-known/security.txt"


def render(site: Site, templates: jinja2.Environment, files: Sequence[str]) -> Mapping[str, bytes]:
    """Write it, if the office names a contact."""
    del templates, files
    contact = site.office.security
    if contact is None:
        return {}
    lines = [
        f"Contact: mailto:{contact.contact}",
        f"Expires: {contact.expires}T00:00:00Z",
        "Preferred-Languages: zh, en",
        f"Canonical: {site.office.origin}{PATH}",
    ]
    return {PATH: ("\n".join(lines) + "\n").encode()}
