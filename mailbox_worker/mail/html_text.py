"""Make readable text of an HTML part: what a reader would see, and nothing else.

Receives HTML as text. Hands on plain text with LF. Runs nothing, fetches nothing, shows no element that its
style hides. Mark-up that inscriptis cannot take (too deep, broken) is read by a plain scan of tags.
"""

import html
import re
from functools import lru_cache, partial

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.css import CssParse
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

from mailbox_worker.mail.controls import readable_text
from mailbox_worker.mail.limits import MAX_HTML_CHARACTERS, MAX_TABLE_WORK

_HIDDEN_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)|(?:font-size|max-height)\s*:\s*0+(?:\.0+)?\s*(?:px|pt|em|%)?\s*(?:[;!]|$))",
    re.IGNORECASE,
)
_HIDING_TAGS = frozenset({"head", "title", "script", "style", "template", "object", "svg", "select", "textarea"})
_EMPTY_PARAGRAPH = re.compile(r"<o:p>(?:&nbsp;|\xa0)</o:p>", re.IGNORECASE)  # Outlook's blank line
_WITHOUT_MARGINS = frozenset({"MsoNormal", "MsoPlainText"})  # Outlook's lines; its style sheet says so every time
_BREAKING_TAGS = frozenset(
    {"br", "p", "div", "tr", "li", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
)
_MOST_SHEETS, _LONGEST_SHEET = 20, 20_000
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_CLASS_ALONE = re.compile(r"\s*[a-zA-Z0-9]{0,20}\.([\w-]{1,80})\s*")  # .x or p.x; no rule that needs a parent
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_STYLE = re.compile(r"""\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HIDDEN_ATTRIBUTE = re.compile(r"\shidden(?=[\s=/]|$)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of_html(source: str) -> str:
    """Return what a reader of *source* sees, without trailing spaces or runs of blank lines; may be empty."""
    source = _EMPTY_PARAGRAPH.sub("<br>", source[:MAX_HTML_CHARACTERS].replace("\0", ""))
    aligned = source.count("<") * len(source) <= MAX_TABLE_WORK
    try:
        text = get_text(source, _config(aligned_tables=aligned, hidden_classes=_hidden_classes(source)))
    except Exception:  # noqa: BLE001 a library fault on a stranger's mark-up: the plain scan reads it
        text = ""
    text = readable_text(text if text.strip() else _plain_scan(source))
    lines = (line.replace("\xa0", " ").rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def declared_charset(raw: bytes) -> str | None:
    """Return the charset that an HTML file names in its own head, if it does so in the first 2 kB."""
    found = re.search(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})""", raw[:2048], re.IGNORECASE)
    return found[1].decode("ascii") if found else None


def _hidden_classes(source: str) -> frozenset[str]:
    """Collect the classes that the page's own style sheets hide."""
    _, *sheets = re.split(r"<style\b", source, maxsplit=_MOST_SHEETS, flags=re.IGNORECASE)
    plain = (_without_css_comments(sheet[:_LONGEST_SHEET].partition("</")[0].partition(">")[2]) for sheet in sheets)
    rules = (rule for sheet in plain for rule in _RULE.findall(sheet))
    hiding = (selectors for selectors, style in rules if _HIDDEN_STYLE.search(style))
    each = (_CLASS_ALONE.fullmatch(selector) for selectors in hiding for selector in selectors.split(","))
    return frozenset(found[1] for found in each if found)


def _without_css_comments(sheet: str) -> str:
    head, *comments = sheet.replace("<!--", "").replace("-->", "").split("/*")
    return head + "".join(comment.partition("*/")[2] for comment in comments)


@lru_cache(maxsize=16)  # most pages hide nothing by class
def _config(*, aligned_tables: bool, hidden_classes: frozenset[str]) -> ParserConfig:
    css = CSS_PROFILES["strict"] | {tag: HtmlElement(display=Display.none) for tag in _HIDING_TAGS}
    flat = None
    if not aligned_tables:
        css |= {"tr": HtmlElement(display=Display.block), "td": HtmlElement(suffix="  ")}
        handled = dict.fromkeys(("table", "tr", "td", "th"))
        flat = CustomHtmlTagHandlerMapping(start_tag_mapping=handled, end_tag_mapping=handled)
    config = ParserConfig(css=css, custom_html_tag_handler_mapping=flat)
    # Not the library's own style reader: a padding of 99999em would make it write as many spaces a line.
    config.attribute_handler.attribute_mapping = {"style": _apply_style, "hidden": _hide}
    config.attribute_handler.attribute_mapping["class"] = partial(_apply_class, hidden_classes)
    return config


def _apply_style(style: str, element: HtmlElement) -> None:
    if _HIDDEN_STYLE.search(style):
        _hide(style, element)
    elif (found := re.search(r"white-space\s*:\s*([a-z-]+)", style, re.IGNORECASE)) is not None:
        CssParse.attr_white_space(found[1].lower(), element)


def _apply_class(hidden: frozenset[str], classes: str, element: HtmlElement) -> None:
    named = classes.split()
    if hidden.intersection(named):
        element.display = Display.none
    if _WITHOUT_MARGINS.intersection(named):
        element.margin_before = element.margin_after = 0


def _hide(_: str, element: HtmlElement) -> None:
    element.display = Display.none


def _plain_scan(source: str) -> str:
    """Drop tags and hidden elements in one pass from left to right, whatever the nesting."""
    shown: list[str] = []
    hiding, depth = "", 0
    head, *pieces = _without_comments(source).split("<")
    shown.append(head)
    for piece in pieces:
        tag = _TAG.match(piece)
        name = tag[2].lower() if tag else ""
        if hiding:
            depth += (-1 if tag and tag[1] else 1) if name == hiding else 0
            hiding = hiding if depth else ""
        elif tag and not tag[1] and _hides(name, tag[3]):
            hiding, depth = name, 1
        elif name in _BREAKING_TAGS:
            shown.append("\n")
        if not hiding:
            shown.append(piece[tag.end() :] if tag else "" if piece[:1] in {"!", "?", "/"} else f"<{piece}")
    lines = (" ".join(line.split(" ")).strip() for line in html.unescape("".join(shown)).split("\n"))
    return "\n".join(lines)


def _without_comments(source: str) -> str:
    head, *comments = source.split("<!--")
    return head + "".join(comment.partition("-->")[2] for comment in comments)


def _hides(name: str, attributes: str) -> bool:
    if name in _HIDING_TAGS or _HIDDEN_ATTRIBUTE.search(attributes):
        return True
    style = _STYLE.search(attributes)
    return bool(style and _HIDDEN_STYLE.search(html.unescape(style[1] or style[2] or "")))
