"""The story's end: the site is built from the office's content and shown on this machine only.

Receives a content folder; hands on a folder of pages and an address on loopback. Serves files as they are, until it is
interrupted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from generator.build import build

LOOPBACK = "127.0.0.1"
PORT = 8000


def build_site(content: Path, site: Path, today: date) -> int:
    """Build the site as `tenday build` does; gives the number of its files. Raises FaultyFiles and Stop."""
    changes = build(content, site, today)
    return changes.files if changes is not None else 0


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files; the terminal is the story's."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        """Say nothing."""


@contextmanager
def listen(site: Path, port: int) -> Iterator[ThreadingHTTPServer]:
    """Listen on this port of loopback, or on a free one when it cannot be had."""
    handler = partial(_Quiet, directory=str(site))
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError:
        server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    with server:
        yield server
