"""The live preview behind `tenday serve`: a saved file is on the page at once, a mistake in it is shown in its place.

Receives a content folder and a port of loopback; serves pages to this machine alone until it is interrupted. One thread
watches the content and renders what changed; the browser waits for the next rendering by itself. While the content has
faults, every page shows them with file and line, and the last good pages come back when they are mended.
"""

import json
import logging
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jinja2

from bureau.exits import Exit, Stop
from bureau.faults import FaultyFiles
from generator import renderer
from generator.making import lay_out, make_beside, rendering
from generator.press import press
from generator.shipped import Shipped, read_shipped
from generator.tree import add_to_tree, listing_digest
from generator.words import message
from generator.work import Wishes, Work, hold_work

LOOPBACK = "127.0.0.1"
LOOK_EVERY = 0.15  # seconds between two looks at the content
WAIT = 25.0  # seconds that a browser waits for news before it asks again
OWN = "/.preview/"


@dataclass(slots=True)
class Preview:
    """What stands in the browser: how often it was rendered, and what is wrong with the content."""

    content: Path
    work: Work
    shipped: Shipped
    templates: jinja2.Environment
    today: Callable[[], date]
    number: int = 0
    faults: tuple[str, ...] = ()
    changed: threading.Condition = field(default_factory=threading.Condition)

    def refresh(self) -> None:
        """Render what changed; faults of the content are kept, and shown."""
        try:
            laid_out = lay_out(self.work, self.content, self.shipped, self.templates, self.today(), Wishes())
            wanted = rendering(self.work, laid_out.site, Wishes())
            renderer.render_warm(wanted, self.shipped)
            beside = make_beside(self.work, laid_out, self.shipped, self.templates, Wishes())
            add_to_tree(beside.items(), self.work.rendered)
            faults: tuple[str, ...] = ()
        except FaultyFiles as faulty:
            faults = tuple(map(str, faulty.faults))
        except Stop as stop:
            faults = tuple(str(stop).splitlines())
        except Exception as ours:  # noqa: BLE001 - an editor sees what happened; the next save tries again
            faults = (message("preview_failed", name=type(ours).__name__),)
        with self.changed:
            self.number += 1
            self.faults = faults
            self.changed.notify_all()

    def watch(self, ended: threading.Event) -> None:
        """Render whenever a file of the content was saved, until the event is set."""
        seen = listing_digest(self.content)
        self.refresh()
        while not ended.wait(LOOK_EVERY):
            now = listing_digest(self.content)
            if now != seen:
                seen = now
                self.refresh()

    def wait_for_news(self, known: int) -> int:
        """Wait until there is a rendering after the known one, or for a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.number > known, timeout=WAIT)
            return self.number


class _Pages(SimpleHTTPRequestHandler):
    """Serves the rendered pages, each with the script that waits for the next rendering."""

    def __init__(self, *arguments: Any, preview: Preview, **more: Any) -> None:
        self.preview = preview
        super().__init__(*arguments, directory=str(preview.work.rendered), **more)

    def do_GET(self) -> None:
        """Answer with news, with the faults, or with a page."""
        asked = urlsplit(self.path)
        if asked.path == OWN + "news":
            known = int(parse_qs(asked.query).get("known", ["0"])[0])
            self._answer(json.dumps({"number": self.preview.wait_for_news(known)}).encode(), "application/json")
        elif asked.path == OWN + "preview.js":
            self._answer(self.preview.shipped.templates["preview.js"].encode(), "text/javascript")
        elif (page := self._page(asked.path)) is not None:
            self._answer(page, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _page(self, path: str) -> bytes | None:
        file = Path(self.translate_path(path))
        file = file / "index.html" if path.endswith("/") else file
        if file.suffix != ".html":
            return None
        preview = self.preview
        if preview.faults or preview.number == 0:
            template = preview.templates.get_template("preview.html")
            return template.render(faults=preview.faults, number=preview.number).encode()
        if not file.is_file():
            return None
        script = f'<script src="{OWN}preview.js" data-number="{preview.number}"></script></body>'
        return file.read_bytes().replace(b"</body>", script.encode(), 1)

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def list_directory(self, path: Any) -> None:
        """Refuse to list a folder: a page that is gone must not look like one that is there."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        """Say nothing: the terminal tells where to look, and no more."""


def serve(content: Path, folder: Path, port: int, today: Callable[[], date], ready: Callable[[str], object]) -> None:
    """Serve the preview until interrupted; `ready` is told its address. Port 0 takes a free one."""
    _hush()
    with hold_work(folder) as work:
        shipped = read_shipped()
        preview = Preview(content, work, shipped, press(shipped), today)
        ended = threading.Event()
        server = _listen(port, preview)
        server.daemon_threads = True
        watching = threading.Thread(target=preview.watch, args=(ended,), daemon=True)
        watching.start()
        try:
            ready(f"http://{LOOPBACK}:{server.server_address[1]}/")
            server.serve_forever()
        finally:
            ended.set()
            server.server_close()
            watching.join()


def _listen(port: int, preview: Preview) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer((LOOPBACK, port), partial(_Pages, preview=preview))
    except OSError:
        raise Stop(Exit.BAD_CONFIGURATION, message("port_taken", port=port)) from None


def _hush() -> None:
    """Keep the renderer's and jieba's notes off the terminal: nothing that an editor could act on."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    warnings.simplefilter("ignore")
    for name in ("mkdocs", "jieba"):
        logging.getLogger(name).setLevel(logging.ERROR)
