"""An SMTP server that fails where and how a test says: at any phase, with a code, a cut, a reset, silence or nonsense.

Receives a script, phase -> what to do there; hands on the port and every mail that it has answered 250. It speaks just
enough SMTP for one client at a time and knows no addresses: the second RCPT of a mail is the witness's.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
CUT, RESET, STALL, GARBAGE, LATE = "cut", "reset", "stall", "garbage", "late"
PHASES = ("connect", "ehlo", "mail", "rcpt", "witness", "data", "bytes", "dot", "rset", "quit")
USUAL = {
    "connect": "220 failing.example ESMTP",
    "ehlo": "250 failing.example",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "witness": "250 2.1.5 Ok",
    "data": "354 go ahead",
    "dot": "250 2.0.0 Ok: queued",
    "rset": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
}
_A_FEW_BYTES = 20


class _Over(Exception):  # noqa: N818 - this connection has ended, as it was told to
    """The connection is gone."""


class FailingSmtp:
    """The server, running between `with` and its end.

    `script` says, for phases of PHASES, an answer line, or CUT (closed), RESET (RST), STALL (never an answer), GARBAGE
    (no SMTP), LATE (the usual answer, once the client has given up). `times` failures, then all is well; None: always.
    The first `spared` are none.
    """

    def __init__(self, script: Mapping[str, str], times: int | None = None, spared: int = 0) -> None:
        assert set(script) <= set(PHASES)
        self.script, self.times, self.spared = dict(script), times, spared
        self.taken: list[bytes] = []
        self.connections = 0
        self.commands: list[str] = []
        self._stopping = threading.Event()
        self._listening = socket.create_server((HOST, 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="failing-smtp", daemon=True)
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def hang_up(self) -> None:
        """Close the connections there are, as a server does with idle ones."""
        for connection in tuple(self._open):  # a client may come back meanwhile
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            with connection, contextlib.suppress(OSError, _Over):
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        self._do(connection, "connect")
        recipients = 0
        with connection.makefile("rb") as lines:
            while line := lines.readline():
                verb = line.split()[0].upper().decode("ascii", "replace") if line.split() else ""
                self.commands.append(verb)
                if verb == "DATA":
                    if self._do(connection, "data").startswith("354"):
                        self._take(connection, lines)
                    continue
                phase = {"EHLO": "ehlo", "MAIL": "mail", "RSET": "rset", "QUIT": "quit"}.get(verb, "")
                recipients = 0 if phase == "mail" else recipients
                if verb == "RCPT":
                    recipients += 1
                    phase = "rcpt" if recipients == 1 else "witness"
                self._do(connection, phase)

    def _take(self, connection: socket.socket, lines: object) -> None:
        received = b""
        if "bytes" in self.script and self._fails():
            connection.recv(_A_FEW_BYTES)
            self._end(connection, self.script["bytes"])
        while (line := lines.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]  # a buffered reader
            received += line
        answer = self._next("dot")
        if answer[0] == "2" or answer in (CUT, RESET, STALL, GARBAGE, LATE):
            self.taken.append(received)  # the worst case: the mail is in the queue, and the client does not learn it
        self._answer(connection, answer)

    def _do(self, connection: socket.socket, phase: str) -> str:
        return self._answer(connection, self._next(phase))

    def _next(self, phase: str) -> str:
        """Give what happens at this phase now: the script's action while it lasts, else the usual answer."""
        return self.script[phase] if phase in self.script and self._fails() else USUAL[phase]

    def _answer(self, connection: socket.socket, answer: str) -> str:
        if answer[0].isdigit():
            self._say(connection, answer)
            return answer
        self._end(connection, answer)
        return ""

    def _fails(self) -> bool:
        if self.spared:
            self.spared -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0

    def _say(self, connection: socket.socket, line: str) -> None:
        connection.sendall(line.encode() + b"\r\n")

    def _end(self, connection: socket.socket, action: str) -> None:
        if action == RESET:
            # Linger of zero seconds: close() then sends RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif action in (STALL, LATE):
            connection.recv(1 << 20)  # until the client gives up
            if action == LATE:
                self._say(connection, USUAL["dot"])
        elif action == GARBAGE:
            self._say(connection, "HTTP/1.1 400 Bad Request")
        if action != RESET:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        raise _Over
