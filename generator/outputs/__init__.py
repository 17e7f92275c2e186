"""What a build puts before the renderer: every output turns the Site into files, without disk and without clock."""

from collections.abc import Callable, Mapping

import jinja2

from generator.outputs import calendars, data, feeds, notices, pages, records
from generator.site import Site

Output = Callable[[Site, jinja2.Environment], Mapping[str, bytes]]

OUTPUTS: tuple[Output, ...] = (
    pages.render,
    notices.render,
    calendars.render,
    feeds.render,
    data.render,
    records.render,
)
