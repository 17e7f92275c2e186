"""An office at work: its servers, its configuration, its clock, and the people who write and answer.

Receives a way to open a town; hands on ticks, and correspondents who read and answer the worker's mail. It
looks at nothing of the worker's but what the command line shows.
"""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tenday.cli import main
from tenday.demonstration.writing import answer, header, letter, plain_text

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tenday.demonstration.mail_town import MailTown
    from tests.servers.fixtures import OpenTown

ROOT = Path(__file__).parent.parent.parent
BEIJING = timezone(timedelta(hours=8))
MAILBOX = "director@bureau.example"
CLERK, DEPUTY = "wangfang@bureau.example", "chenjing@bureau.example"
STAND_IN, DIRECTOR = "liming@bureau.example", "zhangwei@bureau.example"
PEOPLE = {"wang-fang": CLERK, "chen-jing": DEPUTY, "li-ming": STAND_IN, "zhang-wei": DIRECTOR}
WRITER = "zhangsan@example.org"
NAMES = {CLERK: "王芳", DEPUTY: "陈静", STAND_IN: "李明", DIRECTOR: "张伟"}
PASSWORD = "the-mailbox"  # noqa: S105 - of a server that lives as long as a test
DRAFT = "该公司已重新定损，五个工作日内支付赔款，请留意账户。如有出入，可再来信说明情况，我局将继续督促办理。"


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@dataclass
class BureauAtWork:
    """One office in a temporary folder; `now` moves only when a test moves it."""

    folder: Path
    town: MailTown
    clock: Clock
    sent: int = 0

    @property
    def now(self) -> datetime:
        """The office's time."""
        return self.clock.now

    def close(self) -> None:
        """Stop the servers before the test ends, where a test opens many offices."""
        self.town.__exit__(None, None, None)

    def gains(self, person: dict[str, Any], address: str) -> None:
        """Let somebody new be in the content's list of people, and reachable at an address."""
        people = self.folder / "content" / "people.yml"
        known = yaml.safe_load(people.read_text(encoding="utf-8"))
        known["people"].append(person)
        people.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
        entry = f"  - {{person: {person['id']}, email: {address}}}\n"
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text.replace("staff:\n", f"staff:\n{entry}"), encoding="utf-8")

    def pass_time(self, **span: float) -> None:
        """Let time go by."""
        self.clock.now += timedelta(**span)

    @property
    def config(self) -> Path:
        """The worker's configuration file."""
        return self.folder / "tenday.yml"

    def command(self, *words: str) -> Ended:
        """Run `tenday …` through its own entry, in this process: a process each would cost half a second."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main([*words])
        return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def json(self, *words: str) -> Any:
        """Run `tenday mail … --json`; gives the document, and insists on exit 0 and a silent stderr."""
        done = self.command("mail", *words, "--config", str(self.config), "--json")
        assert (done.code, done.err) == (0, ""), done.err
        return json.loads(done.out)

    def tick(self) -> dict[str, int]:
        """Let the worker do one pass at the office's time."""
        counts: dict[str, int] = self.json("tick", "--now", self.now.isoformat())
        return counts

    def citizen_writes(self, raw: bytes, sender: str) -> None:
        """Send a citizen's letter to the director's mailbox."""
        self.town.correspondent(sender).send(raw, MAILBOX)

    def plain_letter(self, sender: str, name: str, subject: str, text: str) -> None:
        """Send a letter of no oddity."""
        raw = letter(sender, name, MAILBOX, subject, text, at=self.now, message_id=self._message_id("example.org"))
        self.citizen_writes(raw, sender)

    def mail_to(self, address: str, kind: str, number: str = "") -> list[bytes]:
        """Give the mails of a kind that an address has got, oldest first."""
        inbox = self.town.correspondent(address).inbox()
        return [raw for raw in inbox if header(raw, "X-Tenday-Kind") == kind and number in header(raw, "Subject")]

    def staff_answers(self, address: str, received: bytes, text: str) -> None:
        """Let a colleague answer a mail out of their own account."""
        sender = f"{NAMES[address]} <{address}>"
        raw = answer(received, sender, text, at=self.now, message_id=self._message_id("bureau.example"))
        self.town.correspondent(address).send(raw, MAILBOX)

    def answers_with(self, address: str, received: bytes, mail: EmailMessage) -> None:
        """Let a colleague answer with a mail that is more than text; it lacks only its address lines."""
        mail["From"], mail["To"] = f"{NAMES[address]} <{address}>", MAILBOX
        mail["Subject"] = f"Re: {header(received, 'Subject')}"
        mail["Message-ID"] = self._message_id("bureau.example")
        mail["In-Reply-To"] = header(received, "Message-ID")
        self.town.correspondent(address).send(mail.as_bytes(), MAILBOX)

    def newest(self, address: str, kind: str) -> bytes:
        """Give the newest mail of a kind that an address has got."""
        return self.mail_to(address, kind)[-1]

    def says(self, address: str, kind: str, text: str) -> None:
        """Let a colleague answer the newest mail of a kind, and the worker do a pass."""
        self.staff_answers(address, self.newest(address, kind), text)
        self.tick()

    def sends_word(self, address: str, word: str) -> str:
        """Let a colleague send a word in a mail of its own, and the worker do a pass; gives the text of the answer."""
        before = len(self.mail_to(address, "digest"))
        identity = self._message_id("bureau.example")
        raw = letter(address, NAMES[address], MAILBOX, "指令", word, at=self.now, message_id=identity)
        self.town.correspondent(address).send(raw, MAILBOX)
        assert self.tick()["answers"] == 1
        return plain_text(self.mail_to(address, "digest")[before])

    def asks_for_codes(self, secrets: dict[str, str] | None = None) -> None:
        """Let nothing count but one-time codes, of these secrets by person."""
        text = self.config.read_text(encoding="utf-8").replace("[authentication-results]", "[totp]")
        self.config.write_text(text, encoding="utf-8")
        if secrets is not None:
            file = self.folder / "totp.yml"
            file.write_text(yaml.safe_dump(secrets), encoding="utf-8")
            file.chmod(0o600)

    def gets_a_letter(self, text: str = "我的车追尾，保险公司拒赔。") -> bytes:
        """Take an ordinary letter in; gives the clerk's request."""
        self.plain_letter(WRITER, "张三", "车险理赔被拒", text)
        self.tick()
        return self.newest(CLERK, "draft-request")

    def gets_a_draft(self, draft: str = DRAFT) -> bytes:
        """Bring an ordinary letter before the deputy; gives her request."""
        self.gets_a_letter()
        self.says(CLERK, "draft-request", draft)
        return self.newest(DEPUTY, "sign-off-request")

    def decides(self, address: str, text: str) -> None:
        """Let a leader answer the newest request, and the time go by in which it can be undone."""
        self.says(address, "sign-off-request", text)
        self.pass_time(minutes=11)
        self.tick()

    def state(self) -> str:
        """Give the state of the first letter."""
        return str(self.json("list")[0]["state"])

    def forged_answer(self, received: bytes, text: str, claimed: str) -> None:
        """Answer a mail from outside under a colleague's name."""
        raw = answer(received, claimed, text, at=self.now, message_id=self._message_id("elsewhere.example"))
        self.town.forge(raw, MAILBOX)

    def _message_id(self, domain: str) -> str:
        self.sent += 1
        return f"<{self.sent}.{id(self):x}@{domain}>"


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = field(default=datetime(2026, 3, 5, 9, 0, tzinfo=BEIJING))

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def open_bureau(folder: Path, open_town: OpenTown, citizens: list[str], *, hold_minutes: int = 10) -> BureauAtWork:
    """Open an office with the shipped content, four colleagues and some citizens."""
    clock = Clock()
    town = open_town(
        clock,
        staff={address: f"pw-{person}" for person, address in PEOPLE.items()},
        citizens=citizens,
        mailbox_password=PASSWORD,
    )
    bureau = BureauAtWork(folder, town, clock)
    folder.mkdir(exist_ok=True)
    copy_content(folder / "content")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    bureau.config.write_text(configuration(folder, town, hold_minutes), encoding="utf-8")
    return bureau


