"""A folder is brought to exactly the wanted files, and what is right already is not touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from generator.tree import Changes, listing_digest, move_tree, read_tree, tree_digest, write_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_only_what_differs_is_written_and_what_nobody_wants_is_removed(tmp_path: Path) -> None:
    write_tree([("a.md", b"a"), ("old/b.md", b"b"), ("c.md", b"c")], tmp_path)
    for path in tmp_path.rglob("*.md"):
        os.utime(path, ns=(1, 1))
    changes = write_tree([("a.md", b"a"), ("c.md", b"C"), ("new/d.md", b"d")], tmp_path)
    assert changes == Changes(files=3, written=2, removed=1)
    assert dict(read_tree(tmp_path)) == {"a.md": b"a", "c.md": b"C", "new/d.md": b"d"}
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "a.md").stat().st_mtime_ns == 1


def test_of_two_files_with_one_path_the_later_counts(tmp_path: Path) -> None:
    write_tree([("a", b"first"), ("a", b"later")], tmp_path)
    assert (tmp_path / "a").read_bytes() == b"later"


def test_the_digest_of_a_tree_changes_with_names_and_with_bytes(tmp_path: Path) -> None:
    write_tree([("a", b"1")], tmp_path)
    first = tree_digest(tmp_path)
    write_tree([("b", b"1")], tmp_path)
    second = tree_digest(tmp_path)
    write_tree([("b", b"2")], tmp_path)
    assert len({first, second, tree_digest(tmp_path)}) == 3


def test_the_digest_of_a_listing_sees_a_file_that_somebody_touched(tmp_path: Path) -> None:
    write_tree([("a", b"1")], tmp_path)
    before = listing_digest(tmp_path)
    os.utime(tmp_path / "a", ns=(1, 1))
    assert listing_digest(tmp_path) != before


def test_a_rendered_folder_is_moved_into_place_and_what_is_right_keeps_its_time(tmp_path: Path) -> None:
    source, site = tmp_path / "rendered", tmp_path / "site"
    write_tree([("same/index.html", b"1"), ("other.html", b"2"), ("old/x", b"x")], site)
    os.utime(site / "same" / "index.html", ns=(1, 1))
    write_tree([("same/index.html", b"1"), ("other.html", b"3")], source)
    changes = move_tree(source, site)
    assert changes == Changes(files=2, written=1, removed=1)
    assert dict(read_tree(site)) == {"same/index.html": b"1", "other.html": b"3"}
    assert (site / "same" / "index.html").stat().st_mtime_ns == 1
    assert not (site / "old").exists()
