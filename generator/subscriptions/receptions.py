"""The reception days that are certain enough to be handed out, of the office and of every insurer.

Receives Content; hands on one Reception for each that receives people. Days that a notice of the State Council still
decides about are left out, as those of the hotline are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bureau.content import Content
from bureau.insurers import Insurer
from bureau.reception import ReceptionDay, ReceptionRule, reception_days


@dataclass(frozen=True, slots=True)
class Reception:
    """The days of one body from `start` to the end of the last announced year; the office's own has no insurer."""

    insurer: Insurer | None
    rule: ReceptionRule
    start: date
    days: tuple[ReceptionDay, ...]


def certain_receptions(content: Content) -> tuple[Reception, ...]:
    """List the office's own first, then the insurers' in their order."""
    years = content.workdays.years
    end = date(max(years), 12, 31) if years else date.min
    return tuple(
        Reception(insurer, rule, start, tuple(day for day in days if not day.provisional))
        for insurer, rule, start in _rules(content)
        if (days := reception_days(rule, content.workdays, start, end) if years else ())
    )


def _rules(content: Content) -> Iterator[tuple[Insurer | None, ReceptionRule, date]]:
    if content.receptions:
        yield None, content.receptions.rule, content.hotline.rotas[0].start
    for insurer in content.insurers:
        if insurer.reception:
            yield insurer, insurer.reception, insurer.rota.start
