"""Bring a folder to exactly the files that it should hold, touching only what differs.

Receives paths and bytes; hands on what changed. Files that are right keep their times, so that web servers, rsync and
backups see only true changes; files that nobody wants any more are removed.
"""

import hashlib
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
    wanted: set[Path] = set()
    written = 0
    for name, data in files:
        path = folder / name
        wanted.add(path)
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written += 1
    stale = [path for path in _paths(folder) if path not in wanted]
    for path in stale:
        path.unlink()
    _remove_empty_folders(folder)
    return Changes(len(wanted), written, len(stale))


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
        path for path in folder.rglob("*") if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts
    )


def _remove_empty_folders(folder: Path) -> None:
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
