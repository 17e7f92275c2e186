"""The worker's configuration (contract): what may stand in it, and what follows from it. config_file.py reads it.

Private facts: addresses, absences of leaders, how to reach the servers. Secrets come from the environment or a file.
"""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from bureau.sheet import Id, Sheet, Text

Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Field(ge=1, le=65535)]


class Login(Sheet):
    """A server, and how to get into it."""

    host: Text
    port: Port
    security: Security
    ca_file: Text | None = None  # a private certificate authority
    username: Text | None = None
    password_env: Text | None = None
    password_file: Text | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60

    _secret: str | None = PrivateAttr(default=None)

    @property
    def password(self) -> str | None:
        """The password, or None where no user name is given."""
        return self._secret

    def unlock(self) -> str | None:
        """Read the secret; gives the name of what is missing, or None when all is there."""
        if self.username is None:
            return None
        if self.password_env is not None:
            self._secret = os.environ.get(self.password_env)
            return f"environment variable {self.password_env}" if self._secret is None else None
        if self.password_file is None:
            return "password_env or password_file"
        try:
            self._secret = Path(self.password_file).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError:
            return f"file {self.password_file}"
        return None


class Imap(Login):
    """Where letters come in."""

    username: Text
    folder: Text = "INBOX"
    processed_folder: Text = "Processed"
    junk_folder: Text | None = "Junk"  # watched, never emptied; null where the server has none
    sent_folder: Text | None = "Sent"  # asked for mail in doubt, where the server files what it sends; else null


class Smtp(Login):
    """Where mail goes out; `mails_per_minute` is what the server allows, unset: as many as it takes."""

    mails_per_minute: Annotated[int, Field(ge=1, le=6000)] | None = None


class MailboxConfig(Sheet):
    """The director's mailbox: its address and its two servers.

    `envelope_sender: empty` sends what a machine writes under the null sender; with `sub_addressing` requests are
    answered to, and returned mail comes to, addresses like director+TAG@…. `tenday doctor` says what the server takes.
    """

    address: Text
    imap: Imap
    smtp: Smtp
    poll_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    envelope_sender: Literal["mailbox", "empty"] = "mailbox"
    sub_addressing: bool = False


class StaffConfig(Sheet):
    """A colleague's address; `account` is the login name that the mail server proves, by default the address."""

    person: Id
    email: Text
    account: Text | None = None
    away: bool = False

    @property
    def proved_as(self) -> str:
        """The account whose authentication counts as this person's."""
        return self.account or self.email


Proof = Literal["totp", "authentication-results", "dkim", "none"]


class AllOf(Sheet):
    """Several proofs that must hold together."""

    all: Annotated[tuple[Proof, ...], Field(min_length=1)]


class SignOffConfig(Sheet):
    """How a colleague's answer is proved, and how long an approved reply waits.

    `proof` is a list: any one entry is enough, an entry {all: […]} asks for all of its own. `totp_secrets` is the file
    that `tenday staff enrol` writes; `dkim_keys` a file of key records by name, for a worker without a name service.
    """

    proof: Annotated[tuple[Proof | AllOf, ...], Field(min_length=1)]
    authserv_id: Text | None = None
    hold_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    totp_secrets: Text = "totp.yml"
    dkim_keys: Text | None = None

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The proofs as alternatives, each a tuple of what must hold together."""
        return tuple(entry.all if isinstance(entry, AllOf) else (entry,) for entry in self.proof)

    def uses(self, proof: str) -> bool:
        """Tell whether a proof is asked for anywhere."""
        return any(proof in way for way in self.ways)


class AlarmServer(Login):
    """Another mail server than the office's own, for the case that this one is the trouble."""

    sender: Text
    to: Annotated[tuple[Text, ...], Field(min_length=1)]


class AlarmConfig(Sheet):
    """The second channel: what to do when the mailbox itself has fallen silent, or a letter cannot wait."""

    silent_after_minutes: Annotated[int, Field(ge=5, le=10_080)] = 60
    repeat_urgent_minutes: Annotated[int, Field(ge=5, le=1440)] = 30
    command: tuple[Text, ...] = ()  # run without a shell; the text comes on its standard input
    smtp: AlarmServer | None = None


class Config(Sheet):
    """The whole configuration; paths are already absolute."""

    content: Text
    ledger: Text
    mailbox: MailboxConfig
    staff: Annotated[tuple[StaffConfig, ...], Field(min_length=1)]
    sign_off: SignOffConfig
    alarm: AlarmConfig = AlarmConfig()
    heartbeat: Text | None = None  # the file that says when the last pass was; by default beside the configuration
    daily_digest: bool = True  # false: only 待办 asks for it
    survey_after_workdays: Annotated[int, Field(ge=1, le=60)] | None = 3  # null: nobody is asked

    @property
    def domain(self) -> str:
        """The office's own mail domain."""
        return self.mailbox.address.rpartition("@")[2].lower()

    def address_of(self, person: str) -> str | None:
        """Give a person's registered address."""
        return next((entry.email for entry in self.staff if entry.person == person), None)

    def account_of(self, person: str) -> str | None:
        """Give the account that proves a person."""
        return next((entry.proved_as for entry in self.staff if entry.person == person), None)

    @property
    def away(self) -> frozenset[str]:
        """The people who are away; leaders' absences are private, so they stand here."""
        return frozenset(entry.person for entry in self.staff if entry.away)

    @property
    def on_loopback(self) -> bool:
        """Tell whether both servers are on this machine: only then may a run be told what time it is."""
        return is_loopback(self.mailbox.imap.host) and is_loopback(self.mailbox.smtp.host)


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
