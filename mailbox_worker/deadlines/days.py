"""What a day asks of a letter. Pure: from the letter's dates and state to named actions.

Each action carries the day that it hangs on, so that doing it twice, or after missed days, does it once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bureau.workdays import Workdays
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.vocabulary import LetterState

CLOSES_AFTER = timedelta(days=30)  # without a bounce or an open follow-up (contract)
# A letter that continues another is open until it stands in one of these.
DONE = frozenset({LetterState.ANSWERED, LetterState.CLOSED, LetterState.SET_ASIDE})


class Action(StrEnum):
    """What is to be done about a letter."""

    REMIND = "remind"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Asked:
    """An action and the day it hangs on."""

    action: Action
    on: date


def asked_of(letter: Letter, today: date, workdays: Workdays) -> Asked | None:
    """Tell what an open letter asks for today: a reminder the workday before 办理时限 and on it, escalation once late.

    After missed days only the newest is asked for: three reminders at once help nobody.
    """
    if letter.state not in (LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF):
        return None
    if today > letter.due_on:
        return Asked(Action.ESCALATE, letter.due_on)
    day_before = workdays.last_workday_until(letter.work_by - timedelta(days=1))
    if today >= letter.work_by:
        return Asked(Action.REMIND, letter.work_by)
    if today >= day_before:
        return Asked(Action.REMIND, day_before)
    return None


def may_close(answered_on: date, today: date, *, continued: bool) -> bool:
    """Tell whether an answered letter has rested long enough; `continued`: a letter that follows it is open."""
    return today - answered_on >= CLOSES_AFTER and not continued
