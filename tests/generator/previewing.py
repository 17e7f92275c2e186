"""Run `tenday serve` as an editor does, and wait for what the browser would wait for."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.generator.office import ROOT, TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Editor:
    """Somebody with the content in one window and the preview in the other."""

    def __init__(self, address: str, content: Path) -> None:
        self.address, self.content = address, content
        self.number = 0

    def look(self, page: str = "") -> str:
        with urlopen(self.address + page, timeout=60) as answer:  # noqa: S310 - our own server on loopback
            text: str = answer.read().decode("utf-8")
            return text

    def wait(self) -> None:
        """Wait for the next rendering, exactly as the page's script does."""
        before = self.number
        while self.number == before:
            self.number = json.loads(self.look(f".preview/news?known={before}"))["number"]

    def save(self, name: str, was: str, now: str) -> None:
        file = self.content / name
        text = file.read_text(encoding="utf-8")
        assert was in text
        file.write_text(text.replace(was, now, 1), encoding="utf-8")


@contextmanager
def previewing(content: Path, folder: Path) -> Iterator[Editor]:
    """Start the preview and end it as Ctrl+C does; it must end well."""
    command = [sys.executable, "-c", "from tenday.cli import main; main()", "serve", "--port", "0"]
    command += ["--content", str(content), "--site-dir", str(folder / "preview"), "--today", TODAY.isoformat()]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert found
            yield Editor(found[0], content)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
