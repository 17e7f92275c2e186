"""The one rule for programs that tests need and pip cannot install: without one, skip; with CI=true, fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

_BESIDE_PATH = ("/usr/sbin", "/usr/local/sbin")  # not in an ordinary user's PATH
_POSTGRESQL = Path("/usr/lib/postgresql")  # Debian keeps each major version in a folder of its own


def require_program(name: str, package: str) -> Path:
    """Return where this program is; without it the test is skipped, or fails where CI=true."""
    by_version = sorted(_POSTGRESQL.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    folders = [*os.get_exec_path(), *_BESIDE_PATH, *map(str, by_version)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        missing(f"the program {name}", package)
    return Path(found)


def missing(what: str, package: str) -> NoReturn:
    """Skip the test, or let it fail where CI=true, and say what to install."""
    message = f"{what} is missing: install the Debian package {package} (as root: apt-get install {package})"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
