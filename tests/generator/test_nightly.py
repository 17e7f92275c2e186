"""The night, end to end: a bare repository, a folder as the host, yesterday's site, and a night that fails."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bureau.exits import Exit
from tests.generator.office import ROOT, copy_content
from tests.servers.required import require_program

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
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "office.git")
        git(folder, "clone", "--quiet", "office.git", "desk")
        copy_content(self.desk)
        self.tenday = folder / ".venv" / "bin" / "tenday"
        self.tenday.parent.mkdir(parents=True)
        # Where the system allows it, the command has no network: only fetching and publishing may use it.
        program(self.tenday, f'exec {OFFLINE} "{sys.executable}" -c "from tenday.cli import main; main()" "$@"')
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
            "TENDAY": str(self.folder / ".venv" / "bin" / "tenday"),
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


@pytest.mark.parametrize("settings", [{"PUBLIC": ""}, {"PAGES": "somewhere"}])
def test_the_site_goes_to_a_folder_or_to_a_branch_never_to_none_or_both(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    host = Host.__new__(Host)
    host.folder, host.public = tmp_path, tmp_path / "public"
    ran = host.night("2026-03-04", **settings)
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert "PUBLIC or PAGES" in ran.stderr


def test_on_github_each_night_is_a_commit_and_a_night_that_fails_leaves_the_branch_and_opens_an_issue(
    tmp_path: Path,
) -> None:
    host = Host(tmp_path)
    program(tmp_path / "gh", f'echo "$@" >"{tmp_path}/issue"; cat >>"{tmp_path}/issue"')
    (tmp_path / "temp").mkdir()
    service = {
        "GITHUB_SERVER_URL": tmp_path.as_uri(),
        "GITHUB_REPOSITORY": "office.git",
        "GITHUB_REF_NAME": "main",
        "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }

    def night(today: str) -> subprocess.CompletedProcess[str]:
        (line,) = [one["run"] for one in github_steps() if "nightly" in one.get("run", "")]
        return subprocess.run(
            ["bash", "-ec", line],
            cwd=ROOT,
            env=os.environ | service | {"TODAY": today},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def shown() -> str:
        return git(tmp_path / "office.git", "rev-parse", "pages")

    assert night("2026-03-04").returncode == 0
    first = shown()
    assert "3月5日" in git(tmp_path / "office.git", "show", "pages:index.html")
    assert git(tmp_path / "office.git", "show", "pages:.well-known/security.txt")

    rewrite(host.desk / "content" / "office.yml", "slogan:", "slogen:")
    host.save("a slip of the pen")
    assert night("2026-03-05").returncode == Exit.BAD_CONTENT
    assert shown() == first
    issue = (tmp_path / "issue").read_text(encoding="utf-8")
    assert "--title The site was not published (check, 65) --body-file -" in issue
    assert "office.yml:5: slogen" in issue

    rewrite(host.desk / "content" / "office.yml", "slogen:", "slogan:")
    host.save("mended")
    assert night("2026-03-06").returncode == 0
    assert git(tmp_path / "office.git", "rev-parse", "pages~") == first
    assert git(tmp_path / "office.git", "rev-list", "--count", "main") == "3"  # the content's branch was only read


def rewrite(file: Path, was: str, now: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), encoding="utf-8")


def github_steps() -> list[dict[str, Any]]:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = workflow["jobs"]["site"]["steps"]
    return steps


def test_on_gitlab_the_job_hands_over_the_site_and_the_next_one_starts_from_it(tmp_path: Path) -> None:
    Host(tmp_path)
    shutil.copytree(NIGHTLY.parent, tmp_path / "deploy")
    # GitLab's server: it has the artefact of the last job that succeeded, or none.
    program(tmp_path / "curl", f'test -e "{tmp_path}/artefact.zip" && cp "{tmp_path}/artefact.zip" yesterday.zip')
    service = {
        "CI_REPOSITORY_URL": str(tmp_path / "office.git"),
        "CI_COMMIT_REF_NAME": "main",
        "CI_PROJECT_DIR": str(tmp_path),
        "CI_API_V4_URL": "https://gitlab.invalid/api/v4",
        "CI_PROJECT_ID": "1",
        "CI_JOB_TOKEN": "",
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TODAY": "2026-03-04",
    }
    job = yaml.safe_load((ROOT / "deploy" / "gitlab-ci.yml").read_text(encoding="utf-8"))["pages"]
    public = tmp_path / "public"
    for first in (True, False):
        ran = subprocess.run(
            ["bash", "-ec", "\n".join(job["script"])],
            cwd=tmp_path,
            env=os.environ | service,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ("nothing new" in ran.stdout) is not first
        assert job["artifacts"]["paths"] == [public.name]
        subprocess.run(["sha256sum", "--check", "--quiet", "manifest.sha256"], cwd=public, check=True)
        if first:  # the machine is thrown away, the artefact is kept
            shutil.make_archive(str(tmp_path / "artefact"), "zip", tmp_path, public.name)
            for gone in (public, tmp_path / "host"):
                shutil.rmtree(gone)


@pytest.mark.parametrize("unit", ["tenday-nightly.service", "tenday-nightly.timer"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, unit: str) -> None:
    analyze = require_program("systemd-analyze", "systemd")
    for file in (ROOT / "deploy" / "systemd").glob("tenday-nightly.*"):
        text = file.read_text(encoding="utf-8").replace("/opt/tenday/deploy/nightly", str(NIGHTLY))
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    command: list[str | Path] = [analyze, "verify", "--man=no", "--recursive-errors=no", tmp_path / unit]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
