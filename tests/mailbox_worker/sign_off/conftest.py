"""A desk over a ledger of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.store import open_ledger
from tests.mailbox_worker.desk import desk_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbox_worker.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a desk."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield desk_with(ledger)
    ledger.close()
