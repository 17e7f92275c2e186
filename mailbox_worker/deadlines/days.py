"""What a day asks of a letter. Pure: from the letter's dates and state to named actions.

Each action carries the day that it hangs on, so that doing it twice, or after missed days, does it once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bureau.promise import Due, Promise, reminder_days
from bureau.workdays import Workdays
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.vocabulary import LetterState

WEEK = timedelta(days=7)
CLOSES_AFTER = timedelta(days=30)  # without a bounce or an open follow-up (contract)
# A letter that continues another is open until it stands in one of these.
DONE = frozenset({LetterState.ANSWERED, LetterState.CLOSED, LetterState.SET_ASIDE})


class Action(StrEnum):
    """What is to be done about a letter."""

    REMIND = "remind"
    WARN = "warn"  # the director, on 办理时限: before it is late
    PRESS = "press"  # whose turn it is, once it is late, and again each week
    ESCALATE = "escalate"  # the director, at the same times
    WHY_LATE = "why-late"  # the leader who answers for it, at the same times: one line, 超期原因
    DUE_CHANGED = "due-changed"


@dataclass(frozen=True, slots=True)
class Asked:
    """An action and the day it hangs on."""

    action: Action
    on: date


def asked_of(letter: Letter, received_on: date, today: date, promise: Promise, workdays: Workdays) -> list[Asked]:
    """Tell what an unanswered letter asks for today.

    After missed days only the newest reminder is asked for: three at once help nobody. An approved letter is the
    worker's, so that nobody is reminded of it; the director is told of it all the same. A late letter is pressed for
    week after week until it is answered: whoever overlooked one mail is not left alone with it.
    """
    asked = []
    if today > letter.due_on:
        on = _pressed_on(letter.due_on, today)
        if letter.state is not LetterState.APPROVED:
            asked.append(Asked(Action.PRESS, on))
        return [*asked, Asked(Action.ESCALATE, on), *why_late(letter, today, today)]
    past = [day for day in reminder_days(dates_of(letter, received_on), promise, workdays) if day <= today]
    if past and letter.state is not LetterState.APPROVED:
        asked.append(Asked(Action.REMIND, past[-1]))
    if today >= letter.work_by > received_on:
        asked.append(Asked(Action.WARN, letter.work_by))
    return asked


def _pressed_on(due_on: date, today: date) -> date:
    """Give the day that pressing hangs on: the due date, then each Monday: a week's late letters make one mail."""
    monday = today - timedelta(days=today.weekday())
    return monday if monday - due_on >= WEEK else due_on


def why_late(letter: Letter, day: date, today: date) -> list[Asked]:
    """Ask for the reason of a letter that was late on `day`, of its answer or today, weekly until it is known."""
    if letter.late_reason or day <= letter.due_on:
        return []
    return [Asked(Action.WHY_LATE, _pressed_on(letter.due_on, today))]


def dates_of(letter: Letter, received_on: date) -> Due:
    """Give a letter's dates as the promise reckons them; how they came about is not asked here."""
    return Due(
        received_on=received_on,
        due_on=letter.due_on,
        work_by=letter.work_by,
        days=(letter.due_on - received_on).days,
        counting="calendar",
        provisional=letter.provisional,
        table=letter.workday_table,
    )


def may_close(answered_on: date, today: date, *, continued: bool) -> bool:
    """Tell whether an answered letter has rested long enough; `continued`: a letter that follows it is open."""
    return today - answered_on >= CLOSES_AFTER and not continued