def copy_content(to: Path) -> None:
    """Copy the shipped content, without figures that somebody's worker may have published into it."""
    for path in (ROOT / "content").rglob("*.yml"):
        if path.parent.name != "published":
            target = to / path.relative_to(ROOT / "content")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def configuration(folder: Path, town: MailTown, hold_minutes: int = 10) -> str:
    """Write the worker's configuration for a town's servers."""
    imap, tls = town.imap, town.imap.security != "none"
    ca_file = f", ca_file: {imap.ca_file}" if tls else ""
    staff = "\n".join(f"  - {{person: {person}, email: {address}}}" for person, address in PEOPLE.items())
    smtp = f"host: {town.smtp.host}, port: {town.smtp_port}, security: {'tls' if tls else 'none'}"
    login = f"username: director, password_file: {folder / 'password'}"
    return f"""content: content
ledger: sqlite:///var/ledger.db
mailbox:
  address: {MAILBOX}
  imap: {{host: {imap.host}, port: {imap.port}, security: {imap.security}, {login}{ca_file}}}
  smtp: {{{smtp}{ca_file}}}
staff:
{staff}
sign_off: {{proof: [authentication-results], authserv_id: mx.bureau.example, hold_minutes: {hold_minutes}}}
"""


def token_of(raw: bytes) -> str:
    """Give the token in a request's subject."""
    match = re.search(r"\[#([0-9A-HJKMNP-TV-Z]{16,26})\]$", header(raw, "Subject"))
    assert match is not None, header(raw, "Subject")
    return match[1]


def reply_body(raw: bytes) -> str:
    """Give what a citizen reads of a reply, without the office's footer."""
    return plain_text(raw).replace("\r\n", "\n").split("\n\n-- \n")[0]
