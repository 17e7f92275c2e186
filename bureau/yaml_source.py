"""Read one YAML file into a frozen record, with the line of every fault.

Receives a path and a Sheet class; hands on the record and its Source, which knows the lines. Refuses what people did
not mean: duplicate and unknown keys, aliases, unquoted numbers where a text belongs, files that are empty, too large,
too deep or not UTF-8.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bureau.faults import FaultyFiles
from bureau.sheet import Sheet
from bureau.sheet_faults import validation_faults
from bureau.source import Source as Source  # noqa: PLC0414 - the name under which readers of YAML know it
from bureau.yaml_parse import parse

SheetT = TypeVar("SheetT", bound=Sheet)


def read_source(path: Path) -> Source:
    """Read a YAML file without judging its meaning; raises FaultyFiles when its form is wrong anywhere."""
    source, faults = parse(path)
    if faults:
        raise FaultyFiles(faults)
    return source


def read_sheet(path: Path, sheet: type[SheetT]) -> tuple[SheetT, Source]:
    """Read a YAML file as one record; raises FaultyFiles with every fault of the file."""
    source, faults = parse(path)
    try:
        record = sheet.model_validate(source.data)
    except ValidationError as invalid:
        raise FaultyFiles(faults + validation_faults(source, sheet, invalid)) from None
    if faults:
        raise FaultyFiles(faults)
    return record, source
