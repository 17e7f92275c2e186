"""What the commands say to the people who run them: one catalog, messages.yml."""

from functools import cache
from pathlib import Path

import yaml


@cache
def _catalog() -> dict[str, str]:
    text = (Path(__file__).parent / "messages.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def message(kind: str, **facts: object) -> str:
    """Give a message of the catalog with its facts filled in."""
    return _catalog()[kind].format(**facts)
