"""Collect the sheets of a content folder and the faults of all of them.

Receives a folder; hands on each file's record with its Source, or None where the file has a fault. Every YAML file
must be asked for by somebody: one that nobody reads is a misspelt name, and a fault.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from bureau.catalog import fault
from bureau.faults import Fault, FaultyFiles
from bureau.sheet import Sheet
from bureau.source import Source
from bureau.yaml_source import read_sheet

SheetT = TypeVar("SheetT", bound=Sheet)


class Read(NamedTuple, Generic[SheetT]):
    """A file as read: the record, and where each of its values stands."""

    sheet: SheetT
    source: Source


class Folder:
    """Reads files of one content folder and keeps what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.faults: list[Fault] = []
        self.faulty: set[str] = set()  # the names of files that could not be read, and the folders that hold them
        self._read: set[str] = set()
        self._names: set[str] = set()

    def required(self, name: str, sheet: type[SheetT]) -> Read[SheetT] | None:
        """Read a file that every office has; its absence is a fault."""
        self._names.add(name)
        self._read.add(name)
        try:
            return Read(*read_sheet(self.path / name, sheet))
        except FaultyFiles as faulty:
            self.faults += faulty.faults
            self.faulty |= {name, name.rpartition("/")[0] + "/"}
            return None

    def optional(self, name: str, sheet: type[SheetT]) -> Read[SheetT] | None:
        """Read a file that an office may have."""
        self._names.add(name)
        return self.required(name, sheet) if (self.path / name).exists() else None

    def every(self, folder: str, sheet: type[SheetT]) -> list[Read[SheetT]]:
        """Read every YAML file of a folder, in the order of names; none at all is for the caller to judge."""
        self._names.add(f"{folder}/")
        names = sorted(path.name for path in (self.path / folder).glob("*.yml"))
        read = [self.required(f"{folder}/{name}", sheet) for name in names]
        return [one for one in read if one is not None]

    def unread(self) -> list[Fault]:
        """Find the YAML files that nobody asked for; call it last."""
        found = (path for path in self.path.rglob("*") if path.suffix in {".yml", ".yaml"} and path.is_file())
        names = sorted(path.relative_to(self.path).as_posix() for path in found)
        return [self._unread(name) for name in names if name not in self._read]

    def _unread(self, name: str) -> Fault:
        if name.endswith(".yaml"):
            return fault(self.path / name, 1, "", "unread_suffix")
        parent, slash, _ = name.rpartition("/")
        wanted = f"{parent}/" if slash and f"{parent}/" not in self._names else name
        nearest = get_close_matches(wanted, sorted(self._names), n=1, cutoff=0.6)
        if nearest:
            return fault(self.path / name, 1, "", "unread_with_nearest", nearest=nearest[0])
        return fault(self.path / name, 1, "", "unread")
