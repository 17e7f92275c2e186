"""One pass through the stages.

tick() carries every mail that is there at its start to the last outgoing mail that follows from it. The stages
meet only in the ledger. What a server refuses is reported after all else is done; so is a fault of ours: a stage that
raises leaves its work in the ledger for the next pass, and holds back none of the others.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from mailbox_worker.deadlines.watching import watch
from mailbox_worker.desk import Desk
from mailbox_worker.intake.receive import Progress
from mailbox_worker.intake.sorting import QUARANTINED
from mailbox_worker.intake.take_in import Intake, take_in
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.ledger.vocabulary import Disposition, OutboxState
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.bounces import handle_bounces
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import alarm_for_stopped, settle_unknown
from mailbox_worker.reply.silence import ring_for_urgent, watch_over_silence
from mailbox_worker.sign_off.absences import ask_who_is_there
from mailbox_worker.sign_off.answers import handle_answers
from mailbox_worker.sign_off.lapsing import take_back_what_lapsed
from mailbox_worker.sign_off.parts import go_on_after_parts
from mailbox_worker.statistics.publishing import publish


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


def tick(
    desk: Desk, now: datetime, progress: Progress | None = None, stopping: Callable[[], bool] = lambda: False
) -> tuple[Tick, list[ServerTrouble]]:
    """Do one pass; gives its counts and what the servers refused. Raises LedgerBusy when another pass is running.

    `stopping` is asked between two mails that go out: when it says so, the rest waits for the next pass.
    """
    with desk.ledger.alone():
        return _stages(desk, now, progress or _silent, stopping)


def _stages(
    desk: Desk, now: datetime, progress: Progress, stopping: Callable[[], bool]
) -> tuple[Tick, list[ServerTrouble]]:
    """Run the stages in their order, each from the ledger."""
    faults: list[Exception] = []
    taken = Intake()
    take_up_after_crash(desk, now)
    with _kept_for_the_end(faults):
        taken = take_in(desk, now, progress)
    sent, trouble = carry_out(desk, now, lambda: send_due(desk, now, stopping), faults)
    troubles = taken.troubles + ([trouble] if trouble is not None else [])
    with _kept_for_the_end(faults):
        publish(desk, now)
    watch_over_silence(desk, now, troubles)
    if faults:
        raise faults[0]
    return _counts(taken.fetched, taken.sorted, sent), troubles


def carry_out(
    desk: Desk, now: datetime, send: Callable[[], tuple[Counter[str], ServerTrouble | None]], faults: list[Exception]
) -> tuple[Counter[str], ServerTrouble | None]:
    """Do all that lies between the two servers, up to the last outgoing mail that follows from what was taken in.

    `send` hands over what is due. What became of it can call for more mail at once: after a 阶段答复 the clerk is asked
    to go on, where a request was refused somebody else is asked. So it is called again while new mail was made for it;
    every mail is planned once under its own key, therefore this ends. `faults` takes what single stages raised.
    """
    for stage in (handle_answers, take_back_what_lapsed, handle_bounces):
        with _kept_for_the_end(faults):
            stage(desk, now)
    sent = settle_unknown(desk, now)
    for stage in (watch, ring_for_urgent):
        with _kept_for_the_end(faults):
            stage(desk, now)
    _make_what_follows(desk, now, faults)
    endings, trouble = send()
    sent += endings
    while trouble is None and _make_what_follows(desk, now, faults):
        endings, trouble = send()
        sent += endings
    return sent + settle_unknown(desk, now), trouble


def _make_what_follows(desk: Desk, now: datetime, faults: list[Exception]) -> int:
    """Plan what follows from how hand-overs ended and make all planned mail; gives how many were made."""
    for stage in (ask_who_is_there, go_on_after_parts, alarm_for_stopped):
        with _kept_for_the_end(faults):
            stage(desk, now)
    with _kept_for_the_end(faults):
        return make_planned(desk, now)
    return 0


@contextmanager
def _kept_for_the_end(faults: list[Exception]) -> Iterator[None]:
    """Put a stage's fault by until all others have run; a ledger that cannot be written ends the pass at once."""
    try:
        yield
    except (LedgerBusy, LedgerUnusable):
        raise
    except Exception as fault:  # noqa: BLE001 - raised again at the end of the pass
        faults.append(fault)


def counts_of(taken: Intake) -> Tick:
    """Give the counts of a pass that only took in."""
    return _counts(taken.fetched, taken.sorted, Counter())


def _silent(_done: int, _of: int) -> None:
    """Say nothing of how far it is."""


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
