"""Whether the worker's figures are older than the office said they would be: what the banner tells readers."""

from dataclasses import dataclass
from datetime import date, timedelta

from bureau.content import Content
from generator.subscriptions.items import last_day


@dataclass(frozen=True, slots=True)
class Stale:
    """The figures stand as of this day, though they were to be brought up to date every so many days."""

    as_of: date
    every_days: int


def stale_figures(content: Content, today: date) -> Stale | None:
    """Compare the newest figures of the worker with what releases.yml states; None when they are as fresh as stated."""
    if content.releases is None or not content.published:
        return None
    as_of = max(last_day(figures.as_of) for figures in content.published)
    every = content.releases.mailbox_figures_days
    return Stale(as_of, every) if today - as_of > timedelta(days=every) else None
