"""The night on GitHub, on GitLab and under systemd: their own files are run, with the services themselves played."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bureau.exits import Exit
from tests.generator.hosting import NIGHTLY, Host, git, program, rewrite
from tests.generator.office import ROOT
from tests.servers.required import require_program

if TYPE_CHECKING:
    from pathlib import Path


def test_on_github_each_night_is_a_commit_and_a_night_that_fails_leaves_the_branch_and_opens_an_issue(
    tmp_path: Path,
) -> None:
    host = Host(tmp_path).open_office()
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


def github_steps() -> list[dict[str, Any]]:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = workflow["jobs"]["site"]["steps"]
    return steps


def test_on_gitlab_the_job_hands_over_the_site_and_the_next_one_starts_from_it(tmp_path: Path) -> None:
    Host(tmp_path).open_office()
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
