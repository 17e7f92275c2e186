"""Turn what pydantic found wrong with a record into faults that people who edit YAML understand.

Receives a ValidationError and the Source it is about; hands on Faults with the line, what stands there and what was
expected. An unknown key gets the nearest known one.
"""

import re
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bureau.catalog import words
from bureau.faults import Fault
from bureau.sheet import Sheet
from bureau.source import Loc, Source

LONGEST_SHOWN = 60  # one line on a terminal


def validation_faults(source: Source, sheet: type[Sheet], invalid: ValidationError) -> list[Fault]:
    """Give one fault for each mistake: what merely follows from another one is left out."""
    details = invalid.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    misspelt = {(*loc[:-1], _nearest(sheet, loc)) for loc in places if _is_extra(details, loc)}
    return [
        _fault(source, sheet, detail)
        for detail in details
        if detail["loc"] not in source.unmade  # it could not be made at all, and has its fault
        and not (detail["type"] == "missing" and detail["loc"] in misspelt)
        and not (detail["type"] == "too_short" and any(_inside(loc, detail["loc"]) for loc in places))
    ]


def _is_extra(details: list[ErrorDetails], loc: Loc) -> bool:
    return any(detail["loc"] == loc and detail["type"] == "extra_forbidden" for detail in details)


def _inside(loc: Loc, outer: Loc) -> bool:
    return len(loc) > len(outer) and loc[: len(outer)] == outer


def _nearest(sheet: type[Sheet], loc: Loc) -> str | None:
    return next(iter(get_close_matches(str(loc[-1]), _known_fields(sheet, loc[:-1]), n=1, cutoff=0.5)), None)


def _fault(source: Source, sheet: type[Sheet], detail: ErrorDetails) -> Fault:
    loc, kind = detail["loc"], detail["type"]
    if kind == "missing":
        return source.fault(loc, "missing")
    if kind == "extra_forbidden":
        nearest = _nearest(sheet, loc)
        if nearest:
            return source.fault(loc, "extra_with_nearest", nearest=nearest)
        return source.fault(loc, "extra_forbidden", known=", ".join(_known_fields(sheet, loc[:-1])))
    found = _cut(source.written(loc) or _shape(detail["input"]))
    facts: dict[str, object] = {**detail.get("ctx", {}), "found": found}
    if kind == "string_pattern_mismatch":
        facts["pattern"] = words("patterns").get(str(facts["pattern"]), facts["pattern"])
    if kind == "literal_error":
        facts["expected"] = re.sub(r"', '|' or '", " / ", str(facts["expected"])).strip("'")
    if kind not in words("faults"):
        return source.fault(loc, "other", **{**facts, "reason": detail["msg"]})
    return source.fault(loc, kind, **facts)


def _cut(text: str) -> str:
    line = " ".join(text.splitlines())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return words("shapes")["mapping"]
    if isinstance(value, tuple):
        return words("shapes")["list"] if value else words("shapes")["empty_list"]
    return words("shapes")["nothing"] if value is None else str(value)


def _known_fields(sheet: type[Sheet], loc: Loc) -> list[str]:
    """Find the fields allowed at loc by following the JSON Schema, which resolves every nested type for us."""
    schema = _schema(sheet)
    here = schema
    for part in loc:
        here = _resolved(schema, here)
        step = here.get("items") if isinstance(part, int) else here.get("properties", {}).get(part)
        here = step or here.get("additionalProperties") or {}
    return sorted(_resolved(schema, here).get("properties", {}))


@cache
def _schema(sheet: type[Sheet]) -> dict[str, Any]:
    return TypeAdapter(sheet).json_schema()


def _resolved(schema: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in here:
        return dict(schema["$defs"][here["$ref"].rsplit("/", 1)[1]])
    for option in here.get("anyOf", ()):
        if "$ref" in option or "properties" in option:
            return _resolved(schema, option)
    return here
