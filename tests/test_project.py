"""The project keeps its own word: what its papers name exists, what it depends on is explained and locked.

Also that each program starts with its own extra alone: a mailbox machine has no site renderer, and the other way round.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from importlib.metadata import requires as requirements_of
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bureau.exits import Exit
from tenday.cli import OWNERS, tenday

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
READMES = ["README.md", "README.zh.md"]
PAPERS = [*READMES, "CONTRIBUTING.md", "SECURITY.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
CONTRACT_TARGETS = {"setup", "demo", "test", "bench", "check"}
OWN_PACKAGES = ("bureau", "generator", "mailbox_worker", "tenday")
MADE_LATER = ("content/published/",)  # named by the papers, not in the repository: the worker writes it

# A Python in which some top-level modules, given as a list with commas, are not installed.
WITHOUT = """
import importlib, importlib.abc, pkgutil, sys
refused = set(sys.argv.pop(1).split(","))
class Refusing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refusing())
"""
IMPORT_EVERY_MODULE = """
root = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
    importlib.import_module(module.name)
    print(module.name)
"""
RUN_TENDAY = """
from tenday.cli import main
main(sys.argv[1:])
"""


def read(paper: str) -> str:
    return (ROOT / paper).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def dependency_lines() -> list[str]:
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]
    return [line for one in [*lists, PYPROJECT["build-system"]["requires"]] for line in one]


def distributions_of(*extras: str) -> set[str]:
    """Return the canonical names of all distributions that these extras bring, through every layer."""
    project = PYPROJECT["project"]
    waiting = [*project["dependencies"]]
    for extra in extras:
        waiting += project["optional-dependencies"][extra]
    asked: set[tuple[str, str]] = set()
    while waiting:
        one = Requirement(waiting.pop())
        for extra in ("", *one.extras):
            if (canonicalize_name(one.name), extra) in asked:
                continue
            asked.add((canonicalize_name(one.name), extra))
            for line in requirements_of(one.name) or ():
                marker = Requirement(line).marker
                if marker is None or marker.evaluate({"extra": extra}):
                    waiting.append(line)
    return {name for name, _ in asked}


def modules_outside(*extras: str) -> set[str]:
    """Return the top-level modules of this environment that are not there when only these extras are installed."""
    there = distributions_of(*extras)
    return {
        module
        for module, owners in packages_distributions().items()
        if not there & {canonicalize_name(owner) for owner in owners} and module not in OWN_PACKAGES
    }


def run_without(refused: set[str], code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT + code, ",".join(refused), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def every_command(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join([*above, name]), command
        if isinstance(command, click.Group):
            yield from every_command(command, *above, name)


def test_make_has_the_targets_of_the_contract() -> None:
    assert targets() >= CONTRACT_TARGETS


@pytest.mark.parametrize("paper", [*PAPERS, ".ci/run", ".github/workflows/ci.yml", ".github/workflows/nightly.yml"])
def test_every_make_command_that_a_paper_names_is_a_target(paper: str) -> None:
    named = set(re.findall(r"(?:^\s*|`|run: )make ([a-z]+)", read(paper), re.MULTILINE))
    assert named <= targets()


@pytest.mark.parametrize("readme", READMES)
def test_the_first_commands_of_a_readme_are_demo_and_test(readme: str) -> None:
    first_block = read(readme).split("```")[1]
    assert re.findall(r"^make (\w+)", first_block, re.MULTILINE) == ["demo", "test"]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.findall(r"^make .*", read(".ci/run"), re.MULTILINE) == ["make check", "make test"]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_place_that_a_paper_names_exists(paper: str) -> None:
    tops = "bureau|content|generator|mailbox_worker|site_src|tenday|tests|docs"
    places = re.findall(rf"`((?:{tops})/[\w./-]*)`", read(paper))
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", read(paper)) if not link.startswith("http")]
    found_from_root = [place for place in places if place not in MADE_LATER and not (ROOT / place).exists()]
    found_beside = [link for link in links if not ((ROOT / paper).parent / link).exists()]
    assert (found_from_root, found_beside) == ([], [])


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_lists_exactly_the_exit_codes_there_are(readme: str) -> None:
    rows = re.findall(r"^\| (\d+) \|", read(readme), re.MULTILINE)
    assert rows == [str(code.value) for code in Exit]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_tenday_command_that_a_paper_names_exists_with_its_options(paper: str) -> None:
    commands = dict(every_command(tenday))
    for line in re.findall(r"(?:^ *|`|&& |\*  |bin/)tenday ([a-z][^`\n#|&]*)", read(paper), re.MULTILINE):
        words = line.split()
        name = " ".join(words[:2]) if words[0] in {"mail", "staff"} and len(words) > 1 else words[0]
        assert name in commands, line
        known = {option for parameter in commands[name].params for option in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("owner", OWNERS)
def test_every_command_and_option_says_what_it_is_for(owner: str) -> None:
    silent = []
    for name, command in every_command(tenday):
        if name.split()[0] != owner:
            continue
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        silent += [name] if not command.help else []
        silent += [f"{name} {option.opts[0]}" for option in options if not option.help]
    assert silent == []


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = read("pyproject.toml")
    reasons = {line: re.search(rf'^ *"{re.escape(line)}", *# *\w', text, re.MULTILINE) for line in dependency_lines()}
    assert [line for line, reason in reasons.items() if reason is None] == []


def test_the_lock_is_in_step_with_pyproject() -> None:
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", read("requirements.lock"), re.MULTILINE):
        pinned.setdefault(name, []).append(version)
    for requirement in map(Requirement, dependency_lines()):
        name = canonicalize_name(requirement.name)
        if name != PYPROJECT["project"]["name"]:
            assert name in pinned, f"{name} is not locked: run make lock"
            assert all(requirement.specifier.contains(version) for version in pinned[name]), f"{name}: run make lock"


def test_every_locked_package_has_a_hash() -> None:
    entries = re.split(r"^(?=[a-z0-9])", read("requirements.lock"), flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("package", "extra", "not_there"),
    [
        ("mailbox_worker", "worker", {"mkdocs", "material", "jieba", "psycopg", "pymap", "generator"}),
        ("generator", "site", {"imapclient", "aiosmtplib", "sqlalchemy", "alembic", "inscriptis", "mailbox_worker"}),
        ("bureau", "", {"mkdocs", "jieba", "imapclient", "sqlalchemy", "generator", "mailbox_worker", "tenday"}),
    ],
)
def test_each_package_imports_with_its_own_extra_alone(package: str, extra: str, not_there: set[str]) -> None:
    others = {name for name in OWN_PACKAGES if name not in {package, "bureau"}}
    refused = modules_outside(*filter(None, [extra])) | others
    assert not_there <= refused
    done = run_without(refused, IMPORT_EVERY_MODULE, package)
    assert done.returncode == 0, done.stderr
    modules = {f"{package}.{file.stem}" for file in (ROOT / package).glob("[a-z]*.py")}
    assert modules <= set(done.stdout.split())


@pytest.mark.parametrize("extra", ["worker", "site"])
def test_help_lists_every_command_where_only_one_extra_is_installed(extra: str) -> None:
    done = run_without(modules_outside(extra), RUN_TENDAY, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(OWNERS) <= set(re.findall(r"^  (\w+)", done.stdout, re.MULTILINE))


@pytest.mark.parametrize(("extra", "command"), [("site", "mail"), ("worker", "demo")])
def test_a_command_whose_extra_is_missing_names_it_in_one_line(extra: str, command: str) -> None:
    done = run_without(modules_outside(extra), RUN_TENDAY, command, "--help")
    assert done.returncode == Exit.BAD_CONFIGURATION
    assert re.fullmatch(rf"{command} needs .*pip install 'tenday\[\w+\]'\n", done.stderr)
