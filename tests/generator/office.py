"""An office to build a site for: the shipped content, with what an office has after some months.

The figures that a worker published, a notice with an attachment, a page that was withdrawn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "generator" / "samples"
TODAY = date(2026, 3, 4)  # a Wednesday; the 5th is a hotline day


def copy_content(folder: Path, *, published: bool = True) -> Path:
    """Copy the shipped content, with a worker's figures or with none at all."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content, ignore=shutil.ignore_patterns("published"))
    (content / "attachments").mkdir()
    (content / "attachments" / "form.txt").write_text("来信表\n", encoding="utf-8")
    notices = content / "notices" / "2026.yml"
    attached = notices.read_text(encoding="utf-8").replace(
        "  - id: mailbox-2026\n", "  - id: mailbox-2026\n    attachments: [{file: form.txt, name: 来信表}]\n"
    )
    notices.write_text(attached, encoding="utf-8")
    if published:
        (content / "published").mkdir()
        shutil.copy(SAMPLES / "mailbox.yml", content / "published")
    return content


def copy_older_content(folder: Path) -> Path:
    """Copy the content of an office that withdrew a page, too: what the built site is made from."""
    content = copy_content(folder)
    shutil.copy(SAMPLES / "withdrawn.yml", content)
    return content


def tenday(
    *arguments: str | Path, env: dict[str, str] | None = None, through: tuple[str | Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, or through another program."""
    command = [*through, sys.executable, "-c", "from tenday.cli import main; main()", *arguments]
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def build(
    content: Path, site: Path, *options: str, env: dict[str, str] | None = None, through: tuple[str | Path, ...] = ()
) -> str:
    """Build a site for TODAY; it must succeed."""
    arguments: tuple[str | Path, ...] = (
        "build",
        "--content",
        content,
        "--site-dir",
        site,
        "--today",
        TODAY.isoformat(),
        *options,
    )
    ran = tenday(*arguments, env=env, through=through)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout
