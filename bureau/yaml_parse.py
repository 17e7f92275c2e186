"""Parse one YAML file within limits: bytes in, plain values and their nodes out.

Refuses what people did not mean and what attacks the parser: files that are not UTF-8, empty, too large, too deep or
of several documents; aliases, tags and duplicate keys. Every value is made from its node in one walk, so that a file
is parsed once; the tags that YAML knows for plain scalars keep the meaning that PyYAML's safe loader gives them.
"""

from pathlib import Path
from typing import Any

import yaml

from bureau.catalog import fault, words
from bureau.faults import Fault, FaultyFiles
from bureau.source import Loc, Source, dotted

MAX_BYTES = 8_000_000  # the largest honest file, a year of notices, stays below a tenth of this
MAX_DEPTH = 40  # deeper nesting is a mistake or an attack on the parser's stack
MAX_VALUES = 500_000  # as many small values as fit into a file would fill the memory; 5,000 notices have 100,000

KIND = "tag:yaml.org,2002:"
STRING = KIND + "str"
PLAIN = tuple(KIND + kind for kind in ("null", "bool", "int", "float", "timestamp"))
AS_TEXT = (KIND + "value", KIND + "merge")  # a bare = or <<, special to others, mere text here
COLLECTIONS = (KIND + "seq", KIND + "map")

# What PyYAML's constructors raise for 2026-02-30, a date by its form only, and for !!int x, !!bool x, !!timestamp x.
MISFITS = (ValueError, KeyError, AttributeError, IndexError, OverflowError)
# What libyaml says of *重要* and *重要 without quotes; the writer meant no alias.
UNMEANT_ALIASES = ("found undefined alias", "did not find expected alphabetic or numeric character")


class _Limit(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, line: int, kind: str, limit: int) -> None:
        self.line, self.kind, self.limit = line, kind, limit


class _Loader(yaml.CSafeLoader):
    """PyYAML's C loader, stopped when nesting gets too deep or values too many.

    The C composer calls these two methods around every node. They are its hook for path resolvers, which nothing
    here uses; they are also the only place where its recursion can be stopped before it ends the process.
    """

    depth = 0
    values = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:  # noqa: ARG002 - its hook
        self.depth += 1
        self.values += 1
        if self.depth > MAX_DEPTH or self.values > MAX_VALUES:
            kind, limit = ("too_deep", MAX_DEPTH) if self.depth > MAX_DEPTH else ("too_many", MAX_VALUES)
            raise _Limit(current_node.start_mark.line + 1 if current_node else 1, kind, limit)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def parse(path: Path) -> tuple[Source, list[Fault]]:
    """Read a file as data; the faults returned (duplicate keys, days that do not exist) leave the rest readable.

    Raises FaultyFiles when the file cannot be read as one document at all.
    """
    text = _text(path)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise FaultyFiles([fault(path, 1, "", "empty")])
        walk = _Walk(path, loader)
        data = walk.value(root, ())
    except _Limit as met:
        raise FaultyFiles([fault(path, met.line, "", met.kind, limit=met.limit)]) from None
    except _SharedNode:
        raise FaultyFiles([fault(path, _first_alias(text), "", "alias")]) from None
    except yaml.YAMLError as broken:
        raise FaultyFiles([_syntax_fault(path, broken)]) from None
    finally:
        loader.dispose()
    return Source(path, data, text, frozenset(walk.unmade)), walk.faults


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FaultyFiles([fault(path, 1, "", "too_large", size=size, limit=MAX_BYTES)])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = broken.object.count(b"\n", 0, broken.start) + 1
        raise FaultyFiles([fault(path, line, "", "not_utf8", offset=broken.start)]) from None
    except OSError as unreadable:
        raise FaultyFiles([fault(path, 1, "", "unreadable", reason=unreadable.strerror)]) from None


class _SharedNode(Exception):  # noqa: N818 - it never leaves this module
    """A node was met twice: somebody used an alias."""


class _Walk:
    """Makes values of nodes and collects what is wrong with single values."""

    def __init__(self, path: Path, loader: _Loader) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.unmade: set[Loc] = set()
        self._met: set[int] = set()
        self._scalar = {tag: getattr(loader, f"construct_yaml_{tag.removeprefix(KIND)}") for tag in PLAIN}

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        """Make a node's value. Each node is met once: composing is linear, walking a graph of aliases is not."""
        if id(node) in self._met:
            raise _SharedNode
        self._met.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == STRING else self._plain(node, loc)
        if node.tag not in COLLECTIONS:
            return self._unmade(node, loc, "tag", node.tag)
        if isinstance(node, yaml.SequenceNode):
            return tuple([self.value(item, (*loc, index)) for index, item in enumerate(node.value)])
        return self._mapping(node, loc)

    def _plain(self, node: yaml.ScalarNode, loc: Loc) -> Any:
        if node.tag in AS_TEXT:
            return node.value
        make = self._scalar.get(node.tag)
        if make is None:
            return self._unmade(node, loc, "tag", node.tag)
        try:
            return make(node)
        except MISFITS:
            return self._unmade(node, loc, "no_such_value", node.value[:40])

    def _mapping(self, node: yaml.Node, loc: Loc) -> dict[str, Any]:
        values: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, loc, "key_not_text")
                continue
            name = key.value
            if name in first:
                self._fault(key, (*loc, name), "duplicate_key", found=name, first=first[name])
                continue
            first[name] = key.start_mark.line + 1
            values[name] = self.value(item, (*loc, name))
        return values

    def _unmade(self, node: yaml.Node, loc: Loc, kind: str, found: str) -> None:
        self.unmade.add(loc)
        self._fault(node, loc, kind, found=found)

    def _fault(self, node: yaml.Node, loc: Loc, kind: str, **facts: object) -> None:
        self.faults.append(fault(self.path, node.start_mark.line + 1, dotted(loc), kind, **facts))


def _first_alias(text: str) -> int:
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    marks = (event.start_mark for event in events if isinstance(event, yaml.AliasEvent))
    return next((mark.line + 1 for mark in marks if mark), 1)


def _syntax_fault(path: Path, broken: yaml.YAMLError) -> Fault:
    mark = getattr(broken, "problem_mark", None)
    problem = str(getattr(broken, "problem", None) or getattr(broken, "reason", None) or type(broken).__name__)
    line = mark.line + 1 if mark else 1
    if problem.startswith(UNMEANT_ALIASES):
        return fault(path, line, "", "alias")
    known = words("syntax")
    return fault(path, line, "", "syntax", reason=known.get(problem, known["unknown"]), problem=problem)
