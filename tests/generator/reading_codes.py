"""Read the QR codes of a printed page, as a visitor's telephone does."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.servers.required import require_program

if TYPE_CHECKING:
    from pathlib import Path


def codes_on(pdf: Path, folder: Path) -> list[str]:
    """Let the page be drawn into a folder, in grey, at the size a telephone sees it, and its codes be read by zbar."""
    draw, read = require_program("pdftoppm", "poppler-utils"), require_program("zbarimg", "zbar-tools")
    picture = folder / pdf.stem
    subprocess.run([draw, "-gray", "-singlefile", "-r", "100", pdf, picture], check=True)
    command: list[str | Path] = [read, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", f"{picture}.pgm"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
