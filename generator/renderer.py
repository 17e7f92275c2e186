"""The renderer: the only module that knows mkdocs and mkdocs-material, and the successor, zensical.

Receives a folder of Markdown and a few facts about the site; hands on a folder of HTML. It runs the program as a module
of the same interpreter with a whole configuration of its own, so that builds can run side by side. Refuses to go on
where Chinese search would silently find nothing. Zensical reads the same configuration; its search cuts words in the
reader's browser, so that there are no word marks to look for.
"""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal

import yaml

from bureau.exits import Exit, Stop
from generator.shipped import Shipped
from generator.tree import read_tree, write_tree
from generator.words import message

Program = Literal["mkdocs", "zensical"]

PACKAGES: Mapping[Program, tuple[str, ...]] = {
    "mkdocs": ("mkdocs", "mkdocs-material", "jieba"),
    "zensical": ("zensical",),
}
WORD_MARK = "\u200b"  # jieba's word boundaries, in the search index and in its separator
THEME = "theme"  # our templates, beside the configuration: zensical reads nothing from above its folder
OTHER_SEARCH = "partials/search.html"  # each program brings scripts that want their own markup; this is for mkdocs
SEARCH_INDEX = "search/search_index.json"
# Load what takes long, wait until the pages are there, then run as `python -m PROGRAM` does.
RUN = "import runpy, sys; {load}; sys.stdin.read(); runpy.run_module('{program}', None, '__main__', True)"
LOAD: Mapping[Program, str] = {
    "mkdocs": "import mkdocs.commands.build, mkdocs.config, material.plugins.search.plugin, jieba; jieba.initialize()",
    "zensical": "import zensical",
}
NOT_OURS = ("sitemap.xml.gz",)  # holds the build's time; the plain sitemap is put in place afterwards


@dataclass(frozen=True, slots=True)
class Rendering:
    """One run: from `pages` into `site`, with the configuration written to `settings`, all in one folder."""

    program: Program
    pages: Path
    site: Path
    settings: Path
    title: str
    origin: str
    today: date
    extra: Mapping[str, object]


def versions(program: Program) -> tuple[str, ...]:
    """Name the packages that will be at work; raises Stop when one is missing."""
    if program == "mkdocs" and find_spec("jieba") is None:
        raise Stop(Exit.BAD_CONFIGURATION, message("no_jieba"))
    return tuple(f"{package} {_version(package)}" for package in PACKAGES[program])


@contextmanager
def started(program: Program, settings: Path, today: date, *, strict: bool) -> Iterator["Running"]:
    """Start the program, for one run with the configuration that `settings` will hold.

    It loads itself while the caller writes the pages, and ends with the block, whatever happens in it.
    """
    command = [sys.executable, "-c", RUN.format(program=program, load=LOAD[program])]
    midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
    environment = {
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONWARNINGS": "ignore",  # jieba ships an old import; nothing that an office could mend
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
    }
    # It names every page outside the navigation; a pipe would fill up, and it stand still until somebody reads.
    with tempfile.TemporaryFile(dir=settings.parent) as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            [*command, "build", "--config-file", str(settings), "--clean", *(["--strict"] if strict else [])],
            cwd=settings.parent,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        with process:
            try:
                yield Running(process, output, strict)
            finally:
                process.kill()


@dataclass(frozen=True, slots=True)
class Running:
    """The program at work: it renders when it is told to, beside the caller, who then waits for it."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]  # what it says, of both streams
    strict: bool

    def render(self, rendering: Rendering, shipped: Shipped) -> None:
        """Write the configuration and let the program begin."""
        _prepare(rendering, shipped)
        if rendering.site.is_dir():
            shutil.rmtree(rendering.site)
        if self.process.stdin:
            with suppress(BrokenPipeError):  # it ended already; wait() will say why
                self.process.stdin.close()

    def wait(self, rendering: Rendering) -> None:
        """Wait for the end and look at what was made; raises Stop with the program's output when it failed."""
        if self.process.wait():
            self.output.seek(0)
            told = _what_matters(self.output.read().decode("utf-8", "replace"))
            raise Stop(Exit.BAD_CONTENT if self.strict else Exit.OUR_FAULT, message("renderer_failed", output=told))
        for name in NOT_OURS:
            (rendering.site / name).unlink(missing_ok=True)
        if rendering.program == "mkdocs":
            _check_search(rendering.site / SEARCH_INDEX)


