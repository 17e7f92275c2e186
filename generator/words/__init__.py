"""What the generator says outside of pages: to the people who run it, in calendars and feeds, in inspections.

One catalog a purpose beside this file; nobody has to edit Python to say it better.
"""

from functools import cache
from pathlib import Path

import yaml


@cache
def catalog(name: str) -> dict[str, str]:
    """Read generator/words/NAME.yml, once."""
    text = (Path(__file__).parent / f"{name}.yml").read_text(encoding="utf-8")
    return {str(kind): str(sentence) for kind, sentence in yaml.safe_load(text).items()}


def message(kind: str, **facts: object) -> str:
    """Give a message to the person who runs a command, with its facts filled in."""
    return catalog("messages")[kind].format(**facts)


def said(kind: str, **facts: object) -> str:
    """Give a text that subscribers read, with its facts filled in."""
    return catalog("subscriptions")[kind].format(**facts)
