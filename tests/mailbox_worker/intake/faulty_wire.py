"""A wire between the worker and an IMAP server on which things go wrong as a test says.

Receives the server's address; hands on a port of its own. What the worker sends goes through `sends`, what the server
answers through `answers`; each gives what really goes on, and raises Cut to end the connection.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    Through = Callable[[bytes], bytes]

PATIENCE = 20.0  # seconds that a thread may take to end


class Cut(Exception):  # noqa: N818 - an event, not an error
    """The connection ends here; `last` still reaches the worker."""

    def __init__(self, last: bytes = b"") -> None:
        super().__init__()
        self.last = last


class FaultyWire:
    """A TCP relay, open between `with` and its end; `answers` and `sends` may be changed while it is."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.answers: Through = bytes
        self.sends: Through = bytes
        self.connections = 0
        self.bytes_relayed = 0
        self.commands = 0
        self.heard: list[bytes] = []  # every command line of the worker, without its tag
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        for one in (self._listener, *self._open):
            _shut(one)
        for thread in self._threads:
            thread.join(PATIENCE)

    def heal(self) -> None:
        """Let everything through from now on."""
        self.answers = self.sends = bytes

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                worker, _ = self._listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(self._target, timeout=None)
            self.connections += 1
            self._open += [worker, server]
            self._start(self._relay, worker, server, "sends")
            self._start(self._relay, server, worker, "answers")

    def _relay(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.bytes_relayed += len(data)
                if direction == "sends":
                    self.commands += data.count(b"\r\n")
                    self.heard += [line.partition(b" ")[2] or line for line in data.splitlines()]
                try:
                    passed = getattr(self, direction)(data)
                except Cut as cut:
                    target.sendall(cut.last)
                    break
                target.sendall(passed)
        _shut(source)
        _shut(target)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
