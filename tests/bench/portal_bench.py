"""What a build of the portal costs: against the bare renderer on the same pages, at 1,000 and 5,000 notices, and again.

The site is the shipped office with that many notices, and without branches: the notices for their walls are measured by
posters_bench.py. `tenday build` and `mkdocs build` run as programs, in turns so that a busy moment hits both, on the
pages that the former wrote; the best run of each counts. Then the site is built again with nothing changed. The size of
the search index says what a reader who searches has to fetch.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TODAY = "2026-03-04"
ROUNDS = {1000: 3, 5000: 2}  # by the number of notices
NOTICES_A_FILE = 100
BRANCHES = re.compile(r"^    branches:\n(      - .*\n)+", re.MULTILINE)
RATIO_BAR, GROWTH_BAR, AGAIN_BAR = 1.25, 6.0, 0.1
NOTICE = """\
  - id: notice-{number}
    title: 关于第{number}号事项的公告
    kind: work
    issuer: 江西保监局
    number: 赣演示〔{year}〕{number}号
    index: YS-{year}-{number:05}
    topic: 消费者权益保护
    dated: {year}-01-04
    published: {year}-01-05
    body: |
      为维护保险消费者合法权益，现将有关事项公告如下，请各保险机构遵照执行。

      一、各机构应当在营业场所显要位置张贴本公告，公开投诉热线。

      二、对消费者反映的问题，实行接听领导包办制，责任到人，一办到底。
"""


def main() -> list[str]:
    """Measure; give one line for each bar."""
    lines = []
    seconds = {}
    with tempfile.TemporaryDirectory() as place:  # emptied at the very end: ext4 makes files slowly after removing many
        for size, rounds in ROUNDS.items():
            folders = [Path(place) / f"{size}-{turn}" for turn in range(rounds)]
            for folder in folders:
                _content(folder / "content", size)
            taken = [(_build(folder), _bare(folder)) for folder in folders]
            seconds[size], bare = (min(every) for every in zip(*taken, strict=True))
            again = _build(folders[-1])
            index = (folders[-1] / "site" / "search" / "search_index.json").stat().st_size
            lines += [
                f"{size} notices: {seconds[size] / bare:.2f} times mkdocs build on the same pages (bar {RATIO_BAR})",
                f"{size} notices: {seconds[size]:.1f} s",
                f"{size} notices, nothing changed: {again / seconds[size]:.3f} of a full build (bar {AGAIN_BAR})",
                f"{size} notices: search index of {index / 1000:.0f} kB",
            ]
    few, many = seconds.values()
    return [*lines, f"from {' to '.join(map(str, ROUNDS))} notices: {many / few:.2f} times the time (bar {GROWTH_BAR})"]


def _content(folder: Path, size: int) -> None:
    shutil.copytree(ROOT / "content", folder)
    insurers = folder / "insurers.yml"
    insurers.write_text(BRANCHES.sub("", insurers.read_text(encoding="utf-8")), encoding="utf-8")
    for first in range(0, size, NOTICES_A_FILE):
        year = 2016 + first // NOTICES_A_FILE % 10
        notices = (NOTICE.format(number=number, year=year) for number in range(first + 1, first + NOTICES_A_FILE + 1))
        (folder / "notices" / f"bench-{first:05}.yml").write_text("notices:\n" + "".join(notices), encoding="utf-8")


def _build(folder: Path) -> float:
    tenday = [sys.executable, "-c", "from tenday.cli import main; main()", "build", "--today", TODAY]
    return _seconds([*tenday, "--content", folder / "content", "--site-dir", folder / "site"])


def _bare(folder: Path) -> float:
    settings = folder / "site.work" / "mkdocs.yml"
    return _seconds([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", settings])


def _seconds(command: list[str | Path]) -> float:
    start = time.perf_counter()
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start
