"""One pass through the stages, and the loop that repeats it.

tick() carries every mail that is there at its start to the last outgoing mail that follows from it. The stages
meet only in the ledger. What a server refuses is reported after all else is done.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Event

from mailbox_worker.deadlines.watching import watch
from mailbox_worker.desk import Desk
from mailbox_worker.intake.receive import Progress
from mailbox_worker.intake.sorting import QUARANTINED
from mailbox_worker.intake.take_in import Intake, take_in, wait_for_mail
from mailbox_worker.ledger.clock import check_clock
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.ledger.vocabulary import Disposition, OutboxState
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import settle_unknown
from mailbox_worker.sign_off.answers import handle_answers
from mailbox_worker.statistics.publishing import publish

LONGEST_PAUSE = 900  # seconds between passes while a server or the ledger is in trouble
SHORTEST_PAUSE = 1  # seconds; what ends sooner has not waited


@dataclass(frozen=True, slots=True)
class Tick:
    """The counts of one pass (contract); logged = the dispositions + quarantined."""

    fetched: int
    logged: int
    letters: int
    follow_ups: int
    answers: int
    feedback: int
    own_copies: int
    bounces: int
    automatic: int
    duplicates: int
    to_person: int
    quarantined: int
    accepted: int
    later: int
    refused: int
    unknown: int
    held: int

    def as_json(self) -> dict[str, int]:
        """Give the contract's document."""
        return asdict(self)


def tick(desk: Desk, now: datetime, progress: Progress | None = None) -> tuple[Tick, list[ServerTrouble]]:
    """Do one pass; gives its counts and what the servers refused. Raises LedgerBusy when another pass is running."""
    with desk.ledger.alone():
        return _stages(desk, now, progress or _silent)


def _stages(desk: Desk, now: datetime, progress: Progress) -> tuple[Tick, list[ServerTrouble]]:
    """Run the stages in their order, each from the ledger."""
    take_up_after_crash(desk, now)
    taken = take_in(desk, now, progress)
    handle_answers(desk, now)
    sent = settle_unknown(desk, now)
    watch(desk, now)
    make_planned(desk, now)
    endings, trouble = send_due(desk, now)
    troubles = taken.troubles + ([trouble] if trouble is not None else [])
    sent += endings + settle_unknown(desk, now)
    publish(desk, now)
    return _counts(taken.fetched, taken.sorted, sent), troubles


def counts_of(taken: Intake) -> Tick:
    """Give the counts of a pass that only took in."""
    return _counts(taken.fetched, taken.sorted, Counter())


def _silent(_done: int, _of: int) -> None:
    """Say nothing of how far it is."""


def run(desk: Desk, clock: Callable[[], datetime], stop: Event, report: Callable[[str], None]) -> None:
    """Repeat the pass until told to stop; a server's trouble is said once and tried again at the next pass."""
    said: set[str] = set()
    in_a_row = 0
    while not stop.is_set():
        found, quiet = _one_pass(desk, clock())
        for message in sorted(found - said):
            report(message)
        for message in sorted(said - found):
            report(f"over: {message}")
        said = found
        in_a_row = 0 if quiet else in_a_row + 1
        _wait(desk, stop, in_a_row)


def _one_pass(desk: Desk, now: datetime) -> tuple[set[str], bool]:
    """Do a pass; gives what is to be said, and whether it went without trouble."""
    try:
        check_clock(desk.ledger, now, after_pause=False)
        _, troubles = tick(desk, now)
    except LedgerBusy as busy:  # locked, full, read-only, a wrong clock: nothing was done; try again (F25)
        return {str(busy)}, False
    return {str(trouble) for trouble in troubles}, not troubles


def _wait(desk: Desk, stop: Event, failures: int) -> None:
    """Wait until something arrives or the next poll is due; after failures longer and longer, without asking."""
    pause = desk.config.mailbox.poll_seconds
    if failures:
        stop.wait(min(pause * 2 ** min(failures - 1, 10), max(pause, LONGEST_PAUSE)))
        return
    began = time.monotonic()
    with suppress(ServerTrouble):  # the next pass meets it again, and says it
        wait_for_mail(desk, pause, stop.is_set)
    if not stop.is_set() and (time.monotonic() - began) < SHORTEST_PAUSE:
        stop.wait(pause)  # no IDLE here, or one that ended at once


def _counts(fetched: int, arrived: Counter[str], sent: Counter[str]) -> Tick:
    return Tick(
        fetched=fetched,
        logged=sum(arrived[kind] for kind in (*Disposition, QUARANTINED)),
        letters=arrived[Disposition.LETTER],
        follow_ups=arrived[Disposition.FOLLOW_UP],
        answers=arrived[Disposition.ANSWER],
        feedback=arrived[Disposition.FEEDBACK],
        own_copies=arrived[Disposition.OWN_COPY],
        bounces=arrived[Disposition.BOUNCE],
        automatic=arrived[Disposition.AUTOMATIC],
        duplicates=arrived[Disposition.DUPLICATE],
        to_person=arrived[Disposition.TO_PERSON],
        quarantined=arrived[QUARANTINED],
        accepted=sent[OutboxState.ACCEPTED],
        later=sent[OutboxState.LATER],
        refused=sent[OutboxState.REFUSED],
        unknown=sent[OutboxState.UNKNOWN],
        held=sent[OutboxState.HELD],
    )
