"""The two offices that tests of the bureau look at."""

from pathlib import Path

import pytest
from hypothesis import settings

from bureau.content import Content, load_content

# The same examples on every run, and no clock: a busy machine is no failure.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def jiangxi() -> Content:
    return load_content(ROOT / "content")


@pytest.fixture(scope="session")
def county() -> Content:
    return load_content(ROOT / "tests" / "offices" / "county")
