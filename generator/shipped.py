"""Find and read what ships with the software: page templates, theme, assets, the renderer's settings.

Hands on a frozen Shipped, read once at the start, so that the outputs touch no disk. The files stand at the root of a
checkout, or in an installed wheel under tenday/shipped/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bureau.exits import Exit, Stop
from generator.words import message


@dataclass(frozen=True, slots=True)
class Shipped:
    """The site's sources; texts are keyed by their path below the folder, with forward slashes."""

    settings: Path  # mkdocs.yml
    theme: Path  # the renderer's custom_dir
    pages: Mapping[str, str]  # Markdown with Jinja2, one page each
    templates: Mapping[str, str]  # what pages are made from
    assets: Mapping[str, bytes]
    posters: Mapping[str, str]  # typst sources of the notices for the wall


def read_shipped() -> Shipped:
    """Read the sources; raises Stop when this installation has lost them."""
    code = Path(__file__).parents[1]
    for root in (code, code / "tenday" / "shipped"):
        sources = root / "site_src"
        if (root / "mkdocs.yml").is_file() and sources.is_dir():
            return Shipped(
                settings=root / "mkdocs.yml",
                theme=sources / "theme",
                pages=_decoded(sources / "pages"),
                templates=_decoded(sources / "templates"),
                assets=_files(sources / "assets"),
                posters=_decoded(sources / "posters"),
            )
    raise Stop(Exit.OUR_FAULT, message("no_sources", folder=code))


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _decoded(folder: Path) -> dict[str, str]:
    return {path: text.decode("utf-8") for path, text in _files(folder).items()}
