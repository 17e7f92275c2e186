"""Each known way in which intake of other systems loses or doubles mail has a test that carries its number."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NAMES = re.compile(r"^def test_((?:F\d\d_|THREAT_\d\d_)+)", re.MULTILINE)
FAILURES = [f"F{number:02}" for number in range(1, 27)]
THREATS = [f"THREAT_{number}" for number in range(13, 21)]


def carried() -> set[str]:
    """Give every number that the name of a test begins with."""
    names = [name for file in TESTS.rglob("test_*.py") for name in NAMES.findall(file.read_text(encoding="utf-8"))]
    return {number for name in names for number in re.findall(r"F\d\d|THREAT_\d\d", name)}


@pytest.mark.parametrize("number", [*FAILURES, *THREATS])
def test_every_number_of_the_catalogue_has_a_test(number: str) -> None:
    assert number in carried()
