"""An office's repository and the machine that builds and shows its site, for tests of the night."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.generator.office import ROOT, copy_content

if TYPE_CHECKING:
    from pathlib import Path

NIGHTLY = ROOT / "deploy" / "nightly"
UNSHARE = ["unshare", "--map-root-user", "--net"]  # a machine without any network
OFFLINE = " ".join(UNSHARE) if subprocess.run([*UNSHARE, "true"], check=False).returncode == 0 else ""


class Host:
    """An office's repository, and the machine that builds and shows the site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk, self.public = folder / "desk", folder / "public"
        self.tenday = folder / ".venv" / "bin" / "tenday"

    def open_office(self) -> Host:
        """Make the repository with the shipped content, and install the command."""
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", "office.git")
        git(self.folder, "clone", "--quiet", "office.git", "desk")
        copy_content(self.desk)
        self.tenday.parent.mkdir(parents=True)
        # Where the system allows it, the command has no network: only fetching and publishing may use it.
        program(self.tenday, f'exec {OFFLINE} "{sys.executable}" -c "from tenday.cli import main; main()" "$@"')
        self.save("first")
        return self

    def save(self, message: str) -> None:
        git(self.desk, "add", "--all")
        git(self.desk, "-c", "user.name=o", "-c", "user.email=o@example.org", "commit", "--quiet", "-m", message)
        git(self.desk, "push", "--quiet", "origin", "HEAD:main")

    def night(self, today: str, **settings: str) -> subprocess.CompletedProcess[str]:
        facts = {
            "REPOSITORY": str(self.folder / "office.git"),
            "BRANCH": "main",
            "CONTENT": "content",
            "WORK": str(self.folder / "work"),
            "PUBLIC": str(self.public),
            "TENDAY": str(self.tenday),
            "TODAY": today,
            "TELL": f'cat > "{self.folder}/told-$STEP-$CODE"',
        } | settings
        conf = self.folder / "nightly.conf"
        conf.write_text("".join(f"{name}='{value}'\n" for name, value in facts.items()), encoding="utf-8")
        return subprocess.run(
            [NIGHTLY, conf],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def told(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.folder.glob("told-*")}

    def drop_a_notice(self) -> None:
        notices = self.desk / "content" / "notices" / "2026.yml"
        text = notices.read_text(encoding="utf-8")
        start, end = text.index("  - id: mailbox-2026"), text.index("  - id: reception-2026")
        notices.write_text(text[:start] + text[end:], encoding="utf-8")
        self.save("a notice is gone")


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=60)
    return ran.stdout.strip()


def program(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    file.chmod(0o755)


def rewrite(file: Path, was: str, now: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), encoding="utf-8")
