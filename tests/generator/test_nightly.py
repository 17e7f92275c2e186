"""The night, end to end: a bare repository, a folder as the host, yesterday's site, and a night that fails."""

from __future__ import annotations

import fcntl
import subprocess
from typing import TYPE_CHECKING

import pytest

from bureau.exits import Exit
from tests.generator.hosting import Host, git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    host = Host(tmp_path_factory.mktemp("night")).open_office()
    ran = host.night("2026-03-04")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return host.folder


@pytest.fixture
def host(first_night: Path) -> Host:
    """Give the machine after its first night; each night starts from the repository."""
    host = Host(first_night)
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
    host.drop_a_notice()
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
    host = Host(tmp_path)
    ran = host.night("2026-03-04", TENDAY="true")
    assert ran.returncode == Exit.UNREACHABLE
    assert list(host.told()) == ["told-fetch-69"]
    assert not (host.public / "current").exists()


def test_when_nobody_can_be_told_the_output_says_so(tmp_path: Path) -> None:
    ran = Host(tmp_path).night("2026-03-04", TENDAY="true", TELL="false")
    assert "nobody could be told" in ran.stdout


def test_a_second_night_beside_the_first_does_nothing(tmp_path: Path) -> None:
    host = Host(tmp_path)
    (tmp_path / "work").mkdir()
    with (tmp_path / "work" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert host.night("2026-03-04").returncode == Exit.TRY_LATER


def test_a_setting_that_is_missing_is_named(tmp_path: Path) -> None:
    ran = Host(tmp_path).night("2026-03-04", WORK="")
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert "WORK" in ran.stderr


@pytest.mark.parametrize("settings", [{"PUBLIC": ""}, {"PAGES": "somewhere"}])
def test_the_site_goes_to_a_folder_or_to_a_branch_never_to_none_or_both(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    ran = Host(tmp_path).night("2026-03-04", **settings)
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert "PUBLIC or PAGES" in ran.stderr
