"""Make the built site known to the generator's tests."""

from __future__ import annotations

from tests.generator.fixtures import built_site

__all__ = ["built_site"]
