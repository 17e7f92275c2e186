"""How much may go out on a day: a brake against loops and floods, apart for each kind of mail.

Receives what was handed over today; hands on, mail by mail, whether the next may go. What machines write to writers is
held tightly (a forged sender must not turn the office into a cannon, F54); staff mail and signed replies have their
own, wide budgets, so that nobody else's flood holds them back (THREATS: brakes as a denial of service).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from mailbox_worker.ledger.vocabulary import Audience, MailKind


@dataclass(frozen=True, slots=True)
class Limits:
    """Mails a day: to one address, to one domain, in all; None where there is no such limit."""

    address: int | None
    domain: int | None
    total: int


# The second and third run to everything that an office of this kind can mean to send on one day.
LIMITS = {
    "machine": Limits(20, 1_000, 5_000),
    "reply": Limits(None, None, 5_000),
    "staff": Limits(None, None, 5_000),
}


@dataclass
class Budget:
    """The day's counts so far."""

    spent: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Iterable[Row[Any]]) -> "Budget":
        """Begin with what was handed over since the day began: rows of kind, audience, recipient, mails."""
        budget = cls()
        for row in rows:
            budget.spend(row.kind, row.audience, row.recipient, row.mails)
        return budget

    def spend(self, kind: str, audience: str, recipient: str, mails: int = 1) -> None:
        """Count mails that went out."""
        purse = _purse(kind, audience)
        for name in _names(recipient):
            self.spent[purse, name] += mails

    def allows(self, kind: str, audience: str, recipient: str) -> bool:
        """Tell whether one more mail of this kind may go to this recipient today."""
        purse = _purse(kind, audience)
        limits = LIMITS[purse]
        address, domain, total = _names(recipient)
        asked = ((address, limits.address), (domain, limits.domain), (total, limits.total))
        return all(limit is None or self.spent[purse, name] < limit for name, limit in asked)


def _purse(kind: str, audience: str) -> str:
    if kind == MailKind.REPLY:
        return "reply"
    return "staff" if audience == Audience.STAFF else "machine"


def _names(recipient: str) -> tuple[str, str, str]:
    address = recipient.lower()
    return address, address.rpartition("@")[2], ""
