"""One YAML file as read: its data, and where each value stands.

The line of a value is looked for only when somebody asks, by composing the text once more: content without a fault
never pays for it, and thousands of files never keep their nodes.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml

from bureau.catalog import fault
from bureau.faults import Fault

Loc = tuple[str | int, ...]

QUOTED = ("'", '"')


def dotted(loc: Loc) -> str:
    """Write a place inside a file as people do: rota.order.2."""
    return ".".join(str(part) for part in loc)


class Source:
    """A file's data (mappings, tuples and scalars), and the text that knows the lines.

    `unmade` names the places whose value could not be made and reads as None; each has its fault already.
    """

    def __init__(self, path: Path, data: Any, text: str, unmade: frozenset[Loc] = frozenset()) -> None:
        self.path = path
        self.data = data
        self.unmade = unmade
        self._text = text

    @cached_property
    def _root(self) -> yaml.Node:
        return cast("yaml.Node", yaml.compose(self._text, Loader=yaml.CSafeLoader))

    def line(self, loc: Loc) -> int:
        """Give the line of a value, counted from 1, or that of the nearest enclosing value that is there."""
        line = int(self._root.start_mark.line) + 1
        node: yaml.Node | None = self._root
        for part in loc:
            key, node = _step(node, part)
            if key is None or node is None:
                return line
            line = int(key.start_mark.line) + 1
        return line

    def written(self, loc: Loc) -> str | None:
        """Give a scalar as it stands in the file, quotes included; None where there is none."""
        node: yaml.Node | None = self._root
        for part in loc:
            _, node = _step(node, part)
        if not isinstance(node, yaml.ScalarNode):
            return None
        quote = node.style if node.style in QUOTED else ""
        return f"{quote}{node.value}{quote}"

    def fault(self, loc: Loc, kind: str, **facts: object) -> Fault:
        """Make a fault about the value at loc; the facts fill the sentence of its kind."""
        return fault(self.path, self.line(loc), dotted(loc), kind, **facts)


def _step(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Go one step inside: the node that carries the line (the key of a mapping), and the value's node."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key, value
    return None, None
