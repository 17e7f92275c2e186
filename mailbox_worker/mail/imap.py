"""The mailbox, by IMAP: the only file that talks to an IMAP server.

Hands on what lies in a folder, by UID and UIDVALIDITY, with BODY.PEEK so that nothing is marked; moves exactly
the UIDs it is told. Never expunges by flag, never deletes. Raises Unreachable and NotAccepted, nothing of
imapclient's.
"""

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from mailbox_worker.mail.tls import verified_context
from mailbox_worker.mail.troubles import NotAccepted, Unreachable

BATCH = 50  # mails a FETCH: few round trips, and a batch of large letters still fits in memory
COPYUID = re.compile(rb"COPYUID (\d+) (\S+) (\S+)")


@dataclass(frozen=True, slots=True)
class ImapLogin:
    """How to reach a mailbox; security is tls, starttls or none."""

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


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server has it; internaldate is aware, raw are its exact bytes."""

    uid: int
    internaldate: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Glance:
    """What identifies a mail without fetching it: its size in bytes and its internal date."""

    size: int
    internaldate: datetime


class Mailbox:
    """A logged-in connection with one folder selected."""

    def __init__(self, login: ImapLogin, folder: str) -> None:
        self.login = login
        self.folder = folder
        with _troubles(login):
            self._client = _connect(login)
            try:
                selected = self._client.select_folder(folder)
            except BaseException:
                _leave(self._client)
                raise
        self.uidvalidity = int(selected.get(b"UIDVALIDITY", 0))

    def __enter__(self) -> Self:
        """Hand on the open connection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out; a server that has gone needs no goodbye."""
        _leave(self._client)

    def uids(self) -> list[int]:
        """List every UID in the folder, oldest first."""
        with _troubles(self.login):
            return sorted(self._client.search("ALL"))

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """Give the mails of these UIDs in batches, in the order asked; one expunged meanwhile is left out."""
        for start in range(0, len(uids), BATCH):
            wanted = list(uids[start : start + BATCH])
            with _troubles(self.login):
                answer = self._client.fetch(wanted, ["INTERNALDATE", "BODY.PEEK[]"])
            yield [
                Fetched(uid, _aware(answer[uid][b"INTERNALDATE"]), bytes(answer[uid][b"BODY[]"]))
                for uid in wanted
                if answer.get(uid, {}).get(b"BODY[]") is not None
            ]

    def glance(self, uids: Sequence[int]) -> dict[int, Glance]:
        """Tell size and internal date of mails, to check that a UID still means what the ledger thinks."""
        if not uids:
            return {}
        with _troubles(self.login):
            answer = self._client.fetch(list(uids), ["INTERNALDATE", "RFC822.SIZE"])
        return {
            uid: Glance(int(parts[b"RFC822.SIZE"]), _aware(parts[b"INTERNALDATE"]))
            for uid, parts in answer.items()
            if b"RFC822.SIZE" in parts
        }

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """Move exactly these mails; gives False when the server can do it neither by MOVE nor by UIDPLUS."""
        if not uids:
            return True
        with _troubles(self.login):
            capable = {name.upper() for name in self._client.capabilities()}
            if not capable & {b"MOVE", b"UIDPLUS"}:
                return False
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            if b"MOVE" in capable:
                self._client.move(list(uids), folder)
            else:
                self._copy_then_expunge(list(uids), folder)
        return True

    def _copy_then_expunge(self, uids: list[int], folder: str) -> None:
        # Only what the server says it copied is taken away (F12).
        answer = self._client.copy(uids, folder)
        match = COPYUID.search(answer if isinstance(answer, bytes) else str(answer).encode())
        copied = _uid_set(match[2]) if match else set()
        gone = [uid for uid in uids if uid in copied]
        if gone:
            self._client.add_flags(gone, [b"\\Deleted"], silent=True)
            self._client.uid_expunge(gone)


def _uid_set(text: bytes) -> set[int]:
    found: set[int] = set()
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _connect(login: ImapLogin) -> Any:
    context = None if login.security == "none" else verified_context(login.ca_file)
    client = IMAPClient(
        login.host, port=login.port, ssl=login.security == "tls", ssl_context=context, timeout=login.timeout
    )
    try:
        # Server times come with their zone; imapclient's default would turn them into naive local ones.
        client.normalise_times = False
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if login.security == "starttls":
            client.starttls(ssl_context=context)
        client.login(login.username, login.password)
    except BaseException:
        _leave(client)
        raise
    return client


def _leave(client: Any) -> None:
    try:
        client.logout()
    except (IMAP4.error, OSError):
        try:
            client.shutdown()
        except OSError:
            return  # the connection is gone, which is what we wanted


def _aware(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


@contextmanager
def _troubles(login: ImapLogin) -> Iterator[None]:
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
        reason = getattr(refused, "verify_message", None) or refused.reason or "handshake failed"
        raise NotAccepted(f"{login.name}: TLS refused ({reason}); check host, security and ca_file") from None
    except CapabilityError as lacking:
        raise NotAccepted(f"{login.name}: {lacking}; check security") from None
    except (IMAP4.abort, OSError) as broken:
        raise Unreachable(f"{login.name}: cannot be reached ({_short(broken)}); tried again at the next pass") from None
    except (IMAPClientError, IMAP4.error) as refused:
        raise NotAccepted(f"{login.name}: the server refused a command ({_short(refused)})") from None


def _short(error: BaseException) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text[:120]
