"""Run one pass of the worker in a process of its own that kills itself at a chosen step.

Receives a configuration, a time and the number of a step; hands on how many steps the pass took, or that it was
killed. The worker's code is not touched: in that process alone, what the libraries do to disk and wire says first that
it is about to be done. `a_whole_pass` counts commits, moves and SMTP commands, which is all that leaves something
behind; `intake_alone` every IMAP command as it is sent and as it is answered, and every commit before and after.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from contextlib import closing, contextmanager
from functools import cache, wraps
from imaplib import IMAP4
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtplib import SMTP
from imapclient import IMAPClient
from sqlalchemy.engine import Connection

from bureau.content import load_content
from mailbox_worker import loop
from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.intake.take_in import take_in
from mailbox_worker.ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from multiprocessing.connection import Connection as Pipe

    Job = Callable[[Desk, datetime, int | None], int | str]

# SQLAlchemy's commit is where a transaction becomes true. Killed before the n-th, the n-1 before it stand. aiosmtplib
# sends MAIL, every RCPT, DATA and the final dot by the one function; imapclient moves by the other.
EDGES = ((Connection, "_commit_impl"), (SMTP, "execute_command"), (IMAPClient, "move"))
# imaplib sends a command in the one and reads its answer in the other: entered and left, these are all moments between.
WIRE = ((IMAP4, "_command"), (IMAP4, "_command_complete"), (Connection, "_commit_impl"))

KILLED, NOT_REACHED = -1, -2


class _Steps:
    """Counts steps, and kills the process at one of them."""

    def __init__(self, kill_at: int | None) -> None:
        self.count, self.kill_at = 0, kill_at

    def step(self) -> None:
        """Be killed, or go on."""
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


class WarmWorker:
    """A process that has done it all before: an undisturbed pass runs in it, one to be killed in a fork of it."""

    def __init__(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, job), daemon=True)
        self._process.start()
        theirs.close()

    def close(self) -> None:
        """End the process."""
        self._ours.send(None)
        self._process.join(30)
        self._ours.close()

    def one_pass(self, config: Path, now: datetime, kill_at: int | None = None) -> int:
        """Run a pass; gives the steps it took, KILLED, or NOT_REACHED. Any other ending fails the test."""
        self._ours.send((config, now, kill_at))
        assert self._ours.poll(60), "the worker's pass does not end"
        result = self._ours.recv()
        assert isinstance(result, int), result
        return result


def _serve(pipe: Pipe, job: Job) -> None:
    while (order := pipe.recv()) is not None:
        config, now, kill_at = order
        if kill_at is None:
            pipe.send(_pass(job, config, now, None))
            continue
        child = os.fork()
        if child == 0:
            os._exit(0 if isinstance(_pass(job, config, now, kill_at), int) else 1)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            pipe.send(KILLED)
        else:
            pipe.send(NOT_REACHED if status == 0 else "the pass to be killed ended badly")


def _pass(job: Job, config: Path, now: datetime, kill_at: int | None) -> int | str:
    try:
        settings = load_config(config)
        with closing(open_ledger(settings.ledger)) as ledger:
            return job(Desk(settings, _content(settings.content), ledger), now, kill_at)
    except Exception:  # noqa: BLE001 - the test must see what went wrong in the other process
        return traceback.format_exc()


_content = cache(lambda path: load_content(Path(path)))


def a_whole_pass(desk: Desk, now: datetime, kill_at: int | None) -> int | str:
    """Do what `tick` does; gives the steps it took, or what the servers refused."""
    with _watching(EDGES, kill_at) as steps:
        _, troubles = loop.tick(desk, now)
    return f"trouble: {troubles}" if troubles else steps.count


def intake_alone(desk: Desk, now: datetime, kill_at: int | None) -> int | str:
    """Do intake's part of a pass; gives the steps it took, or what the server refused."""
    with _watching(WIRE, kill_at, also_after=True) as steps:
        taken = take_in(desk, now, lambda _done, _of: None)
    return f"trouble: {taken.troubles}" if taken.troubles else steps.count


@contextmanager
def _watching(
    edges: tuple[tuple[type, str], ...], kill_at: int | None, *, also_after: bool = False
) -> Iterator[_Steps]:
    steps = _Steps(kill_at)
    originals = [(owner, name, getattr(owner, name)) for owner, name in edges]
    for owner, name, original in originals:
        setattr(owner, name, _announced(original, steps, also_after=also_after))
    try:
        yield steps
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _announced(function: Callable[..., Any], steps: _Steps, *, also_after: bool) -> Callable[..., Any]:
    """Give the function with a step before it, and one after it where asked, however it ends."""

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        steps.step()
        try:
            return function(*arguments, **named)
        finally:
            if also_after:
                steps.step()

    return call
