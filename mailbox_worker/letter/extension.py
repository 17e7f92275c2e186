"""How far a 延期告知 moves a letter's due date. Pure; the promise says how long, and that it is possible once."""

from zoneinfo import ZoneInfo

from bureau.promise import Due, Promise, due, extended
from bureau.workdays import Workdays
from mailbox_worker.ledger.letters import Letter


def longer(letter: Letter, promise: Promise, days: int | None, workdays: Workdays, zone: ZoneInfo) -> Due:
    """Reckon the dates of an extended letter; without days, as long as the promise allows.

    Raises ValueError where the promise allows none, not this long, or no second one.
    """
    if letter.extended_days:
        raise ValueError(f"{letter.number} was extended already")
    most = promise.extension.days if promise.extension is not None else 0
    return extended(due(letter.received_at, promise, workdays, zone), promise, days or most, workdays)
