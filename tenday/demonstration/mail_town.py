"""A small town of letter writers: the office's mail servers, its staff and the citizens who write to it.

Receives who lives there and a clock; hands on the two ports the mailbox worker connects to, and a
correspondent for each person, who reads and sends mail as with a mail program. All mail goes through the
SMTP server and is put into the recipient's INBOX with the clock's time as INTERNALDATE. Citizens' accounts
live on the same two servers; their mail comes in without AUTH, as from outside. It knows nothing of letters,
numbers or sign-offs.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tenday.demonstration.imap_server import ImapServer
from tenday.demonstration.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from tenday.demonstration.imap_accounts import ImapAccounts

STRANGER = "stranger@elsewhere.example"
_CITIZENS_PASSWORD = "only-on-loopback"  # noqa: S105 # citizens never log in from outside this process
_PATIENCE = 20.0  # seconds that a sender waits for an answer; the server is in the same process


@dataclass(frozen=True, slots=True)
class Tls:
    """What the town's SMTP server shows, and what its clients trust; PEM files."""

    certificate: Path  # key and certificate
    authority: Path

    def for_servers(self) -> ssl.SSLContext:
        """Return the context of a listening server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context

    def for_clients(self) -> ssl.SSLContext:
        """Return a context that trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.authority)


class MailTown:
    """Both servers wired together, running between `with` and its end.

    `staff` are addresses -> passwords; a person's login is the address; all addresses are lower case.
    `open_imap` makes the IMAP server from all logins and passwords: the embedded one unless a real one is
    given. With `tls` the SMTP server speaks TLS from the first byte. `authserv_id` is its name in what it writes.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        staff: Mapping[str, str],
        citizens: Iterable[str],
        mailbox_password: str,
        mailbox: str = "director@bureau.example",
        mailbox_login: str = "director",
        open_imap: Callable[[Mapping[str, str]], AbstractContextManager[ImapAccounts]] = ImapServer,
        tls: Tls | None = None,
        authserv_id: str = "mx.bureau.example",
    ) -> None:
        self._tls = tls
        self._running = ExitStack()
        self._open_imap = open_imap
        citizens = tuple(citizens)
        self._login_of = {address: address for address in (*staff, *citizens)} | {mailbox: mailbox_login}
        self._passwords = {
            mailbox_login: mailbox_password,
            **staff,
            **dict.fromkeys(citizens, _CITIZENS_PASSWORD),
        }
        self._citizens_domains = {address.rpartition("@")[2] for address in citizens}
        self.imap: ImapAccounts
        self.smtp = SmtpServer(
            self._deliver,
            clock,
            accounts={mailbox_login: mailbox_password, **staff},
            knows=lambda address: _without_tag(address) in self._login_of,
            dmarc=lambda domain: "pass" if domain in self._citizens_domains else "none",
            domain=mailbox.rpartition("@")[2],
            authserv_id=authserv_id,
            implicit_tls=tls.for_servers() if tls else None,
        )
        self._correspondents = {
            address: Correspondent(self, address, is_staff=address in staff) for address in (*staff, *citizens)
        }

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self.imap = starting.enter_context(self._open_imap(self._passwords))
            starting.enter_context(self.smtp)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def imap_port(self) -> int:
        """The port of the IMAP server."""
        return self.imap.port

    @property
    def smtp_port(self) -> int:
        """The port of the SMTP server."""
        return self.smtp.port

    def correspondent(self, address: str) -> Correspondent:
        """Return the person with this address; KeyError where nobody has it."""
        return self._correspondents[address]

    def forge(self, raw: bytes, to: str, *, sender: str = STRANGER) -> None:
        """Hand in a mail from outside, without AUTH, whatever its From says; `sender` is the envelope's."""
        self.submit(raw, sender, to)

    def submit(self, raw: bytes, sender: str, to: str, *, login: str | None = None) -> None:
        """Hand a mail to the SMTP server, with AUTH where a login is given; raises smtplib's errors."""
        with self._connect_smtp() as client:
            if login:
                client.login(login, self._passwords[login])
            options = [] if raw.isascii() else ["BODY=8BITMIME"]
            client.sendmail(sender, [to], raw, mail_options=options)

    def _connect_smtp(self) -> smtplib.SMTP:
        # Told its own name, the client need not ask the name service for it.
        if self._tls is None:
            return smtplib.SMTP(self.smtp.host, self.smtp.port, local_hostname="client.example", timeout=_PATIENCE)
        return smtplib.SMTP_SSL(
            self.smtp.host,
            self.smtp.port,
            local_hostname="client.example",
            timeout=_PATIENCE,
            context=self._tls.for_clients(),
        )

    def _deliver(self, recipient: str, raw: bytes, at: datetime) -> None:
        self.imap.append(self._login_of[_without_tag(recipient)], raw, at)


def _without_tag(address: str) -> str:
    """Give the account of an address: director+tag@… is director@… (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


class Correspondent:
    """A person of the town with a mail account of their own."""

    def __init__(self, town: MailTown, address: str, *, is_staff: bool) -> None:
        self.address = address
        self._town = town
        self._login = address
        self._submission_login = address if is_staff else None
        self._last_uid = 0

    def inbox(self) -> list[bytes]:
        """Return all mail so far, oldest first."""
        return [mail.raw for mail in self._town.imap.messages(self._login)]

    def new_mail(self) -> list[bytes]:
        """Return the mail that came since this was last asked, oldest first."""
        mails = self._town.imap.messages(self._login, above=self._last_uid)
        self._last_uid = max((mail.uid for mail in mails), default=self._last_uid)
        return [mail.raw for mail in mails]

    def send(self, raw: bytes, to: str) -> None:
        """Send a mail: staff log in to the office's server, citizens' mail comes from outside."""
        self._town.submit(raw, self.address, to, login=self._submission_login)
