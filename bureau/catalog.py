"""The words of faults and explanations, kept apart from the code that needs them.

Receives the name of a catalog in bureau/words/; hands on its texts by kind. What people read is Chinese with the
English term beside it; nobody has to edit Python to say it better.
"""

from functools import cache
from pathlib import Path

import yaml

from bureau.faults import Fault


@cache
def words(name: str) -> dict[str, str]:
    """Give the texts of bureau/words/NAME.yml, read once."""
    text = (Path(__file__).parent / "words" / f"{name}.yml").read_text(encoding="utf-8")
    return {str(kind): str(sentence) for kind, sentence in yaml.safe_load(text).items()}


def fault(path: Path, line: int, field: str, kind: str, **facts: object) -> Fault:
    """Make a fault whose words come from the catalog of faults."""
    return Fault(path, line, field, words("faults")[kind].format(**facts))
