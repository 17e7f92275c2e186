"""Handing mail over, by SMTP: the only file that talks to an SMTP server.

One transaction by hand: MAIL, RCPT of the recipient, RCPT of the witness, then, when the caller has committed
its mark, DATA, the bytes, the final dot. Every ending is an Outcome that names the phase it came in; nothing of
aiosmtplib's leaks out. Until the dot is written the server cannot have taken the mail; after it, anything but a
clear answer is unknown (F60). The witness is our own mailbox: a copy that comes back proves that the server took
the mail.
"""

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponse,
    SMTPResponseException,
    SMTPTimeoutError,
)

from mailbox_worker.mail.throttling import is_throttling
from mailbox_worker.mail.tls import verified_context
from mailbox_worker.mail.troubles import NotAccepted, Unreachable

if TYPE_CHECKING:
    from asyncio import WriteTransport
    from collections.abc import Awaitable

GO_AHEAD, CLOSING, REFUSED_FOR_GOOD = 354, 421, 5
GOODBYE = 1  # seconds for a server to answer QUIT; nothing hangs on it
_PLAIN = re.compile(r"[!-~]+@[!-~]+")  # aiosmtplib would take the first address out of anything else
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
    """An ending, its phase and what the server said.

    `witnessed` tells whether a copy is on its way to our mailbox; `throttled` that the server wants us slower,
    whatever the mail.
    """

    ending: Ending
    phase: Phase
    answer: str
    witnessed: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class SmtpLogin:
    """How to reach the submission server; security is tls, starttls or none."""

    host: str
    port: int
    security: str
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    timeout: float = 60

    @property
    def name(self) -> str:
        """The server as messages name it."""
        return f"SMTP server {self.host}:{self.port}"


