"""The embedded SMTP server: aiosmtpd in a thread, on a free loopback port, as the border server of an office.

Receives mail from anybody; hands each copy, with the trace headers on top, to `deliver(recipient, raw, at)`.
Refuses recipients that nobody knows (550) and wrong passwords (535); a failed delivery is answered 451, so
that the client keeps the mail. It forwards to no other server.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import logging
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session

from tenday.demonstration.server_thread import ServerThread
from tenday.demonstration.trace_headers import Transaction, with_trace

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from aiosmtpd.smtp import Envelope

_LOOPBACK = "127.0.0.1"
_log = logging.getLogger(__name__)


class SmtpServer:
    """An SMTP server, running between `with` and its end.

    `accounts` are login -> password for AUTH; `knows` says whether a recipient exists; `dmarc` is the
    verdict that an honest mail of an outside domain gets: pass, fail or none. `clock` is aware. With
    `implicit_tls` every connection is TLS from its first byte; with `starttls` AUTH is offered only after
    STARTTLS.
    """

    host = _LOOPBACK
    port = 0

    def __init__(
        self,
        deliver: Callable[[str, bytes, datetime], None],
        clock: Callable[[], datetime],
        *,
        accounts: Mapping[str, str],
        knows: Callable[[str], bool],
        dmarc: Callable[[str], str],
        domain: str = "bureau.example",
        authserv_id: str = "mx.bureau.example",
        implicit_tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self._deliver = deliver
        self._clock = clock
        self._accounts = dict(accounts)
        self._knows = knows
        self._dmarc = dmarc
        self._domain = domain
        self._authserv_id = authserv_id
        self._implicit_tls = implicit_tls
        self._starttls = starttls
        self._accepted: list[Transaction] = []
        self._queue_ids = (f"T{number:06d}" for number in itertools.count(1))
        self._thread = ServerThread("demonstration-smtp", self._open)

    def __enter__(self) -> Self:
        self.port = self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.stop()

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """All transactions answered 250 so far, oldest first."""
        return tuple(self._accepted)

    async def _open(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: _Connection(
                self,
                loop=loop,
                hostname=self._authserv_id,
                ident="ESMTP",
                enable_SMTPUTF8=True,
                tls_context=self._starttls,
                # aiosmtpd knows only STARTTLS as TLS, and would refuse AUTH on implicit TLS.
                auth_require_tls=self._starttls is not None,
                authenticator=self._authenticate,
            ),
            host=_LOOPBACK,
            port=0,
            ssl=self._implicit_tls,
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        login = given.login.decode("utf-8", "replace")
        expected = self._accounts.get(login, "").encode()
        right = login in self._accounts and hmac.compare_digest(given.password, expected)
        return AuthResult(success=right, handled=False, auth_data=login)

    # aiosmtpd finds its handlers by these names.

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient that exists."""
        if not self._knows(address):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Stamp the mail and deliver one copy to each recipient, before the client hears 250."""
        mail = Transaction(
            sender="" if envelope.mail_from in (None, "<>") else str(envelope.mail_from),
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.original_content or b"",
            at=self._clock(),
            login=session.auth_data if session.authenticated else None,
            helo=session.host_name or "",
            protocol=self._protocol(session, envelope),
            queue_id=next(self._queue_ids),
        )
        stamped = with_trace(mail, self._authserv_id, own_domain=self._domain, dmarc=self._dmarc)
        for recipient in mail.recipients:
            self._deliver(recipient, stamped, mail.at)
        self._accepted.append(mail)
        return f"250 2.0.0 Ok: queued as {mail.queue_id}"

    async def handle_exception(self, error: Exception) -> str:
        """Answer "later" to whatever went wrong on this side."""
        _log.error("the demonstration's SMTP server could not deliver: %r", error)
        return "451 4.3.0 Error: delivery failed, try again later"

    def _protocol(self, session: Session, envelope: Envelope) -> str:
        """Return the keyword for Received (RFC 3848, RFC 6531)."""
        if not session.extended_smtp:
            return "SMTP"
        secure = "S" if self._implicit_tls or session.ssl else ""
        known = "A" if session.authenticated else ""
        return f"{'UTF8SMTP' if envelope.smtp_utf8 else 'ESMTP'}{secure}{known}"


class _Session(Session):
    login_data: Any = None  # aiosmtpd's own property logs a deprecation warning at each of its own logins


class _Connection(SMTP):
    def _create_session(self) -> Session:
        return _Session(self.loop)
