"""The fixtures of the site: one real build for all tests that only look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.generator.office import build, copy_older_content

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site once, with a worker's figures; tests look at it and change nothing."""
    folder = tmp_path_factory.mktemp("site")
    site = folder / "site"
    build(copy_older_content(folder), site)
    return site
