"""The office that most journeys begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.bureau_at_work import WRITER, BureauAtWork, open_bureau

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    """Open an office with one citizen, whose answers wait ten minutes before they are sent."""
    return open_bureau(tmp_path, open_town, [WRITER])
