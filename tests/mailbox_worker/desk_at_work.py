"""A desk with the shipped office, a ledger of its own and no mailbox: for the stages that need no IMAP server.

Receives a folder and the port of an SMTP server; hands on a Desk, and letters and signed replies put into its ledger.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bureau.content import load_content
from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import letters, outbox
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.mail.compose import body_digest
from tests.journeys.bureau_at_work import PEOPLE, ROOT
from tests.mailbox_worker.ledger.office_with_a_letter import planned, reply, signed_letter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from bureau.content import Content
    from tenday.demonstration.mail_town import Tls

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=BEIJING).astimezone(UTC)
WRITER = "zhangsan@example.org"
RAW = b"Subject: 1\r\nX-Tenday-Kind: reply\r\n\r\n.dotted\r\n..\r\nthe end\r\n"
CONFIG = """content: content
ledger: sqlite:///ledger.db
mailbox:
  address: director@bureau.example
  imap: {{host: 127.0.0.1, port: 1, security: none, username: director, password_file: {password}}}
  smtp: {{host: 127.0.0.1, port: {port}, {security}, timeout_seconds: 1}}
staff:
{staff}
sign_off: {{proof: [none]}}
{more}
"""


@cache
def shipped_content() -> Content:
    """Read the shipped content, once a run."""
    return load_content(ROOT / "content")


@cache
def _empty_ledger() -> bytes:
    """Make an empty ledger once a run: its tables cost more disk than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        open_ledger(f"sqlite:///{path}").close()
        return path.read_bytes()


@contextmanager
def open_desk(
    folder: Path,
    port: int = 1,
    *,
    timeout: float = 1.0,
    more: str = "",
    tls: Tls | None = None,
    mails_per_minute: int | None = None,
) -> Iterator[Desk]:
    """Open a desk; `timeout` may be shorter than a configuration allows; with `tls` mail goes out by STARTTLS."""
    (folder / "content").mkdir()
    (folder / "password").write_text("only-here", encoding="utf-8")
    staff = "\n".join(f"  - {{person: {person}, email: {address}}}" for person, address in PEOPLE.items())
    security = "security: none" if tls is None else f"security: starttls, ca_file: {tls.authority}"
    text = CONFIG.format(password=folder / "password", port=port, security=security, staff=staff, more=more)
    (folder / "tenday.yml").write_text(text, encoding="utf-8")
    config = load_config(folder / "tenday.yml")
    smtp = config.mailbox.smtp.model_copy(update={"timeout_seconds": timeout, "mails_per_minute": mails_per_minute})
    config = config.model_copy(update={"mailbox": config.mailbox.model_copy(update={"smtp": smtp})})
    (folder / "ledger.db").write_bytes(_empty_ledger())
    ledger = open_ledger(config.ledger)
    try:
        yield Desk(config, shipped_content(), ledger)
    finally:
        ledger.close()


@dataclass(frozen=True)
class Sent:
    """A reply put into the outbox: its letter and its row."""

    letter: str
    mail: int


def approved_reply(desk: Desk, now: datetime = NOW, message_id: str = "<reply@bureau.example>", **values: Any) -> Sent:
    """Put a letter with a signed, made reply into the ledger."""
    with desk.ledger.write(now) as writer:
        number, sign_off = signed_letter(writer)
        writer.connection.execute(letters.update().values(state=LetterState.APPROVED).where(letters.c.number == number))
        row = reply(number, sign_off, message_id=message_id, raw=RAW, body_digest=body_digest(RAW), **values)
        return Sent(number, planned(writer, {**row, "unknowns": 0}))


def staff_mail(desk: Desk, key: str, person: str = "wang-fang", now: datetime = NOW) -> int:
    """Put a made alarm to a colleague into the outbox."""
    values = {"kind": "alarm", "audience": "staff", "person": person, "recipient": PEOPLE[person]}
    return _made(desk, key, now, {**values, "arguments": {"reason": "quarantined", "at": now.isoformat()}})


def acknowledgement(desk: Desk, letter: str, key: str = "", recipient: str = WRITER, now: datetime = NOW) -> int:
    """Put a made acknowledgement of a letter into the outbox."""
    values = {"kind": "acknowledgement", "audience": "writer", "letter": letter, "recipient": recipient}
    return _made(desk, key or f"acknowledgement:{letter}", now, {**values, "arguments": {}})


def _made(desk: Desk, key: str, now: datetime, values: dict[str, Any]) -> int:
    row = {
        "key": key,
        "state": "planned",
        "planned_at": now,
        "not_before": now,
        "attempts": 0,
        "unknowns": 0,
        "message_id": f"<{key}@bureau.example>",
        "raw": RAW,
        "body_digest": body_digest(RAW),
        **values,
    }
    with desk.ledger.write(now) as writer:
        return planned(writer, row)


def row_of(desk: Desk, mail: int) -> Row[Any]:
    """Give an outgoing mail as it stands."""
    with desk.ledger.read() as connection:
        return connection.execute(select(outbox).where(outbox.c.id == mail)).one()


def state_of(desk: Desk, letter: str) -> str:
    """Give a letter's state."""
    with desk.ledger.read() as connection:
        return str(connection.execute(select(letters.c.state).where(letters.c.number == letter)).scalar_one())


def mails(desk: Desk, kind: str) -> list[Row[Any]]:
    """Give all outgoing mail of a kind, oldest first."""
    with desk.ledger.read() as connection:
        return list(connection.execute(select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)))
