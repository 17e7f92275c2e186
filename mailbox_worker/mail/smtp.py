"""Handing mail over, by SMTP: the only file that talks to an SMTP server.

One transaction by hand: MAIL, RCPT of the recipient, RCPT of the witness, then, when the caller has committed
its mark, DATA. Every ending is an Outcome; nothing of aiosmtplib's leaks out. The witness is our own mailbox: a
copy that comes back proves that the server took the mail.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPTimeoutError,
)

from mailbox_worker.mail.tls import verified_context
from mailbox_worker.mail.troubles import NotAccepted, Unreachable

if TYPE_CHECKING:
    from asyncio import WriteTransport

FIRST_PERMANENT = 500


class Ending(StrEnum):
    """How an attempt ended; unknown means that the server may have taken the mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An ending and what the server said; `witnessed` tells whether a copy is on its way to our mailbox."""

    ending: Ending
    answer: str
    witnessed: bool = False


@dataclass(frozen=True, slots=True)
class SmtpLogin:
    """How to reach the submission server; security is tls, starttls or none."""

    host: str
    port: int
    security: str
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    timeout: int = 60

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
        smtp = await self._connected()
        try:
            await smtp.mail(sender)
            await smtp.rcpt(recipient)
        except UnicodeEncodeError:
            await self._reset()
            return Outcome(Ending.REFUSED, "the address is not ASCII")
        except SMTPResponseException as refused:
            await self._reset()
            return Outcome(_ending(refused.code), _said(refused))
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.LATER, type(broken).__name__)
        return await self._call_witness(smtp, witness)

    async def data(self, raw: bytes, *, witnessed: bool) -> Outcome:
        """Hand over the bytes; anything but a clear answer is unknown (F60)."""
        if self._smtp is None:
            return Outcome(Ending.LATER, "connection lost before DATA")
        try:
            response = await self._smtp.data(raw)
        except SMTPResponseException as refused:
            await self._reset()
            return Outcome(_ending(refused.code), _said(refused))
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.UNKNOWN, type(broken).__name__, witnessed)
        return Outcome(Ending.ACCEPTED, f"{response.code} {response.message}"[:200], witnessed)

    async def close(self) -> None:
        """Say goodbye; an error at QUIT changes nothing that was accepted (F61)."""
        if self._smtp is None:
            return
        transport = self._smtp.transport
        try:
            await self._smtp.quit()
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
        except SMTPResponseException:
            return False  # the citizen's mail matters more than the copy
        except (SMTPException, OSError) as broken:
            self._drop()
            return Outcome(Ending.LATER, type(broken).__name__)
        return True

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
            if login.username is not None:
                await smtp.login(login.username, login.password or "")
        except SMTPAuthenticationError:
            smtp.close()
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


def _ending(code: int) -> Ending:
    return Ending.REFUSED if code >= FIRST_PERMANENT else Ending.LATER


def _said(refused: SMTPResponseException) -> str:
    return f"{refused.code} {refused.message}"[:200]
