"""A whole year of an office: 3,000 letters, faults, holidays, absences, downtime weeks, recounted by hand.

Receives nothing; hands on what was played and every complaint. Everything but the people is real; it takes some half an
hour, most of it the worker's own. The short form is `tests/journeys/test_year.py`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journeys.bureau_at_work import CLERK, DEPUTY, STAND_IN
from tests.journeys.year import YearPlan, play

WHOLE_YEAR = YearPlan(
    seed=2026,
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    letters=3_000,
    downtime=(
        (date(2026, 3, 30), date(2026, 4, 5)),
        (date(2026, 8, 10), date(2026, 8, 16)),
        (date(2026, 11, 23), date(2026, 11, 24)),
    ),
    absences=(
        (DEPUTY, date(2026, 3, 9), date(2026, 3, 15)),
        (CLERK, date(2026, 5, 11), date(2026, 5, 17)),
        (STAND_IN, date(2026, 7, 20), date(2026, 8, 2)),
    ),
    new_notice=date(2026, 12, 10),
)


def main() -> list[str]:
    """Play the year; gives what was played, and a line for each complaint."""
    memory = Path("/dev/shm")  # noqa: S108 - nothing secret, and gone at the end
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        played = play(WHOLE_YEAR, Path(folder))
    summary = (
        f"{played.letters:,} letters, {played.passes:,} passes ({played.faults} with a server in trouble), "
        f"{played.mails:,} mails; {played.late} late, {len(played.complaints)} complaints of the recount"
    )
    return [summary, *played.complaints]