class Transport:
    """A kept connection; opened at the first mail, opened again when it broke."""

    def __init__(self, login: SmtpLogin) -> None:
        self._login = login
        self._smtp: SMTP | None = None

    async def address(self, sender: str, recipient: str, witness: str | None) -> Outcome | bool:
        """Open a transaction up to the last RCPT; gives whether the witness was taken, or how it ended before DATA.

        Raises Unreachable and NotAccepted when there is no connection to be had: nothing was tried then.
        """
        if not _PLAIN.fullmatch(recipient):
            return Outcome(Ending.REFUSED, Phase.RCPT, "the address is not one plain address in ASCII")
        fresh = self._smtp is None
        smtp = await self._connected()
        outcome = await self._ask(smtp.mail(sender), Phase.MAIL)
        if outcome is not None and self._smtp is None and not fresh:
            # A kept connection may have been closed by the server meanwhile; that says nothing about this mail.
            smtp = await self._connected()
            outcome = await self._ask(smtp.mail(sender), Phase.MAIL)
        if outcome is None:
            outcome = await self._ask(smtp.rcpt(recipient), Phase.RCPT)
        if outcome is not None:
            return outcome
        return await self._call_witness(smtp, witness)

    async def data(self, raw: bytes, *, witnessed: bool) -> Outcome:
        """Hand over the bytes; they must end with CRLF. What is not clear after the final dot is unknown (F60)."""
        smtp = self._smtp
        if smtp is None:
            return Outcome(Ending.LATER, Phase.DATA, "connection lost before DATA")
        try:
            go_ahead = await smtp.execute_command(b"DATA")
            if go_ahead.code != GO_AHEAD:
                return await self._answered(go_ahead, Phase.DATA)
            await self._write(smtp, raw)
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.LATER, Phase.BYTES, type(broken).__name__)
        if not smtp.is_connected:
            self._drop()
            return Outcome(Ending.LATER, Phase.BYTES, "connection lost before the final dot")
        try:
            taken = await smtp.execute_command(b".")
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.UNKNOWN, Phase.DOT, type(broken).__name__, witnessed)
        return await self._answered(taken, Phase.DOT, witnessed=witnessed)

    async def close(self) -> None:
        """Say goodbye; an error at QUIT changes nothing that was accepted (F61)."""
        if self._smtp is None:
            return
        transport = self._smtp.transport
        try:
            await self._smtp.quit(timeout=min(self._login.timeout, GOODBYE))
        except (SMTPException, OSError):
            self._drop()
        self._smtp = None
        if transport is not None:
            # The goodbye is said; a TLS connection would otherwise linger until its own goodbye is answered.
            cast("WriteTransport", transport).abort()
            await asyncio.sleep(0)

    async def _call_witness(self, smtp: SMTP, witness: str | None) -> Outcome | bool:
        if witness is None:
            return False
        try:
            await smtp.rcpt(witness)
        except SMTPResponseException as refused:
            if refused.code != CLOSING and refused.code > 0:
                return False  # the citizen's mail matters more than the copy
            self._drop()
            return Outcome(Ending.LATER, Phase.WITNESS, _said(refused.code, refused.message))
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.LATER, Phase.WITNESS, type(broken).__name__)
        return True

    async def _ask(self, command: "Awaitable[SMTPResponse]", phase: Phase) -> Outcome | None:
        """Send a command before DATA; None when it was agreed to."""
        try:
            await command
        except SMTPResponseException as refused:
            return await self._answered(SMTPResponse(refused.code, refused.message), phase)
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.LATER, phase, type(broken).__name__)
        return None

    async def _answered(self, response: SMTPResponse, phase: Phase, *, witnessed: bool = False) -> Outcome:
        """Read a final answer of any phase; leaves the connection ready for the next mail, or dropped."""
        code, answer = response.code, _said(response.code, response.message)
        throttled = is_throttling(code, response.message)
        match code // 100:
            case 2 if phase is Phase.DOT:
                return Outcome(Ending.ACCEPTED, phase, answer, witnessed)
            case 5 if not throttled:
                ending = Ending.REFUSED
            case 4 | 5:
                ending = Ending.LATER
            case _:  # no answer of this protocol: what it means after the dot nobody knows
                ending = Ending.UNKNOWN if phase is Phase.DOT else Ending.LATER
                self._drop()
        if code == CLOSING or throttled:
            self._drop()
        else:
            await self._reset()
        return Outcome(ending, phase, answer, witnessed and ending is Ending.UNKNOWN, throttled)

    async def _write(self, smtp: SMTP, raw: bytes) -> None:
        """Write everything but the final dot, and wait until the server's side has taken it (all but a buffer)."""
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        if smtp.protocol is None:
            raise ConnectionResetError("connection lost")
        smtp.protocol.write(stuffed)
        # aiosmtplib has the standard library's flow control and no public way to wait for it; a StreamWriter around
        # its protocol would close the connection when it is collected.
        await asyncio.wait_for(smtp.protocol._drain_helper(), self._login.timeout)  # noqa: SLF001

    async def _connected(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        login = self._login
        context = None if login.security == "none" else verified_context(login.ca_file)
        smtp = SMTP(
            hostname=login.host,
            port=login.port,
            timeout=login.timeout,
            use_tls=login.security == "tls",
            start_tls=login.security == "starttls",
            tls_context=context,
        )
        try:
            await smtp.connect()
            await smtp.ehlo()  # else it would be said with the first MAIL, and its failure be taken for that mail's
            if login.username is not None:
                await smtp.login(login.username, login.password or "")
        except SMTPAuthenticationError as refused:
            smtp.close()
            if refused.code // 100 != REFUSED_FOR_GOOD:
                raise Unreachable(
                    f"{login.name}: no login now ({refused.code}); tried again at the next pass"
                ) from None
            raise NotAccepted(
                f"{login.name}: user name or password not accepted; check username and password_env or password_file"
            ) from None
        except SMTPNotSupported as lacking:
            smtp.close()
            raise NotAccepted(f"{login.name}: {lacking}; check security") from None
        except (SMTPException, OSError) as broken:
            smtp.close()
            if "certificate" in str(broken).lower():
                raise NotAccepted(f"{login.name}: TLS refused ({broken}); check host, security and ca_file") from None
            waited = " in time" if isinstance(broken, SMTPTimeoutError) else ""
            raise Unreachable(f"{login.name}: cannot be reached{waited}; tried again at the next pass") from None
        self._smtp = smtp
        return smtp

    async def _reset(self) -> None:
        if self._smtp is None:
            return
        try:
            await self._smtp.rset()
        except (SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        # A late answer on this connection would be read as the answer to the next command (F68).
        if self._smtp is not None:
            if self._smtp.transport is not None:
                cast("WriteTransport", self._smtp.transport).abort()
            self._smtp.close()
        self._smtp = None


def _said(code: int, message: str) -> str:
    return f"{code} {message}"[:LONGEST_ANSWER]
