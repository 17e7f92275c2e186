"""A real Chromium and the built site behind a web server, for every test that looks at pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.reader import Reader
from tests.browser.serving import serving
from tests.generator.fixtures import built_site
from tests.servers.required import require_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["built_site"]


@pytest.fixture(scope="session")
def address(built_site: Path) -> Iterator[str]:
    """Serve the built site on a free loopback port."""
    with serving(built_site) as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, once a module: Playwright's event loop must not outlive the tests that use it."""
    chromium = require_program("chromium", "chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """Somebody who opens pages; what the pages ask of other hosts and complain about is noted."""
    somebody = Reader(browser, address)
    yield somebody
    somebody.leave()