def render_warm(rendering: Rendering, shipped: Shipped) -> None:
    """Run mkdocs within this process, for previews: what it has loaded stays loaded from one run to the next.

    Only pages whose Markdown changed are rendered, unless what stands on every page changed; the search goes on finding
    what stood there when all were. Good enough to look at a page and never for a site. Raises Stop when mkdocs fails.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    before = rendering.settings.read_bytes() if rendering.settings.is_file() else b""
    _prepare(rendering, shipped)
    index = rendering.site / SEARCH_INDEX
    some = index.is_file() and rendering.settings.read_bytes() == before
    searched = index.read_bytes() if some else b""
    try:
        config = load_config(str(rendering.settings))
        config.plugins.on_startup(command="build", dirty=some)
        build(config, dirty=some)
        config.plugins.on_shutdown()
    except MkDocsException as failed:
        raise Stop(Exit.OUR_FAULT, message("renderer_failed", output=str(failed))) from None
    if some:
        index.write_bytes(searched)
        _remove_stale(rendering)


def _remove_stale(rendering: Rendering) -> None:
    """Remove pages whose Markdown is gone; rendering all of them would have emptied the folder."""
    pages = [path.relative_to(rendering.pages).with_suffix("") for path in rendering.pages.rglob("*.md")]
    wanted = {page if page.name == "index" else page / "index" for page in pages} | {Path("404")}
    for path in rendering.site.rglob("*.html"):
        if path.relative_to(rendering.site).with_suffix("") not in wanted:
            path.unlink()


def _prepare(rendering: Rendering, shipped: Shipped) -> None:
    """Write the configuration and the theme into the work folder."""
    settings = yaml.safe_dump(_settings(rendering, shipped), allow_unicode=True, sort_keys=False)
    rendering.settings.write_text(settings, encoding="utf-8")
    left_out = {OTHER_SEARCH} if rendering.program == "zensical" else set()
    ours = ((name, data) for name, data in read_tree(shipped.theme) if name not in left_out)
    write_tree(ours, rendering.settings.parent / THEME)


def _what_matters(output: str) -> str:
    # Not asked for with --quiet: it would keep the warnings from --strict, too.
    return "\n".join(line for line in output.splitlines() if line.strip() and not line.startswith("INFO"))


def _settings(rendering: Rendering, shipped: Shipped) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load(shipped.settings.read_text(encoding="utf-8"))
    settings |= {
        "site_name": rendering.title,
        "site_url": rendering.origin,
        "docs_dir": rendering.pages.name,
        "site_dir": rendering.site.name,
    }
    settings["theme"] = settings["theme"] | {"custom_dir": THEME}
    if rendering.program == "zensical":
        settings["theme"]["variant"] = "classic"
    settings["extra"] = settings.get("extra", {}) | dict(rendering.extra)
    return settings


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        raise Stop(Exit.BAD_CONFIGURATION, message("no_renderer", package=package)) from None


def _check_search(index: Path) -> None:
    """Look at what was built, not at what was asked for: without word marks every Chinese query finds nothing."""
    found = json.loads(index.read_text(encoding="utf-8"))
    separated = "\\u200b" in found["config"]["separator"] or WORD_MARK in found["config"]["separator"]
    if not separated or not any(WORD_MARK in entry["text"] for entry in found["docs"]):
        raise Stop(Exit.OUR_FAULT, message("search_not_chinese", file=index))
    # Chinese and word marks written as themselves, not as \\uXXXX, take half the bytes.
    index.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
