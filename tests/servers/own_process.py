"""Run a real server for a while: a folder of its own, a user who is not root, no process left behind.

Dovecot gives no mail to root and PostgreSQL refuses to run as root, so under root both run as Debian's
`nobody`. The folder is made by the system's temporary folder, not pytest's, into which that user could not
look.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_DEADLINE = 30.0  # seconds to start or to stop, on a machine that does other work as well


class _Identity(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[str | int] | None


def server_user() -> pwd.struct_passwd:
    """Return who the servers run as: whoever runs the tests, or `nobody` under root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def run_to_end(command: Sequence[str | Path]) -> None:
    """Run a command as the server's user; RuntimeError with its output when it fails."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=_DEADLINE,
        cwd="/",
        **_as_server_user(),
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """Give a fresh folder that belongs to the server's user, with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix=f"tenday-{name}-"))
    try:
        _hand_over(folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def write_for_server(path: Path, text: str) -> None:
    """Write a file that only the server's user can read."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    _hand_over(path)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    answers: Callable[[], bool],
    stop: signal.Signals,
    *,
    as_root: bool = False,
) -> Iterator[None]:
    """Run a server in the foreground from its first answer until the block is left, however it is left.

    `as_root` is for a server that changes its user by itself.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",  # the checkout may be closed to the server's user
            start_new_session=True,
            **(_Identity(user=None, group=None, extra_groups=None) if as_root else _as_server_user()),
        )
    try:
        _wait_until(answers, process, log)
        yield
    finally:
        _end(process, stop)


def free_ports(host: str, count: int) -> list[int]:
    """Return different ports on which nobody listens at the moment."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((host, 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            state = "did not answer" if process.poll() is None else f"ended with {process.returncode}"
            raise RuntimeError(f"{process.args!r} {state}:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.01)  # a short poll on a condition with a deadline


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    """End a server and all its helpers; they are one process group, as it began with a session of its own."""
    try:
        _signal_all(process, stop)
        process.wait(_DEADLINE)
    finally:
        _signal_all(process, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + _DEADLINE
        while _lives(process.pid) and time.monotonic() < deadline:
            time.sleep(0.002)  # a short poll on a condition with a deadline


def _signal_all(process: subprocess.Popen[bytes], which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, which)


def _lives(group: int) -> bool:
    """Say whether a process of this group still runs; a zombie does not."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended while we looked
            state, _, its_group = entry.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def _as_server_user() -> _Identity:
    if os.geteuid() != 0:
        return {"user": None, "group": None, "extra_groups": None}
    user = server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, server_user().pw_uid, server_user().pw_gid)
