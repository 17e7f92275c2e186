"""What a build puts before the renderer, and what it puts in place after it.

Every output turns the Site into files, without disk and without clock. Those of OUTPUTS write what the renderer reads;
those of BESIDE write files that it has no business with, while it works; those of LAST are given the names of all the
files it read, and what they write replaces what it wrote.
"""

from collections.abc import Callable, Mapping, Sequence

import jinja2

from generator.outputs import (
    calendars,
    data,
    feeds,
    hotline,
    notices,
    pages,
    records,
    security,
    sitemap,
    statistics,
)
from generator.site import Site

Output = Callable[[Site, jinja2.Environment], Mapping[str, bytes]]
LastOutput = Callable[[Site, jinja2.Environment, Sequence[str]], Mapping[str, bytes]]

OUTPUTS: tuple[Output, ...] = (
    records.render,  # first: a page that is there again replaces the note that it was withdrawn
    pages.render,
    hotline.render,
    notices.render,
    statistics.render,
    data.render,
)
BESIDE: tuple[Output, ...] = (calendars.render, feeds.render)
LAST: tuple[LastOutput, ...] = (sitemap.render, security.render)
