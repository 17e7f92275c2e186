"""Make readable text of an HTML part: what a reader would see, and nothing else.

Receives HTML as text. Hands on plain text with LF. Runs nothing, fetches nothing. The page is read once, as a stream,
however deep its tags nest; html_visible.py leaves out of the stream what a reader does not see. The rest becomes lines
here, or, where columns stand beside each other, a table by inscriptis.
"""

import re
from functools import cache

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree

from mailbox_worker.mail.controls import readable_text
from mailbox_worker.mail.html_styles import Style, sheet_rules
from mailbox_worker.mail.html_visible import Sink, Visible
from mailbox_worker.mail.limits import MAX_HTML_CHARACTERS, MAX_TABLE_WORK
from mailbox_worker.mail.quote_marks import DELIMITER

_MARGINS = {"p": 1, "ul": 1, "ol": 1, "dl": 1, "blockquote": 1, "pre": 1, **{f"h{n}": 1 for n in range(1, 7)}}
_BLOCKS = frozenset(
    {"html", "body", "div", "table", "caption", "thead", "tbody", "tfoot", "tr", "li", "dt", "dd", "hr", "center"}
    | {"article", "section", "header", "footer", "main", "aside", "nav", "address", "fieldset", "form", "figure"}
    | {*_MARGINS}
)
_LISTS = {"ul": -1, "ol": 0}
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of_html(source: str) -> str:
    """Return what a reader of *source* sees, without trailing spaces or runs of blank lines; may be empty."""
    source = source[:MAX_HTML_CHARACTERS].replace("\0", "")
    in_columns = len(_CELL.findall(source)) > len(_ROW.findall(source))
    text = ""
    if in_columns and source.count("<") * len(source) <= MAX_TABLE_WORK:
        text = _read(source, _Columns())
    text = readable_text(text if text.strip() else _read(source, _Lines()))
    lines = (line.replace("\xa0", " ").rstrip() if line != DELIMITER else line for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def declared_charset(raw: bytes) -> str | None:
    """Return the charset that an HTML file names in its own head, if it does so in the first 2 kB."""
    found = re.search(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})""", raw[:2048], re.IGNORECASE)
    return found[1].decode("ascii") if found else None


def _read(source: str, sink: Sink) -> str:
    page = Visible(sink, sheet_rules(source) if "<style" in source.lower() else {})
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=page)
    try:
        return str(etree.fromstring(source.encode("utf-8", "replace"), parser))
    except (etree.XMLSyntaxError, ValueError):  # nothing in it that could be a page
        return page.close()


class _Lines:
    """Set a page line by line, as a narrow screen would."""

    def __init__(self) -> None:
        self.lines = list[str]()
        self.line = list[str]()  # pieces; a page may be a million of them
        self.owed = 0  # blank lines before the next text
        self.open = [(False, 0)]  # of every open element: whether its spaces stand as written, and its margin
        self.lists = list[int]()  # of every open list: the number of its last point, below 0 without numbers

    def start(self, tag: str, style: Style) -> None:
        keeps = style.keeps_spaces or tag == "pre" or self.open[-1][0]
        margin = 0 if style.without_margins else _MARGINS.get(tag, 0)
        self.open.append((keeps, margin))
        if tag == "br":
            self._break()
        elif tag in _BLOCKS:
            self._block(margin)
            if tag in _LISTS:
                self.lists.append(_LISTS[tag])
            elif tag == "li":
                self._point()
            elif tag == "hr" and style.signature_rule:
                self.lines.append(DELIMITER)
        elif tag in _CELLS and self.line:
            self.line.append("  ")

    def end(self, tag: str) -> None:
        _, margin = self.open.pop()
        if tag in _BLOCKS:
            self._block(margin)
            if tag in _LISTS:
                self.lists.pop()

    def data(self, text: str) -> None:
        if self.open[-1][0]:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._add(first)
            for line in others:
                self._break()
                self._add(line)
        else:
            text = _SPACES.sub(" ", text)
            self._add(text[1:] if text[0] == " " and (not self.line or self.line[-1][-1] == " ") else text)

    def close(self) -> str:
        self._block(0)
        return "\n".join(self.lines)

    def _add(self, text: str) -> None:
        if text:
            self._pay()
            self.line.append(text)

    def _break(self) -> None:
        self._pay()
        self.lines.append("".join(self.line))
        self.line.clear()

    def _block(self, margin: int) -> None:
        if self.line:
            self.lines.append("".join(self.line))
            self.line.clear()
        self.owed = max(self.owed, margin)

    def _pay(self) -> None:
        if self.owed and not self.line:
            self.lines += [""] * (self.owed if self.lines else 0)
            self.owed = 0

    def _point(self) -> None:
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            self._add(f"{self.lists[-1]}. ")
        else:
            self._add("* ")


class _Columns:
    """Set a page whose cells stand beside each other: inscriptis makes the columns."""

    def __init__(self) -> None:
        self.tree = etree.TreeBuilder()
        self.open = list[str]()

    def start(self, tag: str, style: Style) -> None:
        plain = "div" if tag == "p" and style.without_margins else tag if tag.isalnum() else "span"
        self.open.append(plain)
        self.tree.start(plain, {})

    def end(self, tag: str) -> None:
        del tag  # not always the name that it got here
        self.tree.end(self.open.pop())

    def data(self, text: str) -> None:
        self.tree.data(text)

    def close(self) -> str:
        """Return the text; "" where the library cannot take the page, because it nests too deep or is empty."""
        try:
            return str(Inscriptis(self.tree.close(), _config()).get_text())
        except Exception:  # noqa: BLE001 a library's fault on a stranger's mark-up: the page is read line by line
            return ""


@cache
def _config() -> ParserConfig:
    return ParserConfig(css=CSS_PROFILES["strict"])
