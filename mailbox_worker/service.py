"""`tenday mail run`: the pass for ever, as a service that stops cleanly within five seconds at any moment.

Receives a desk, a clock and a stop; hands on one line of JSON a pass that did something, for a journal. Lines hold
counts and the names of troubles, never an address, a number or a name of a person.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event
from types import FrameType
from typing import Any

from mailbox_worker.desk import Desk
from mailbox_worker.heartbeat import beat
from mailbox_worker.intake.take_in import wait_for_mail
from mailbox_worker.ledger.clock import check_clock
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.loop import Tick, tick
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.mail.words import words
from mailbox_worker.reply.second_channel import ring

LONGEST_PAUSE = 900  # seconds between passes while a server or the ledger is in trouble
SHORTEST_PAUSE = 1  # seconds; what ends sooner has not waited
GRACE = 2.0  # seconds for a pass to come to its own end; then it is broken off, which is as harmless as a crash
AGAIN = 1.0  # seconds after which what is left of it is broken off once more


class BrokenOff(KeyboardInterrupt):  # asyncio would swallow any other between two of its steps
    """The pass did not end within the grace; nothing but the service itself may catch this."""


def run(desk: Desk, clock: Callable[[], datetime], stop: Event, write: Callable[[str], None]) -> None:
    """Repeat the pass until told to stop; a trouble is said once when it comes and once when it goes."""
    said: set[str] = set()
    in_a_row = 0
    while not stop.is_set():
        started = time.monotonic()
        counts, found = _one_pass(desk, clock, stop, said)
        for line in _lines(clock(), counts, found, said, time.monotonic() - started):
            write(json.dumps(line, ensure_ascii=False))
        said = found
        in_a_row = in_a_row + 1 if found else 0
        _wait(desk, stop, in_a_row)
    write(json.dumps({"at": clock().isoformat(timespec="seconds"), "event": "stopped"}))


def _one_pass(desk: Desk, clock: Callable[[], datetime], stop: Event, said: set[str]) -> tuple[Tick | None, set[str]]:
    """Do a pass; gives its counts and what is to be said of it."""
    now = clock()
    try:
        check_clock(desk.ledger, now, after_pause=False)
        counts, troubles = tick(desk, now, stopping=stop.is_set)
    except LedgerBusy as busy:  # locked, full, read-only, a wrong clock: nothing was done; try again (F25)
        found = {str(busy)}
        if found - said:
            ring(desk.config, words("digest")["alarms"]["alarm:ledger"], desk.config.mailbox.address, now)
        return None, found
    beat(desk.config, now, troubles)
    return counts, {str(trouble) for trouble in troubles}


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


def _lines(
    at: datetime,
    counts: Tick | None,
    found: set[str],
    said: set[str],
    seconds: float,
) -> Iterator[dict[str, Any]]:
    stamp = at.isoformat(timespec="seconds")
    done = {name: count for name, count in counts.as_json().items() if count} if counts is not None else {}
    if done:
        yield {"at": stamp, "event": "pass", "seconds": round(seconds, 3), **done, "troubles": len(found)}
    for message in sorted(found - said):
        yield {"at": stamp, "event": "trouble", "message": message}
    for message in sorted(said - found):
        yield {"at": stamp, "event": "over", "message": message}


@contextmanager
def stopped_by_signals(stop: Event) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C set `stop`, and break the pass off when it has not ended within the grace."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.setitimer(signal.ITIMER_REAL, GRACE, AGAIN)

    def break_off(_number: int, _frame: FrameType | None) -> None:
        raise BrokenOff

    handlers = {signal.SIGTERM: ask, signal.SIGINT: ask, signal.SIGALRM: break_off}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    except BrokenOff:
        return  # what was begun is in the ledger, and is taken up by the next run
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
