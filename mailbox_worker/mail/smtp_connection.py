"""A connection to an SMTP server: opened with TLS verified and a login, written to, ended.

Receives an SmtpLogin; hands on an open connection of aiosmtplib's. Raises Unreachable and NotAccepted, by the server's
name: nothing was tried then.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPNotSupported, SMTPTimeoutError

from mailbox_worker.mail.tls import verified_context
from mailbox_worker.mail.troubles import NotAccepted, Unreachable

if TYPE_CHECKING:
    from asyncio import WriteTransport

REFUSED_FOR_GOOD = 5
GOODBYE = 1  # seconds for a server to answer QUIT; nothing hangs on it


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


async def connect(login: SmtpLogin) -> SMTP:
    """Open a connection and log in."""
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
    except (SMTPException, OSError) as trouble:
        smtp.close()
        raise _named(login, trouble) from None
    return smtp


def _named(login: SmtpLogin, trouble: SMTPException | OSError) -> Unreachable | NotAccepted:
    """Say in one line what went wrong, and whether a person must mend it."""
    if isinstance(trouble, SMTPAuthenticationError):
        if trouble.code // 100 != REFUSED_FOR_GOOD:
            return Unreachable(f"{login.name}: no login now ({trouble.code}); tried again at the next pass")
        return NotAccepted(
            f"{login.name}: user name or password not accepted; check username and password_env or password_file"
        )
    if isinstance(trouble, SMTPNotSupported):
        return NotAccepted(f"{login.name}: {trouble}; check security")
    if "certificate" in str(trouble).lower():
        return NotAccepted(f"{login.name}: TLS refused ({trouble}); check host, security and ca_file")
    waited = " in time" if isinstance(trouble, SMTPTimeoutError) else ""
    return Unreachable(f"{login.name}: cannot be reached{waited}; tried again at the next pass")


async def write(smtp: SMTP, raw: bytes, timeout: float) -> None:  # noqa: ASYNC109 - the login's, for one write
    """Write everything but the final dot, and wait until the server's side has taken it (all but a buffer)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    if smtp.protocol is None:
        raise ConnectionResetError("connection lost")
    smtp.protocol.write(stuffed)
    # aiosmtplib has the standard library's flow control and no public way to wait for it; a StreamWriter around
    # its protocol would close the connection when it is collected.
    await asyncio.wait_for(smtp.protocol._drain_helper(), timeout)  # noqa: SLF001


def drop(smtp: SMTP) -> None:
    """Break a connection off: a late answer on it would be read as the answer to the next command (F68)."""
    if smtp.transport is not None:
        cast("WriteTransport", smtp.transport).abort()
    smtp.close()


async def say_goodbye(smtp: SMTP, timeout: float) -> None:  # noqa: ASYNC109 - the login's, for one command
    """Say QUIT; an error there changes nothing that was accepted (F61)."""
    transport = smtp.transport
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=min(timeout, GOODBYE))
    smtp.close()
    if transport is not None:
        # The goodbye is said; a TLS connection would otherwise linger until its own goodbye is answered.
        cast("WriteTransport", transport).abort()
        await asyncio.sleep(0)
