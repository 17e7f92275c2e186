"""Bring a folder to exactly the files that it should hold, touching only what differs.

Receives paths and bytes; hands on what changed. Files that are right keep their times, so that web servers, rsync and
backups see only true changes; files that nobody wants any more are removed. Names are strings below the folder, with
forward slashes: a site has a folder a page, and to sort paths costs more than to read them.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
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
    wanted = dict(files)
    there = set(_names(folder))
    stale = there - wanted.keys()
    for name in stale:
        (folder / name).unlink()
    if stale:
        _remove_empty(folder)
    differing = [(name, data) for name, data in wanted.items() if name not in there or not _holds(folder / name, data)]
    add_to_tree(differing, folder)
    return Changes(len(wanted), len(differing), len(stale))


def move_tree(source: Path, folder: Path) -> Changes:
    """Bring a folder to what source holds; source is gone afterwards.

    Both must be on one file system: what differs is renamed into place, new folders as a whole, which costs nothing
    and leaves no file half written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = len(_names(source))
    written, removed = _merge(source, folder)
    shutil.rmtree(source)
    return Changes(files, written, removed)


def add_to_tree(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Put files beside those that a folder holds."""
    known: set[Path] = set()
    for name, data in files:
        path = folder / name
        if path.parent not in known:
            path.parent.mkdir(parents=True, exist_ok=True)
            known.add(path.parent)
        path.write_bytes(data)


def read_tree(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of a folder, one at a time, in the order of names; none where there is no such folder.

    Python's compiled files are no files of anybody's.
    """
    for name in _names(folder):
        yield name, (folder / name).read_bytes()


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
    for name in _names(folder):
        facts = (folder / name).stat()
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _names(folder: Path) -> list[str]:
    top = len(str(folder)) + 1
    return sorted(
        f"{place}/{name}"[top:]
        for place, _, names in os.walk(folder)
        if not place.endswith("/__pycache__")
        for name in names
    )


def _holds(path: Path, data: bytes) -> bool:
    return path.stat().st_size == len(data) and path.read_bytes() == data


def _merge(source: Path, folder: Path) -> tuple[int, int]:
    """Rename what differs; give how many files were written and how many removed."""
    new, old = _entries(source), _entries(folder)
    written = removed = 0
    for name, is_folder in new.items():
        found, target = source / name, folder / name
        if name in old and old[name] != is_folder:
            removed += _remove(target)
        if old.get(name) != is_folder:
            found.rename(target)
            written += _count(target)
        elif is_folder:
            below = _merge(found, target)
            written, removed = written + below[0], removed + below[1]
        elif not _holds(target, found.read_bytes()):
            found.replace(target)
            written += 1
    removed += sum(_remove(folder / name) for name in old.keys() - new.keys())
    return written, removed


def _entries(folder: Path) -> dict[str, bool]:
    """Give the names in a folder, and whether each is itself one."""
    with os.scandir(folder) as found:
        return {entry.name: entry.is_dir(follow_symlinks=False) for entry in found}


def _count(path: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(path)) if path.is_dir() else 1


def _remove(path: Path) -> int:
    count = _count(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    return count


def _remove_empty(folder: Path) -> None:
    for place, _, _ in os.walk(folder, topdown=False):
        if place != str(folder) and not any(Path(place).iterdir()):
            Path(place).rmdir()
