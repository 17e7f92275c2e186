"""An office to build a site for: the shipped content, with the figures that a worker would have published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 3, 4)  # a Wednesday; the 5th is a hotline day


def copy_content(folder: Path, *, published: bool = True) -> Path:
    """Copy the shipped content, with a worker's figures or with none at all."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content, ignore=shutil.ignore_patterns("published"))
    if published:
        (content / "published").mkdir()
        shutil.copy(ROOT / "tests" / "generator" / "samples" / "mailbox.yml", content / "published")
    return content


def tenday(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-c", "from tenday.cli import main; main()", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def build(content: Path, site: Path, *options: str, env: dict[str, str] | None = None) -> str:
    """Build a site for TODAY; it must succeed."""
    ran = tenday("build", "--content", content, "--site-dir", site, "--today", TODAY.isoformat(), *options, env=env)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout
