"""The night, end to end: a bare repository, a folder as the host, yesterday's site, and a night that fails."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from bureau.exits import Exit
from tests.generator.office import ROOT, copy_content

if TYPE_CHECKING:
    from pathlib import Path

NIGHTLY = ROOT / "deploy" / "nightly"


class Host:
    """An office's repository, and the machine that builds and shows the site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk, self.public = folder / "desk", folder / "public"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "office.git")
        git(folder, "clone", "--quiet", "office.git", "desk")
        copy_content(self.desk)
        tenday = folder / "tenday"
        tenday.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -c "from tenday.cli import main; main()" "$@"\n', encoding="utf-8"
        )
        tenday.chmod(0o755)
        self.save("first")

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
            "TENDAY": str(self.folder / "tenday"),
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


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    host = Host(tmp_path_factory.mktemp("night"))
    ran = host.night("2026-03-04")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return host.folder


@pytest.fixture
def host(first_night: Path) -> Host:
    """Give the machine after its first night; each night starts from the repository."""
    host = Host.__new__(Host)
    host.folder, host.desk, host.public = first_night, first_night / "desk", first_night / "public"
    git(host.desk, "fetch", "--quiet")
    for told in first_night.glob("told-*"):
        told.unlink()
    return host


def test_nights_follow_one_another_and_one_that_fails_leaves_the_site_and_tells_somebody(host: Host) -> None:
    current = host.public / "current"
    first = str(current.readlink())
    assert current.is_symlink()
    assert "3月5日" in (current / "index.html").read_text(encoding="utf-8")
    assert host.told() == {}

    # A night with nothing new publishes nothing.
    ran = host.night("2026-03-04")
    assert (ran.returncode, str(current.readlink())) == (0, first)
    assert "nothing new" in ran.stdout

    # An editor deletes a notice: the build compares with yesterday's site and stops.
    notices = host.desk / "content" / "notices" / "2026.yml"
    text = notices.read_text(encoding="utf-8")
    start, end = text.index("  - id: mailbox-2026"), text.index("  - id: reception-2026")
    notices.write_text(text[:start] + text[end:], encoding="utf-8")
    host.save("a notice is gone")
    ran = host.night("2026-03-05")
    assert (ran.returncode, str(current.readlink())) == (Exit.BAD_CONTENT, first)
    (story,) = host.told().values()
    assert list(host.told()) == ["told-build-65"]
    assert "Yesterday's site stays." in story
    assert "vanished_page: 上一次网站有 notices/mailbox-2026/" in story

    # The editor gives the reason: the next night publishes, and the old release is still there to go back to.
    (host.desk / "content" / "withdrawn.yml").write_text(
        "pages:\n  - {path: notices/mailbox-2026/, on: 2026-03-05, why: 内容并入年度公告}\n"
        "  - {path: notices/kind/mailbox/, on: 2026-03-05, why: 内容并入年度公告}\n",
        encoding="utf-8",
    )
    host.save("the reason")
    ran = host.night("2026-03-06")
    assert ran.returncode == 0, ran.stdout
    assert str(current.readlink()) != first
    assert "内容并入年度公告" in (current / "corrections" / "index.html").read_text(encoding="utf-8")
    assert (host.public / first / "index.html").is_file()
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "manifest.sha256"], cwd=current, check=False, capture_output=True
    )
    assert checked.returncode == 0, checked.stdout

    # Broken YAML: told with file and line, before anything is built.
    (host.desk / "content" / "office.yml").write_text("id: [\n", encoding="utf-8")
    host.save("broken")
    assert host.night("2026-03-07").returncode == Exit.BAD_CONTENT
    assert "office.yml:" in host.told()["told-check-65"]


def test_a_repository_that_cannot_be_reached_keeps_the_site_and_tells(tmp_path: Path) -> None:
    host = Host.__new__(Host)
    host.folder, host.public = tmp_path, tmp_path / "public"
    ran = host.night("2026-03-04", TENDAY="true")
    assert ran.returncode == Exit.UNREACHABLE
    assert list(host.told()) == ["told-fetch-69"]
    assert not (host.public / "current").exists()


def test_when_nobody_can_be_told_the_output_says_so(tmp_path: Path) -> None:
    host = Host.__new__(Host)
    host.folder, host.public = tmp_path, tmp_path / "public"
    ran = host.night("2026-03-04", TENDAY="true", TELL="false")
    assert "nobody could be told" in ran.stdout


def test_a_second_night_beside_the_first_does_nothing(tmp_path: Path) -> None:
    host = Host.__new__(Host)
    host.folder, host.public = tmp_path, tmp_path / "public"
    (tmp_path / "work").mkdir()
    with (tmp_path / "work" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert host.night("2026-03-04").returncode == Exit.TRY_LATER


def test_a_setting_that_is_missing_is_named(tmp_path: Path) -> None:
    host = Host.__new__(Host)
    host.folder, host.public = tmp_path, tmp_path / "public"
    ran = host.night("2026-03-04", WORK="")
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert "WORK" in ran.stderr


@pytest.mark.parametrize("file", [".github/workflows/nightly.yml", "deploy/gitlab-ci.yml"])
def test_the_services_run_the_same_steps_in_the_same_order(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    steps = ["tenday check\n", "tenday build --strict", "--previous", "tenday check --site build/site"]
    places = [text.index(step) for step in ("tenday check\n", "tenday build --strict", "tenday check --site")]
    assert places == sorted(places)
    assert all(step in text for step in steps)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_understands_when_the_timer_runs() -> None:
    timer = (ROOT / "deploy" / "tenday-nightly.timer").read_text(encoding="utf-8")
    (when,) = [line.partition("=")[2] for line in timer.splitlines() if line.startswith("OnCalendar=")]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)
