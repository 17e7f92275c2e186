"""How handing a mail over can end, and what a server's answer means for it.

Pure. Receives the code and text of an answer and the phase it came in; hands on an Outcome. Until the final dot is
written the server cannot have taken the mail; after it, anything but a clear answer is unknown (F60).
"""

from dataclasses import dataclass
from enum import StrEnum

from mailbox_worker.mail.throttling import is_throttling

CLOSING = 421  # the server ends the session: no more can be said on this connection
LONGEST_ANSWER = 200  # characters of a server's answer that are kept


class Ending(StrEnum):
    """How an attempt ended; unknown means that the server may have taken the mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """Where in the transaction it ended."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    WITNESS = "RCPT of the witness"
    DATA = "DATA"
    BYTES = "before the final dot"
    DOT = "after the final dot"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An ending, its phase and what the server said; `throttled`: the server wants us slower, whatever the mail."""

    ending: Ending
    phase: Phase
    answer: str
    throttled: bool = False


def ended(code: int, message: str, phase: Phase) -> Outcome:
    """Read an answer that ends the attempt."""
    throttled = is_throttling(code, message)
    match code // 100:
        case 2 if phase is Phase.DOT:
            ending = Ending.ACCEPTED
        case 5 if not throttled:
            ending = Ending.REFUSED
        case 4 | 5:
            ending = Ending.LATER
        case _:  # no answer of this protocol: what it means after the dot nobody knows
            ending = Ending.UNKNOWN if phase is Phase.DOT else Ending.LATER
    return Outcome(ending, phase, said(code, message), throttled)


def said(code: int, message: str) -> str:
    """Give what is kept of an answer."""
    return f"{code} {message}"[:LONGEST_ANSWER]
