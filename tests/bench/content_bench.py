"""What reading content costs: 5,000 notices in 50 files, as a ratio to parsing the same YAML once with the C loader.

The files are those of the shipped office and the notices; reading includes every check. The best of some rounds counts.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bureau.content import load_content

FILES, NOTICES_A_FILE = 50, 100
BAR = 4.0
ROUNDS = 5
SHIPPED = Path(__file__).parents[2] / "content"
NOTICE = """\
  - id: notice-{file}-{turn}
    title: 关于第{file}批第{turn}号事项的公告
    kind: work
    issuer: 江西保监局
    number: 赣演示〔2025〕{number}号
    index: YS-2025-{number:05}
    topic: 消费者权益保护
    dated: 2025-01-04
    published: 2025-01-05
    valid_until: 2025-12-31
    body: |
      为维护保险消费者合法权益，现将有关事项公告如下，请各保险机构遵照执行。

      一、各机构应当在营业场所显要位置张贴本公告，公开投诉热线。

      二、对消费者反映的问题，实行接听领导包办制，责任到人，一办到底。
"""


def main() -> list[str]:
    """Measure; give one line with the ratio and its bar."""
    with tempfile.TemporaryDirectory() as place:
        folder = _content(Path(place) / "content")
        texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "notices").glob("*.yml"))]
        floor = _best(lambda: [yaml.load(text, Loader=yaml.CSafeLoader) for text in texts])
        ours = _best(lambda: load_content(folder))
    notices = FILES * NOTICES_A_FILE
    return [f"{notices} notices in {FILES} files: {ours / floor:.2f} times one parse with the C loader (bar {BAR})"]


def _content(folder: Path) -> Path:
    shutil.copytree(SHIPPED, folder)
    for file in range(FILES):
        notices = (
            NOTICE.format(file=file, turn=turn, number=file * NOTICES_A_FILE + turn + 1)
            for turn in range(NOTICES_A_FILE)
        )
        (folder / "notices" / f"bench-{file:02}.yml").write_text("notices:\n" + "".join(notices), encoding="utf-8")
    return folder


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
