"""Read one YAML file into a frozen record, with the line of every fault.

Receives a path and a Sheet class; hands on the record. Refuses what people did not mean: duplicate and unknown keys,
aliases, unquoted numbers where a text belongs, files that are empty, too large, too deep or not UTF-8.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bureau.faults import Fault, FaultyFiles
from bureau.sheet import Sheet

SheetT = TypeVar("SheetT", bound=Sheet)
Loc = tuple[str | int, ...]

MAX_BYTES = 8_000_000  # the largest honest file, a year of notices, stays below a tenth of this
MAX_DEPTH = 40  # deeper nesting is a mistake or an attack on the parser's stack


class _Loader(yaml.CSafeLoader):
    """PyYAML's C loader; a name of our own because mypy and PyYAML both key on the class."""


@cache
def fault_words() -> dict[str, str]:
    """Give the catalog of fault texts, read once."""
    text = (Path(__file__).parent / "words" / "faults.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def fault(path: Path, line: int, field: str, kind: str, **facts: object) -> Fault:
    """Make a fault whose words come from the catalog."""
    return Fault(path, line, field, fault_words()[kind].format(**facts))


class Source:
    """One file as read: its data and the line of each of its values (1 for what is not there)."""

    def __init__(self, path: Path, data: Any, lines: dict[Loc, int]) -> None:
        self.path = path
        self.data = data
        self._lines = lines

    def line(self, loc: Loc) -> int:
        """Give the line of a value, or of the nearest enclosing value that is there."""
        while loc and loc not in self._lines:
            loc = loc[:-1]
        return self._lines.get(loc, 1)

    def fault(self, loc: Loc, kind: str, **facts: object) -> Fault:
        """Make a fault about the value at loc."""
        return fault(self.path, self.line(loc), dotted(loc), kind, **facts)


def dotted(loc: Loc) -> str:
    """Write a place inside a file as people do: rota.order.2."""
    return ".".join(str(part) for part in loc)


def read_source(path: Path) -> Source:
    """Read a YAML file without judging its meaning.

    Raises FaultyFiles when it cannot be read as one document.
    """
    raw = _read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise FaultyFiles([fault(path, 1, "", "not_utf8", offset=broken.start)]) from None
    _refuse_aliases(path, text)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise FaultyFiles([fault(path, 1, "", "empty")])
        lines: dict[Loc, int] = {}
        faults = list(_walk(path, node, (), lines))
        if faults:
            raise FaultyFiles(faults)
        return Source(path, _tuples(loader.construct_document(node)), lines)
    except yaml.YAMLError as broken:
        raise FaultyFiles([_syntax_fault(path, broken)]) from None
    except ValueError as broken:  # such as 2026-02-30: a date by its form only
        if isinstance(broken, FaultyFiles):
            raise
        raise FaultyFiles([fault(path, 1, "", "syntax", reason=str(broken))]) from None
    finally:
        loader.dispose()


def read_sheet(path: Path, sheet: type[SheetT]) -> tuple[SheetT, Source]:
    """Read a YAML file as one record; raises FaultyFiles with every fault of the file."""
    source = read_source(path)
    try:
        return sheet.model_validate(source.data), source
    except ValidationError as invalid:
        details = invalid.errors(include_url=False)
        raise FaultyFiles([_validation_fault(source, sheet, detail) for detail in details]) from None


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FaultyFiles([fault(path, 1, "", "too_large", size=size, limit=MAX_BYTES)])
        return path.read_bytes()
    except OSError as unreadable:
        raise FaultyFiles([fault(path, 1, "", "unreadable", reason=unreadable.strerror)]) from None


def _refuse_aliases(path: Path, text: str) -> None:
    # Before composing: a few hundred bytes of nested aliases can stand for gigabytes of values.
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise FaultyFiles([fault(path, line, "", "alias")])
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise FaultyFiles([fault(path, line, "", "too_deep", limit=MAX_DEPTH)])
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as broken:
        raise FaultyFiles([_syntax_fault(path, broken)]) from None


def _syntax_fault(path: Path, broken: yaml.YAMLError) -> Fault:
    mark = getattr(broken, "problem_mark", None)
    reason = getattr(broken, "problem", None) or type(broken).__name__
    return fault(path, mark.line + 1 if mark else 1, "", "syntax", reason=reason)


def _walk(path: Path, node: yaml.Node, loc: Loc, lines: dict[Loc, int]) -> Iterator[Fault]:
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(path, item, (*loc, index), lines)
    elif isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                yield fault(path, line, dotted((*loc, name)), "duplicate_key", found=name, first=first[name])
            first.setdefault(name, line)
            lines[(*loc, name)] = line
            yield from _walk(path, value, (*loc, name), lines)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return value


def _validation_fault(source: Source, sheet: type[Sheet], detail: ErrorDetails) -> Fault:
    loc, kind = detail["loc"], detail["type"]
    if kind == "extra_forbidden":
        known = _known_fields(sheet, loc[:-1])
        nearest = get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
        if nearest:
            return source.fault(loc, "extra_with_nearest", nearest=nearest[0])
        return source.fault(loc, "extra_forbidden", known=", ".join(known))
    facts: dict[str, object] = {**detail.get("ctx", {}), "found": _shown(detail["input"])}
    if kind == "missing":
        return source.fault(loc, "missing")
    if kind not in fault_words():
        return source.fault(loc, "other", **{**facts, "reason": detail["msg"]})
    return source.fault(loc, kind, **facts)


def _known_fields(sheet: type[Sheet], loc: Loc) -> list[str]:
    """Find the fields allowed at loc by following the JSON schema, which resolves every nested type for us."""
    schema = TypeAdapter(sheet).json_schema()
    here: dict[str, Any] = schema
    for part in loc:
        here = _resolved(schema, here)
        step = here.get("items") if isinstance(part, int) else here.get("properties", {}).get(part)
        here = step or here.get("additionalProperties") or {}
    return sorted(_resolved(schema, here).get("properties", {}))


def _resolved(schema: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in here:
        return dict(schema["$defs"][here["$ref"].rsplit("/", 1)[1]])
    for option in here.get("anyOf", ()):
        if "$ref" in option or "properties" in option:
            return _resolved(schema, option)
    return here


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, dict | tuple) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - one line on a terminal
