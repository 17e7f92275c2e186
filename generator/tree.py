"""Bring a folder to exactly the files that it should hold, touching only what differs.

Receives paths and bytes; hands on what changed. Files that are right keep their times, so that web servers, rsync and
backups see only true changes; files that nobody wants any more are removed.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files a folder holds now, and how many of them were written or removed to get there."""

    files: int
    written: int
    removed: int


def write_tree(files: Iterable[tuple[str, bytes]], folder: Path) -> Changes:
    """Write what differs and remove what is not among files; of two files with one path the later counts."""
    wanted: set[Path] = set()
    written = 0
    for name, data in files:
        path = folder / name
        wanted.add(path)
        if _holds(path, data):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written += 1
    return Changes(len(wanted), written, _remove_others(folder, wanted))


def move_tree(source: Path, folder: Path) -> Changes:
    """Bring a folder to what source holds; source is used up.

    Both must be on one file system: what differs is renamed into place, which costs nothing and is never half done.
    """
    wanted: set[Path] = set()
    written = 0
    for found in _paths(source):
        path = folder / found.relative_to(source)
        wanted.add(path)
        if _same(found, path):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        found.replace(path)
        written += 1
    return Changes(len(wanted), written, _remove_others(folder, wanted))


def add_to_tree(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Put files beside those that a folder holds."""
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read_tree(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of a folder, one at a time, in the order of paths; none where there is no such folder.

    Python's compiled files are no files of anybody's.
    """
    for path in _paths(folder):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def tree_digest(*folders: Path) -> str:
    """Digest the names and bytes of all files of some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for name, data in read_tree(folder):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def listing_digest(folder: Path) -> str:
    """Digest the names, sizes and times of a folder's files: cheap, and enough to see that somebody changed one."""
    digest = hashlib.sha256()
    for path in _paths(folder):
        facts = path.stat()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _paths(folder: Path) -> list[Path]:
    return sorted(
        Path(place, name)
        for place, _, names in os.walk(folder)
        if "__pycache__" not in Path(place).parts
        for name in names
    )


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _remove_others(folder: Path, wanted: AbstractSet[Path]) -> int:
    stale = [path for path in _paths(folder) if path not in wanted]
    for path in stale:
        path.unlink()
    for place, _, _ in os.walk(folder, topdown=False) if stale else ():
        if not any(Path(place).iterdir()) and Path(place) != folder:
            Path(place).rmdir()
    return len(stale)
