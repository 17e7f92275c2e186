"""What a save costs in the live preview: from the saved file to the page that holds the new words, shipped content.

`tenday serve` runs as a program. Each save is waited for as the browser's script does, then the page is fetched.
"""

import statistics
import tempfile
import time
from pathlib import Path

from tests.generator.office import copy_content
from tests.generator.previewing import Editor, previewing

SAVES, BAR = 7, 2.0  # seconds
EDITS = {  # what is saved: file, what stands there, the page that shows it
    "a notice": ("notices/2026.yml", "关于局长信箱办理", "notices/"),
    "a line of the home page": ("office.yml", "每月逢五", ""),
    "the portal's name, which stands on every page": ("office.yml", "portal_title: 江西保监局 消费者", ""),
}


def main() -> list[str]:
    """Measure; give a line for each kind of save."""
    with tempfile.TemporaryDirectory() as place, previewing(copy_content(Path(place)), Path(place)) as editor:
        editor.wait()
        return [_line(editor, name) for name in EDITS]


def _line(editor: Editor, name: str) -> str:
    file, words, page = EDITS[name]
    taken = []
    for turn in range(SAVES):
        start = time.perf_counter()
        editor.save(file, words, f"{words}{turn}")
        editor.wait()
        while f"{words.rpartition(' ')[2]}{turn}" not in editor.look(page):
            editor.wait()
        taken.append(time.perf_counter() - start)
    return f"{name}: {statistics.median(taken):.2f} s to the page, {max(taken):.2f} s at worst (bar {BAR})"
