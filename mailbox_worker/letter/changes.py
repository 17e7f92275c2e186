"""What changed from one version of a draft to the next, sentence by sentence, for a small screen.

Pure. Hands on lines that begin with － for what went and ＋ for what came, in the order of the text.
"""

import re
from difflib import SequenceMatcher

SENTENCES = re.compile(r"[^。！？；\n]*[。！？；]?\n?")
GONE, CAME = "－ ", "＋ "


def changes(old: str, new: str) -> list[str]:
    """List the sentences that differ; none where the versions are the same."""
    before, after = _sentences(old), _sentences(new)
    lines: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += [GONE + sentence for sentence in before[i:j]]
            lines += [CAME + sentence for sentence in after[k:m]]
    return lines


def _sentences(text: str) -> list[str]:
    return [sentence for part in SENTENCES.findall(text) if (sentence := part.strip())]
