"""A fault in a file that people edit: where it stands, what was found, what was expected.

Fault and FaultyFiles are all that reading content or configuration may raise; nothing of pydantic or PyYAML leaks out.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake; `line` counts from 1, `field` is the dotted path inside the file (empty: the file as a whole)."""

    path: Path
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        """Give the contract form `path:line: field: what was found, what was expected`."""
        field = f" {self.field}:" if self.field else ""
        return f"{self.path}:{self.line}:{field} {self.message}"


class FaultyFiles(ValueError):  # noqa: N818 - it carries many faults; "Error" would say less
    """One or more files cannot be used; carries every fault found, in the order of files and lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
