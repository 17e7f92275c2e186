"""What an inspection finds: the rule, the line of YAML that mends it, and whether it stops a build.

A fault is what a build can and must get right: a dead link, a forged date. A hint is what only time and editors mend,
such as a column that nobody has written in for half a year: publishing nothing would not make it fresher.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bureau.files import Files
from bureau.source import Loc, Source
from generator.words import catalog


class Level(Enum):
    """How much a finding weighs."""

    FAULT = "fault"
    HINT = "hint"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file that an editor opens."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in the form of every other fault: `path:line: rule: what is wrong and what mends it`."""

    place: Place
    rule: str
    level: Level
    message: str

    def __str__(self) -> str:
        """Give the line that people read."""
        return f"{self.place.path}:{self.place.line}: {self.rule}: {self.message}"


def finding(rule: str, place: Place, level: Level = Level.FAULT, **facts: object) -> Finding:
    """Make a finding whose words come from the catalog of the inspection."""
    return Finding(place, rule, level, catalog("inspection")[rule].format(**facts))


class Mending:
    """Finds the line of YAML that a page or a value comes from."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def file(self, name: str) -> Place:
        """Name a file or folder of the content, whether it is there or not."""
        return Place(str(self._files.folder / name), 1)

    def at(self, source: Source, *loc: str | int) -> Place:
        """Name the line of a value."""
        return Place(str(source.path), source.line(tuple(loc)))

    def page(self, path: str, address: str | None = None) -> Place:
        """Name the line that a page is made from; with an address, the line in which it is written, if there is one."""
        source, loc = self._origin(path)
        if source is None:
            return self._written(address) or self.file("office.yml")
        return self._below(source, source.line(loc), address) or Place(str(source.path), source.line(loc))

    def _origin(self, path: str) -> tuple[Source | None, Loc]:
        folder, _, rest = path.partition("/")
        record = rest.partition("/")[0]
        if folder == "notices":
            for read in self._files.notices:
                for index, notice in enumerate(read.sheet.notices):
                    if notice.id == record:
                        return read.source, ("notices", index, "id")
        if folder == "posters" and self._files.insurers:
            for turn, insurer in enumerate(self._files.insurers.sheet.insurers):
                for index, branch in enumerate(insurer.branches):
                    if branch.id == record:
                        return self._files.insurers.source, ("insurers", turn, "branches", index, "id")
        if folder in {"hotline", "calendars"} and self._files.hotline:
            return self._files.hotline.source, ()
        return None, ()

    def _written(self, address: str | None) -> Place | None:
        if not address:
            return None
        for path in sorted(self._files.folder.rglob("*.yml")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if address in line:
                    return Place(str(path), number)
        return None

    def _below(self, source: Source, first: int, address: str | None) -> Place | None:
        if not address:
            return None
        lines = Path(source.path).read_text(encoding="utf-8").splitlines()
        found = (number for number, line in enumerate(lines, start=1) if number >= first and address in line)
        number = next(found, None)
        return Place(str(source.path), number) if number else None
