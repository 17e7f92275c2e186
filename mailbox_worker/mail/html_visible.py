"""Of an HTML page, keep what a reader sees.

Receives the page's tags and texts one after the other, as lxml reads them, and its style sheet's rules; hands on those
that are shown. Left out is what is hidden, tiny, see-through, or of the colour that it stands on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mailbox_worker.mail.html_styles import PLAIN, Colour, Style, style_of

NEVER_SHOWN = frozenset({"head", "title", "script", "style", "template", "object", "svg", "select", "textarea"})
SAME_COLOUR = 16  # of 255 steps: nobody tells them apart


class Sink(Protocol):
    """Where the part of a page goes that a reader sees."""

    def start(self, tag: str, style: Style) -> None:
        """Take the beginning of an element."""

    def end(self, tag: str) -> None:
        """Take the end of the element that began last."""

    def data(self, text: str) -> None:
        """Take text; it may come in pieces."""

    def close(self) -> str:
        """Give the text that the page comes to."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """How text is drawn inside an element; background None is one that we cannot tell."""

    colour: Colour = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    see_through: bool = False
    tiny: bool = False
    visible: bool = True
    seen: bool = True


class Visible:
    """Pass on what a reader sees; lxml calls start, end, data and close."""

    def __init__(self, sink: Sink, rules: Mapping[str, str]) -> None:
        self.sink, self.rules = sink, rules
        self.looks = [_Look()]
        self.hidden = 0  # open elements since the one that hides, itself counted

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Pass an element on, unless it or one around it is hidden."""
        if self.hidden:
            self.hidden += 1
            return
        style = self._style(attributes) if attributes else PLAIN
        if style.gone or tag in NEVER_SHOWN or "hidden" in attributes:
            self.hidden = 1
            return
        self.looks.append(self.looks[-1] if style is PLAIN else _changed(self.looks[-1], style))
        self.sink.start(tag, style)

    def end(self, tag: str) -> None:
        """Pass the end of an element on that was passed on."""
        if self.hidden:
            self.hidden -= 1
            return
        self.looks.pop()
        self.sink.end(tag)

    def data(self, text: str) -> None:
        """Pass text on that can be told from what it stands on."""
        if not self.hidden and self.looks[-1].seen:
            self.sink.data(text)

    def close(self) -> str:
        """Give what has become of the page."""
        return self.sink.close()

    def _style(self, attributes: Mapping[str, str]) -> Style:
        own, classes = attributes.get("style", ""), attributes.get("class", "")
        if self.rules:
            named = [f".{name}" for name in classes.split()] + [f"#{attributes.get('id', '')}"]
            own = ";".join([*(self.rules.get(name, "") for name in named), own])
        ground = "a picture" if "background" in attributes else attributes.get("bgcolor")
        return style_of(own, classes, attributes.get("color"), ground)


def _changed(look: _Look, style: Style) -> _Look:
    """Return how text looks inside an element with that style."""
    colour = style.colour or look.colour
    background = None if style.unclear_ground else style.background or look.background
    see_through = style.see_through or (look.see_through and style.colour is None)
    tiny = look.tiny if style.tiny is None else style.tiny
    visible = look.visible if style.visible is None else style.visible
    drowned = background is not None and all(
        abs(one - other) <= SAME_COLOUR for one, other in zip(colour, background, strict=True)
    )
    seen = visible and not tiny and not see_through and not drowned
    return _Look(colour, background, see_through, tiny, visible, seen)
