"""An office that lives through months: its ledger, a mailbox on a real IMAP server, an SMTP server that fails at times.

Receives bytes for the mailbox and the time of a pass; hands on what the pass handed over to the SMTP server. Nothing of
the worker is replaced: what fails is the server. It knows no letters.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self

from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.loop import tick
from tenday.demonstration.imap_server import ImapServer
from tests.journeys.bureau_at_work import MAILBOX, PEOPLE, copy_content
from tests.mailbox_worker.desk_at_work import shipped_content
from tests.servers.failing_smtp import CUT, RESET, FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage
    from pathlib import Path

    from bureau.workdays import Workdays

BEIJING = timezone(timedelta(hours=8))
SERVER = "mx.bureau.example"
LOGIN, PASSWORD = "director", "the-mailbox"
TO_WRITERS = ("acknowledgement", "reply", "survey")
FAULTS: tuple[Mapping[str, str], ...] = (
    {"connect": CUT},
    {"mail": "451 4.3.0 try later"},
    {"rcpt": "450 4.2.1 greylisted"},
    {"rcpt": "550 5.1.1 no such user"},
    {"witness": "550 5.7.1 not here"},
    {"data": RESET},
    {"dot": "452 4.3.1 out of room"},
    {"dot": CUT},  # it has the mail, and nobody learns it
    {"dot": RESET},
)
CONFIGURATION = """content: content
ledger: sqlite:///ledger.db
mailbox:
  address: {mailbox}
  imap: {{host: 127.0.0.1, port: {imap}, security: none, username: {login}, password_file: {password}}}
  smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
staff:
{staff}
sign_off: {{proof: [authentication-results], authserv_id: {server}, hold_minutes: 10}}
"""


@dataclass(frozen=True)
class Delivered:
    """A mail as its recipient has it; `at` is the time of the pass that handed it over."""

    at: datetime
    to: str
    kind: str
    subject: str
    message_id: str
    purpose: str
    text: str
    raw: bytes


class YearOffice:
    """The office, running between `with` and its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = contextlib.ExitStack()
        self._smtp = FailingSmtp({})
        self._imap = ImapServer({LOGIN: PASSWORD})
        self.desk: Desk

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as starting:
            starting.enter_context(self._smtp)
            starting.enter_context(self._imap)
            copy_content(self.folder / "content")
            (self.folder / "password").write_text(PASSWORD, encoding="utf-8")
            staff = "\n".join(f"  - {{person: {person}, email: {address}}}" for person, address in PEOPLE.items())
            ports = {"imap": self._imap.port, "smtp": self._smtp.port}
            (self.folder / "tenday.yml").write_text(
                CONFIGURATION.format(
                    mailbox=MAILBOX,
                    login=LOGIN,
                    password=self.folder / "password",
                    staff=staff,
                    server=SERVER,
                    **ports,
                ),
                encoding="utf-8",
            )
            config = load_config(self.folder / "tenday.yml")
            ledger = open_ledger(config.ledger)
            starting.callback(ledger.close)
            self.desk = Desk(config, shipped_content(), ledger)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def workdays_become(self, workdays: Workdays) -> None:
        """Let a new notice on workdays be in the content."""
        self.desk = replace(self.desk, content=replace(self.desk.content, workdays=workdays))

    def put(self, mails: list[tuple[datetime, bytes]]) -> None:
        """Put mails into the mailbox, each with the time at which it came."""
        if mails:
            with self._imap.connect(LOGIN) as client:
                for at, raw in mails:
                    client.append("INBOX", raw, msg_time=at)

    def tidy(self) -> None:
        """Throw away what the worker has filed: the mailbox of a year would only make the server slow."""
        with self._imap.connect(LOGIN) as client:
            if client.folder_exists("Processed"):
                client.select_folder("Processed")
                client.delete_messages(client.search())
                client.expunge()

    def do_pass(self, now: datetime, fault: Mapping[str, str] | None, *, deaf: bool) -> list[Delivered]:
        """Do one pass; `fault` hits the SMTP server twice, `deaf`: the IMAP server cannot be reached."""
        desk = self.desk
        if deaf:
            imap = desk.config.mailbox.imap.model_copy(update={"port": 1})
            mailbox = desk.config.mailbox.model_copy(update={"imap": imap})
            desk = replace(desk, config=desk.config.model_copy(update={"mailbox": mailbox}))
        self._smtp.script, self._smtp.times = dict(fault or {}), 2
        before = len(self._smtp.taken)
        _, troubles = tick(desk, now.astimezone(UTC))
        assert bool(troubles) <= bool(deaf or fault), troubles
        delivered = [_delivered(raw, now) for raw in self._smtp.taken[before:]]
        self._smtp.taken[before:] = [b""] * len(delivered)  # a year of bytes is kept by whoever needs them
        self.put([(now, mail.raw) for mail in delivered if mail.kind in TO_WRITERS])
        return delivered


def stamped(raw: bytes, results: str, at: datetime) -> bytes:
    """Give a mail as our own server delivers it."""
    trace = f"Received: from client by {SERVER} with ESMTPSA id 1; {format_datetime(at)}"
    return f"Authentication-Results: {SERVER}; {results}\r\n{trace}\r\n".encode() + raw


def _delivered(raw: bytes, at: datetime) -> Delivered:
    mail: EmailMessage[Any, Any] = message_from_bytes(raw, policy=default)
    body = mail.get_body(("plain",))
    return Delivered(
        at=at,
        to=str(mail["To"].addresses[0].addr_spec),
        kind=str(mail["X-Tenday-Kind"]),
        subject=str(mail["Subject"]),
        message_id=str(mail["Message-ID"]),
        purpose=str(mail["X-Tenday-Purpose"] or ""),
        text=str(body.get_content()) if body is not None else "",
        raw=raw,
    )
