"""The manifest: the SHA-256 of every file of the site, in the form that `sha256sum --check` reads.

With it anybody can tell that a copy is whole, and that two builds of one commit are the same.
"""

import hashlib
from collections.abc import Iterable

MANIFEST = "manifest.sha256"


def manifest(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Give a line a file, in the order of paths; the manifest itself is left out."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files if name != MANIFEST]
    return "".join(sorted(lines, key=lambda line: line.partition("  ")[2])).encode()
