"""Get into an IMAP server, and name in our own words what can go wrong there.

Receives an ImapLogin; hands on a logged-in client of imapclient's, for mail/imap.py alone. TLS is always verified.
Raises Unreachable and NotAccepted, nothing of imapclient's.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from imaplib import IMAP4
from importlib.metadata import version
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError, ProtocolError

from mailbox_worker.mail.tls import verified_context
from mailbox_worker.mail.troubles import NotAccepted, Unreachable


@dataclass(frozen=True, slots=True)
class ImapLogin:
    """How to reach a mailbox; security is tls, starttls or none; timeout in seconds, for every single answer."""

    host: str
    port: int
    security: str
    username: str
    password: str
    ca_file: str | None = None
    timeout: int = 60

    @property
    def name(self) -> str:
        """The server as messages name it."""
        return f"IMAP server {self.host}:{self.port}"


def connect(login: ImapLogin) -> Any:
    """Connect, log in and say who we are; the caller leaves by leave()."""
    context = None if login.security == "none" else verified_context(login.ca_file)
    client = IMAPClient(
        login.host, port=login.port, ssl=login.security == "tls", ssl_context=context, timeout=login.timeout
    )
    try:
        # imaplib would write every line, the password's too, into a debugging log.
        client._imap.debug = 0  # noqa: SLF001 - imapclient offers no other way
        # Server times come with their zone; imapclient's default would turn them into naive local ones.
        client.normalise_times = False
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if login.security == "starttls":
            client.starttls(ssl_context=context)
        client.login(login.username, login.password)
        if client.has_capability("ID"):
            # 163 and 126 refuse SELECT with "Unsafe Login" to whoever has not said this (F21).
            client.id_({"name": "tenday", "version": version("tenday")})
    except BaseException:
        hang_up(client)
        raise
    return client


def leave(client: Any) -> None:
    """Say goodbye; a server that has gone needs none."""
    try:
        client.logout()
    except (IMAP4.error, IMAPClientError, OSError):
        hang_up(client)


def hang_up(client: Any) -> None:
    """End a connection without a word: what was broken off in the middle of an answer waits for no goodbye."""
    with suppress(OSError):  # the connection is gone, which is what we wanted
        client.shutdown()


@contextmanager
def plain_troubles(login: ImapLogin) -> Iterator[None]:
    """Turn everything that imapclient, imaplib and the socket raise into our two kinds."""
    try:
        yield
    except LoginError as refused:
        # imapclient reports a connection that dies at login as a failed login.
        if isinstance(refused.__context__, IMAP4.abort) or "UNAVAILABLE" in str(refused):
            raise Unreachable(f"{login.name}: gave up at login ({_short(refused)})") from None
        raise NotAccepted(
            f"{login.name}: user name or password not accepted; check username and password_env or password_file"
        ) from None
    except (ssl.SSLCertVerificationError, ssl.SSLError) as refused:
        raise _of_tls(login, refused) from None
    except CapabilityError as lacking:
        raise NotAccepted(f"{login.name}: {lacking}; check security") from None
    except (IMAP4.abort, OSError) as broken:
        raise Unreachable(f"{login.name}: cannot be reached ({_short(broken)}); tried again at the next pass") from None
    except (ProtocolError, ValueError, KeyError, IndexError, AttributeError):
        # Garbage on the wire; its text may be a letter's, so it is not quoted.
        raise Unreachable(f"{login.name}: its answer makes no sense; tried again at the next pass") from None
    except (IMAPClientError, IMAP4.error) as refused:
        raise NotAccepted(f"{login.name}: the server refused a command ({_short(refused)})") from None


def _of_tls(login: ImapLogin, refused: ssl.SSLError) -> NotAccepted | Unreachable:
    if isinstance(refused, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreachable(f"{login.name}: cannot be reached (the connection was cut); tried again at the next pass")
    reason = getattr(refused, "verify_message", None) or refused.reason or "handshake failed"
    return NotAccepted(f"{login.name}: TLS refused ({reason}); check host, security and ca_file")


def _short(error: BaseException) -> str:
    if "unexpected" in str(error):
        return "its answer makes no sense"  # imaplib quotes what it could not read, and that may be a letter
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text[:120]
