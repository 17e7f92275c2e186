"""Two months of an office, through the Spring Festival, a week of downtime and an absence, recounted by hand.

The whole year with 3,000 letters is `tests/bench/year_bench.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journeys.bureau_at_work import DEPUTY
from tests.journeys.year import YearPlan, play

TWO_MONTHS = YearPlan(
    seed=20260205,
    first=date(2026, 2, 5),
    last=date(2026, 3, 20),
    letters=60,
    downtime=((date(2026, 3, 3), date(2026, 3, 9)),),
    absences=((DEPUTY, date(2026, 3, 11), date(2026, 3, 15)),),
    new_notice=date(2026, 3, 17),
    afterwards=timedelta(days=50),
)


def test_nothing_is_late_in_silence_nobody_is_told_twice_and_every_figure_is_as_counted_by_hand() -> None:
    memory = Path("/dev/shm")  # noqa: S108 - what it costs is thousands of commits, not what is written
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        played = play(TWO_MONTHS, Path(folder))
    assert played.complaints == []
    assert played.letters >= TWO_MONTHS.letters
    assert played.late > 0, "a play in which nothing is late proves nothing"
    assert played.faults > 0
