"""The numbers of letters that a text names; whether there is such a letter, and whose it is, the ledger knows."""

import re

NUMBER = r"\d{4}-\d{6}"
_ALONE = re.compile(rf"(?<![\d-]){NUMBER}(?![\d-])", re.ASCII)


def numbers_in(text: str) -> tuple[str, ...]:
    """List the letter numbers in a text, each once, in their order."""
    return tuple(dict.fromkeys(_ALONE.findall(text)))
