"""The hotline days that are certain enough to be handed out: in calendars, as open data, on notices for the wall.

Days that a notice of the State Council still decides about are left out. A subscription must not promise what may be
withdrawn, and a printed sheet cannot be corrected: the pages show such days, marked 暂定.
"""

from datetime import date

from bureau.content import Content
from bureau.roster import RosterDay, roster


def certain_days(content: Content, today: date) -> tuple[RosterDay, ...]:
    """List every hotline day from the first rota to the end of the last announced year, oldest first."""
    years = content.workdays.years
    if not years:
        return ()
    rotas = (*content.hotline.rotas, *(insurer.rota for insurer in content.insurers))
    first = min(rota.start for rota in rotas)
    last = date(max(years), 12, 31)
    return tuple(day for day in roster(content, first, last, today) if not day.provisional)


def decided_on(content: Content, day: RosterDay, insurers: frozenset[str]) -> tuple[date, ...]:
    """List when the day was changed: swaps, exceptions and its cancellation, at the bureau and at these insurers.

    One date a change, so that their number can only grow: it is the SEQUENCE of a calendar entry (RFC 5545, 3.8.7.4).
    """
    involved = [insurer for insurer in content.insurers if insurer.id in insurers]
    every_swap = [*content.hotline.swaps, *(swap for one in involved for swap in one.swaps)]
    every_change = [*content.hotline.exceptions, *(change for one in involved for change in one.exceptions)]
    swaps = [swap.decided for swap in every_swap if day.day in swap.days]
    changes = [change.decided for change in every_change if change.day == day.day]
    return tuple(sorted([*swaps, *changes, *([day.cancelled.decided] if day.cancelled else [])]))
