"""Run one pass of the worker in a process of its own that kills itself at a chosen step.

Receives a configuration, a time and the number of a step; hands on how many steps the pass took, or that it was
killed. The worker's code is not touched: the interpreter's profile hook watches which of its functions are
entered and left.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from bureau.content import load_content
from mailbox_worker import loop
from mailbox_worker.config import load_config
from mailbox_worker.deadlines.watching import watch
from mailbox_worker.desk import Desk
from mailbox_worker.intake.file_away import file_away
from mailbox_worker.intake.receive import receive
from mailbox_worker.intake.sorting import sort_arrivals
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.mail.imap import Mailbox
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import settle_unknown
from mailbox_worker.sign_off.answers import handle_answers
from mailbox_worker.statistics.publishing import publish

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.connection import Connection as Pipe
    from types import CodeType, FrameType

STAGES = (
    take_up_after_crash,
    receive,
    sort_arrivals,
    file_away,
    handle_answers,
    settle_unknown,
    watch,
    make_planned,
    send_due,
    publish,
)
# SQLAlchemy's commit is where a transaction becomes true. Killed on entering the n-th, the n-1 before it stand.
EDGES = (Mailbox.move, Transport.address, Transport.data, Connection._commit_impl)  # noqa: SLF001
WATCHED: frozenset[CodeType] = frozenset(function.__code__ for function in (*STAGES, *EDGES))

KILLED = -1


class _Steps:
    """Counts entries into watched functions, and kills the process at one of them."""

    def __init__(self, kill_at: int | None) -> None:
        self.count, self.kill_at = 0, kill_at

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or frame.f_code not in WATCHED:
            return
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


class WarmWorker:
    """A process that has done it all before: an undisturbed pass runs in it, one to be killed in a fork of it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def close(self) -> None:
        """End the process."""
        self._ours.send(None)
        self._process.join(30)
        self._ours.close()

    def one_pass(self, config: Path, now: datetime, kill_at: int | None = None) -> int:
        """Run a pass; gives the steps it took, or KILLED. A pass that ends in any other way fails the test."""
        self._ours.send((config, now, kill_at))
        assert self._ours.poll(60), "the worker's pass does not end"
        result = self._ours.recv()
        assert isinstance(result, int), result
        return result


def _serve(pipe: Pipe) -> None:
    while (order := pipe.recv()) is not None:
        config, now, kill_at = order
        if kill_at is None:
            pipe.send(_pass(config, now, None))
            continue
        child = os.fork()
        if child == 0:
            os._exit(0 if isinstance(_pass(config, now, kill_at), int) else 1)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            pipe.send(KILLED)
        else:
            # It was not reached: the pass is over, and an idle one would count too little.
            pipe.send(f"step {kill_at} was not reached")


def _pass(config: Path, now: datetime, kill_at: int | None) -> int | str:
    steps = _Steps(kill_at)
    try:
        settings = load_config(config)
        with closing(open_ledger(settings.ledger)) as ledger:
            desk = Desk(settings, load_content(Path(settings.content)), ledger)
            sys.setprofile(steps)
            try:
                _, troubles = loop.tick(desk, now)
            finally:
                sys.setprofile(None)
    except Exception:  # noqa: BLE001 - the test must see what went wrong in the other process
        return traceback.format_exc()
    return steps.count if not troubles else f"trouble: {troubles}"
