"""The worker's configuration (contract): private facts, one YAML file, read once at the start.

Receives a path; hands on a frozen Config. Refuses unknown keys with the line and the nearest known one, secrets in the
file, plain connections beyond this machine, and a missing sender proof. Raises Stop(78) with every fault.
"""

import ipaddress
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from bureau.exits import Exit, Stop
from bureau.faults import Fault, FaultyFiles
from bureau.sheet import Id, Sheet, Text
from bureau.yaml_source import Source, read_sheet
from mailbox_worker.mail.sub_addresses import LONGEST_LOCAL_PART

Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Field(ge=1, le=65535)]
OTHERS_MAY_READ = 0o077


class _Login(Sheet):
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


class Imap(_Login):
    """Where letters come in."""

    username: Text
    folder: Text = "INBOX"
    processed_folder: Text = "Processed"
    junk_folder: Text | None = "Junk"  # watched, never emptied; null where the server has none
    sent_folder: Text | None = "Sent"  # asked for mail in doubt, where the server files what it sends; else null


class Smtp(_Login):
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


class AlarmServer(_Login):
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


def load_config(path: Path) -> Config:
    """Read the configuration; raises Stop(78) with one line a fault."""
    try:
        config, source = read_sheet(path, Config)
    except FaultyFiles as faulty:
        raise Stop(Exit.BAD_CONFIGURATION, str(faulty)) from None
    folder = path.absolute().parent
    faults = [
        *_server_faults(config, source),
        *_mailbox_faults(config, source),
        *_staff_faults(config, source),
        *_proof_faults(config, source, folder),
    ]
    if faults:
        raise Stop(Exit.BAD_CONFIGURATION, str(FaultyFiles(faults)))
    return config.model_copy(
        update={
            "content": str(_content(folder, config.content)),
            "ledger": _ledger(folder, config.ledger),
            "heartbeat": str(folder / (config.heartbeat or f"{path.stem}.heartbeat.json")),
            "sign_off": _beside(folder, config.sign_off),
        }
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_now(config: Config, now: datetime) -> None:
    """Refuse an invented time where it could do harm; raises Stop(78)."""
    if now.tzinfo is None:
        raise Stop(
            Exit.BAD_CONFIGURATION, "--now: found a time without a zone, expected e.g. 2026-03-05T09:00:00+08:00"
        )
    if not config.on_loopback:
        raise Stop(
            Exit.BAD_CONFIGURATION, "--now: works only with mail servers on this machine (for trying things out)"
        )


def _content(folder: Path, written: str) -> Path:
    beside = folder / written
    return beside if beside.exists() or Path(written).is_absolute() else Path(written).absolute()


def _ledger(folder: Path, url: str) -> str:
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith(prefix + "/"):
        return url
    return f"{prefix}{folder / url.removeprefix(prefix)}"


def _server_faults(config: Config, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    servers: list[tuple[tuple[str, str], _Login]] = [
        (("mailbox", "imap"), config.mailbox.imap),
        (("mailbox", "smtp"), config.mailbox.smtp),
    ]
    if config.alarm.smtp is not None:
        servers.append((("alarm", "smtp"), config.alarm.smtp))
    for place, server in servers:
        if server.security == "none" and not is_loopback(server.host):
            faults.append(source.fault((*place, "security"), "plain_connection", found=server.host))
        missing = server.unlock()
        if missing is not None:
            faults.append(source.fault(place, "secret_missing", found=missing))
    return faults


def _mailbox_faults(config: Config, source: Source) -> list[Fault]:
    local = config.mailbox.address.rpartition("@")[0]
    if config.mailbox.sub_addressing and len(local) > LONGEST_LOCAL_PART:
        return [source.fault(("mailbox", "sub_addressing"), "no_room_for_a_tag", found=local)]
    return []


def _staff_faults(config: Config, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    # One address, one account, one person; and never the mailbox itself (THREATS: staff addresses).
    for field in ("person", "email", "account"):
        seen: set[str] = {_mailbox_of(config.mailbox.address)} if field == "email" else set()
        for index, entry in enumerate(config.staff):
            value = (getattr(entry, field) or entry.email).lower()
            if _mailbox_of(value) in seen:
                faults.append(source.fault(("staff", index, field), "duplicate_id", found=value))
            seen.add(_mailbox_of(value))
    return faults


def _mailbox_of(address: str) -> str:
    """Give the mailbox that an address leads to: name+tag@… is name@… where a server knows tags (RFC 5233)."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if at else address.lower()


def _proof_faults(config: Config, source: Source, folder: Path) -> list[Fault]:
    faults, sign_off = list[Fault](), _beside(folder, config.sign_off)
    if sign_off.uses("authentication-results") and sign_off.authserv_id is None:
        faults.append(source.fault(("sign_off", "authserv_id"), "missing"))
    secrets = Path(sign_off.totp_secrets)
    if sign_off.uses("totp") and secrets.exists() and secrets.stat().st_mode & OTHERS_MAY_READ:
        faults.append(source.fault(("sign_off",), "secret_readable", found=str(secrets)))
    if sign_off.dkim_keys is not None and not Path(sign_off.dkim_keys).is_file():
        faults.append(source.fault(("sign_off", "dkim_keys"), "secret_missing", found=sign_off.dkim_keys))
    return faults


def _beside(folder: Path, sign_off: SignOffConfig) -> SignOffConfig:
    """Take relative paths from the folder of the configuration."""
    keys = sign_off.dkim_keys
    return sign_off.model_copy(
        update={
            "totp_secrets": str(folder / sign_off.totp_secrets),
            "dkim_keys": None if keys is None else str(folder / keys),
        }
    )
