"""What a proof receives and what it hands on: who was asked, and the verdict that is stored with a decision."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that a mail answers.

    From the last `doctor --probe`: `position` is where the pinned field of a genuine mail stood, None before a probe;
    `fooled` says that our server's field stood on a forged one.
    """

    person: str
    token_digest: str
    since: datetime
    until: datetime
    position: int | None = None
    fooled: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Proved or not, by which method, with the result that decided; `reason` names a key of the refusal's catalog.

    `header` is the field that proved it, as it stood in the mail.
    """

    proved: bool
    method: str
    evidence: str
    reason: str | None = None
    header: str = ""


def refused(method: str, reason: str, evidence: str, header: str = "") -> Verdict:
    """Give the verdict of a proof that does not hold."""
    return Verdict(proved=False, method=method, evidence=evidence, reason=reason, header=header)


def is_own_domain(address: str, own: str) -> bool:
    """Tell whether an address is of the office's own domain or of a host below it: there, only the account proves."""
    domain = address.rpartition("@")[2].lower()
    return domain == own or domain.endswith("." + own)
