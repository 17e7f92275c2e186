"""Read a built site as an inspector does: its files, and what each page links to, loads, dates and leaves out.

Receives a folder; hands on frozen Pages. Opens every HTML page and style sheet once, and nothing beyond the folder.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

LOADED_BY = {"script": "src", "img": "src", "iframe": "src", "source": "src", "audio": "src", "video": "src"}
LINKS_THAT_LOAD = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest", "shortcut"}
IN_STYLE = re.compile(r"""(?:url\(|@import\s+)\s*['"]?((?:https?:)?//[^'")\s]+)""")
SITE = "https://site.invalid/"  # stands in for the site's root, so that addresses resolve as in a browser


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page; addresses are as written."""

    path: str
    anchors: frozenset[str]
    links: tuple[str, ...]
    loads: tuple[str, ...]
    silent_images: tuple[str, ...]  # without an alternative text
    says_none: bool  # holds the mark of an empty column
    undated: int  # documents and rows of lists of documents without a date


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """A site's folder: every file, every page, and what style sheets load from other hosts."""

    folder: Path
    files: frozenset[str]
    pages: Mapping[str, Page]
    loaded_by_styles: tuple[tuple[str, str], ...]

    def resolve(self, page: str, address: str) -> tuple[str, str] | None:
        """Give file and anchor that an address of a page means; None when it leads out of the site."""
        whole, anchor = urldefrag(urljoin(SITE + page, address))
        if not whole.startswith(SITE):
            return None
        path = unquote(urlsplit(whole).path).lstrip("/")
        return (path + "index.html" if path.endswith("/") or not path else path), unquote(anchor)


def read_site(folder: Path) -> BuiltSite:
    """Read a folder that `tenday build` wrote."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    pages = {name: read_page(name, (folder / name).read_text(encoding="utf-8")) for name in files if _is_page(name)}
    styles = [
        (name, found)
        for name in files
        if name.endswith(".css")
        for found in IN_STYLE.findall((folder / name).read_text(encoding="utf-8"))
    ]
    return BuiltSite(folder, frozenset(files), pages, tuple(styles))


def _is_page(name: str) -> bool:
    return name.endswith(".html")


def read_page(path: str, text: str) -> Page:
    """Read one page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return Page(
        path=path,
        anchors=frozenset(reader.anchors),
        links=tuple(reader.links),
        loads=tuple(reader.loads),
        silent_images=tuple(reader.silent),
        says_none=reader.says_none,
        undated=reader.undated,
    )


@dataclass(slots=True)
class _Dated:
    """A document's facts or a row of a list while it is read."""

    end: str
    heading: bool = False
    dated: bool = False


@dataclass(slots=True)
class _Picture:
    """A drawing while it is read: drawings may stand inside drawings; an icon within a control shows no text."""

    spoken: bool
    shows: bool
    depth: int = 1


class _Reader(HTMLParser):
    """Collects what rules ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.silent: list[str] = []
        self.says_none = False
        self.undated = 0
        self._in_notices = False
        self._dated: _Dated | None = None
        self._picture: _Picture | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        self.anchors.update(filter(None, (given.get("id"), given.get("name") if tag == "a" else None)))
        self.says_none |= tag == "p" and "none" in classes
        self._addresses(tag, given)
        self._images(tag, given)
        self._dates(tag, classes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._in_notices = False
        if self._dated and tag == self._dated.end:
            self.undated += not self._dated.dated and not self._dated.heading
            self._dated = None
        if self._picture and tag == "svg":
            self._picture.depth -= 1
            if not self._picture.depth:
                if self._picture.shows and not self._picture.spoken:
                    self.silent.append("svg")
                self._picture = None

    def _addresses(self, tag: str, given: dict[str, str]) -> None:
        if tag in {"a", "area"} and "href" in given:
            self.links.append(given["href"])
        elif tag in LOADED_BY and given.get(LOADED_BY[tag]):
            self.loads.append(given[LOADED_BY[tag]])
        elif tag == "link" and "href" in given:
            kinds = set(given.get("rel", "").split())
            (self.loads if kinds & LINKS_THAT_LOAD else self.links).append(given["href"])

    def _images(self, tag: str, given: dict[str, str]) -> None:
        if tag == "img" and "alt" not in given:
            self.silent.append(given.get("src", "img"))
        elif tag == "svg" and self._picture:
            self._picture.depth += 1
        elif tag == "svg":
            hidden = given.get("aria-hidden") == "true" or given.get("role") == "presentation"
            spoken = hidden or "aria-label" in given or "aria-labelledby" in given
            self._picture = _Picture(spoken, given.get("role") == "img")
        elif self._picture:
            self._picture.spoken |= tag in {"title", "desc"}
            self._picture.shows |= tag == "text"

    def _dates(self, tag: str, classes: set[str]) -> None:
        if tag == "table" and "sheet--notices" in classes:
            self._in_notices = True
        elif tag == "dl" and "document-facts" in classes:
            self._dated = _Dated("dl")
        elif tag == "tr" and self._in_notices:
            self._dated = _Dated("tr")
        elif self._dated:
            self._dated.heading |= tag == "th" and self._dated.end == "tr"
            self._dated.dated |= tag == "time"
