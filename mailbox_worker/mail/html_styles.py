"""Read what an element's style does to its text: whether it takes it away, and how the text stands on its ground.

Receives style declarations, and style sheets for rules about a class or an id alone. Hands on a Style. A rule that is
not understood hides nothing: text shown to a clerk by mistake costs less than a letter's text lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

Colour = tuple[int, int, int]

_MOST_SHEETS, _LONGEST_SHEET, _LONGEST_STYLE = 20, 20_000, 2000
_NAME_ALONE = re.compile(r"\s*[a-zA-Z0-9]{0,20}([.#][\w-]{1,80})\s*")  # .x, p.x or #x; no rule that needs a parent
_BRACE = re.compile(r"([{}])")
_NUMBER = re.compile(r"(-?(?:\d{1,7}(?:\.\d{0,7})?|\.\d{1,7}))\s*(px|pt|r?em|%|)(?=[\s/]|$)")
_POINTS = {"px": 1.0, "": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "%": 8.0}
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-f])")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]{1,9})%?\s*)?\)")
_NAMED = re.compile(r"(?<![\w-])(white|snow|ivory|black|transparent)(?![\w-])")
_NAMES = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_CLIPPED = re.compile(r"rect\((?:0|1px)\b.{0,60}|inset\((?:50|100)%\)")
_CUT_OFF = frozenset({"hidden", "clip"})
_OFF_SCREEN = -500  # pixels
_UNREADABLE = 1  # pixels: a point of ink a character
_MOVES = ("left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top", "margin-right")


@dataclass(frozen=True, slots=True)
class Style:
    """What one element's style says; None where it says nothing and the element around it counts.

    gone: the element and all in it is not drawn. tiny, visible, colour, background: an element inside may differ.
    see_through is text in no colour; unclear_ground a picture or a colour that we cannot read.
    """

    gone: bool = False
    tiny: bool | None = None
    visible: bool | None = None
    colour: Colour | None = None
    see_through: bool = False
    background: Colour | None = None
    unclear_ground: bool = False
    keeps_spaces: bool = False
    without_margins: bool = False
    signature_rule: bool = False  # the line that Foxmail draws above a signature


PLAIN = Style()
_WITHOUT_MARGINS = frozenset({"MsoNormal", "MsoPlainText"})  # Outlook's lines; its style sheet says so every time


@lru_cache(maxsize=512)  # a page repeats the same few styles
def style_of(declarations: str, classes: str, colour: str | None, ground: str | None) -> Style:
    """Read an element's style and what its class, color and bgcolor attributes add; PLAIN itself for nothing."""
    style = _declared(declarations) if declarations else PLAIN
    if not _WITHOUT_MARGINS.isdisjoint(classes.split()):
        style = replace(style, without_margins=True)
    if colour and style.colour is None:
        style = replace(style, colour=_colour(colour.lower())[0])
    if ground and style.background is None:
        background = _colour(ground.lower())[0]
        style = replace(style, background=background, unclear_ground=background is None)
    return PLAIN if style == PLAIN else style


def _declared(declarations: str) -> Style:
    """Read declarations as they stand in a style attribute; of two about one property the later counts."""
    said: dict[str, str] = {}
    for declaration in declarations[:_LONGEST_STYLE].lower().split(";"):
        name, _, value = declaration.partition(":")
        said[name.strip()] = value.partition("!")[0].strip()
    colour, see_through = _colour(said.get("color", ""))
    ground = said.get("background-color") or said.get("background", "")
    background, clear = _colour(ground)
    return Style(
        gone=_is_gone(said),
        tiny=_is_tiny(said.get("font-size") or said.get("font", "")),
        visible=said["visibility"] == "visible" if "visibility" in said else None,
        colour=colour,
        see_through=see_through,
        background=background,
        unclear_ground=bool(ground) and background is None and not clear and ground not in {"none", "inherit"},
        keeps_spaces=said.get("white-space", "").startswith("pre"),
        signature_rule=said.get("width") == "210px" and said.get("height") == "1px",
        without_margins=_pixels(said.get("margin", "") or said.get("margin-top", "")) == 0,
    )


def sheet_rules(source: str) -> Mapping[str, str]:
    """Collect the declarations of rules about `.class` or `#id` alone; rules inside @media are for other screens."""
    _, *sheets = re.split(r"<style\b", source, maxsplit=_MOST_SHEETS, flags=re.IGNORECASE)
    rules: dict[str, str] = {}
    for sheet in sheets:
        plain = _without_comments(sheet[:_LONGEST_SHEET].partition("</")[0].partition(">")[2])
        for selectors, declarations in _rules(plain):
            for selector in selectors.split(","):
                if (found := _NAME_ALONE.fullmatch(selector)) is not None:
                    rules[found[1]] = f"{rules.get(found[1], '')};{declarations}"[-_LONGEST_STYLE:]
    return rules


def _rules(sheet: str) -> list[tuple[str, str]]:
    """Return selectors and declarations of every rule that stands in no other one."""
    found, depth, selectors, declarations = list[tuple[str, str]](), 0, "", ""
    for piece in _BRACE.split(sheet):
        if piece == "{":
            depth += 1
        elif piece == "}":
            if depth == 1 and "@" not in selectors:
                found.append((selectors.rpartition(";")[2], declarations))
            depth = max(0, depth - 1)
        elif depth == 0:
            selectors = piece
        elif depth == 1:
            declarations = piece
    return found


def _without_comments(sheet: str) -> str:
    head, *comments = sheet.replace("<!--", "").replace("-->", "").split("/*")
    return head + "".join(comment.partition("*/")[2] for comment in comments)


def _is_gone(said: Mapping[str, str]) -> bool:
    if said.get("display") == "none" or said.get("mso-hide") == "all" or _pixels(said.get("opacity", "")) == 0:
        return True
    cut_off = not _CUT_OFF.isdisjoint(said.get("overflow", "").split())
    if cut_off and any(_pixels(said.get(size, "")) == 0 for size in ("height", "max-height", "width", "max-width")):
        return True
    if any((pixels := _pixels(said.get(name, ""))) is not None and pixels <= _OFF_SCREEN for name in _MOVES):
        return True
    clipped = _CLIPPED.fullmatch(said.get("clip", "") or said.get("clip-path", ""))
    return clipped is not None or said.get("transform") == "scale(0)"


def _is_tiny(size: str) -> bool | None:
    """Tell whether text of that size cannot be read; None where it goes by the size around it."""
    pixels = _pixels(size)
    if pixels == 0:
        return True
    if pixels is None or "em" in size or "%" in size:
        return None
    return pixels <= _UNREADABLE


def _pixels(value: str) -> float | None:
    """Return the length that *value* begins with, roughly in pixels; None where it begins with none."""
    found = _NUMBER.match(value)
    return float(found[1]) * _POINTS[found[2]] if found else None


def _colour(value: str) -> tuple[Colour | None, bool]:
    """Return the first colour in *value*, and whether it is one that lets everything through."""
    if (found := _HEX.search(value)) is not None:
        digits = found[1] if len(found[1]) > 3 else "".join(2 * digit for digit in found[1])  # noqa: PLR2004 #fff
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)), False
    if (found := _RGB.search(value)) is not None:
        if found[4] is not None and _pixels(found[4]) == 0:
            return None, True
        return (int(found[1]), int(found[2]), int(found[3])), False
    if (found := _NAMED.search(value)) is not None:
        return (_NAMES[found[1]], False) if found[1] in _NAMES else (None, True)
    return None, False
