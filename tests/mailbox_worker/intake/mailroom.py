"""An office's mailbox on a real server, its ledger, and intake at work between them.

Receives a server and an account; hands on what lies where and what the ledger says of it. Time moves only when a test
moves it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.intake.take_in import Intake, take_in
from mailbox_worker.ledger.arrivals import raw_of
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import arrivals, event_data, events, letters, outbox, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Row, Table

    from bureau.content import Content
    from tenday.demonstration.imap_accounts import ImapAccounts

PASSWORD = "the-mailbox"  # noqa: S105 - of a server that lives as long as the tests
LOGINS = {f"director-{number}": PASSWORD for number in range(1, 400)}
NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
CONFIGURATION = """content: {content}
ledger: {ledger}
mailbox:
  address: director@bureau.example
  imap: {imap}
  smtp: {{host: 127.0.0.1, port: 1, security: none}}
staff:
  - {{person: chen-jing, email: chenjing@bureau.example}}
  - {{person: wang-fang, email: wangfang@bureau.example}}
sign_off: {{proof: [authentication-results], authserv_id: mx.bureau.example}}
"""


@dataclass
class Mailroom:
    """One mailbox and its ledger."""

    office: Path
    desk: Desk
    server: ImapAccounts
    login: str
    now: datetime = NOW
    progress: list[tuple[int, int]] = field(default_factory=list)

    def arrive(self, *raws: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Put mails on the server, a second apart."""
        for number, raw in enumerate(raws):
            when = (at or self.now - timedelta(minutes=10)) + timedelta(seconds=number)
            with self.server.connect(self.login) as client:
                if folder != "INBOX" and not client.folder_exists(folder):
                    client.create_folder(folder)
                client.append(folder, raw, msg_time=when)

    def arrive_many(self, raws: Sequence[bytes], *junk: bytes) -> None:
        """Put many mails on the server over one connection, all at the same time."""
        with self.server.connect(self.login) as client:
            if junk:
                client.create_folder("Junk")
            for raw in junk:
                client.append("Junk", raw, msg_time=self.now - timedelta(minutes=10))
            for raw in raws:
                client.append("INBOX", raw, msg_time=self.now - timedelta(minutes=10))

    def take_in(self, **later: float) -> Intake:
        """Let intake do one pass; it must meet no trouble."""
        taken = self.try_to_take_in(**later)
        assert taken.troubles == []
        return taken

    def try_to_take_in(self, **later: float) -> Intake:
        """Let intake do one pass, whatever comes of it."""
        self.now += timedelta(**(later or {"minutes": 1}))
        return take_in(self.desk, self.now, lambda done, of: self.progress.append((done, of)))

    def lies_in(self, folder: str = "INBOX") -> list[bytes]:
        """Give the bytes that lie in a folder, oldest UID first."""
        if folder not in self.server.folders(self.login):
            return []
        return [mail.raw for mail in self.server.messages(self.login, folder)]

    def rows(self, table: Table) -> Sequence[Row[Any]]:
        """Give a table's rows in their order."""
        with self.desk.ledger.read() as connection:
            return connection.execute(select(table).order_by(*table.primary_key.columns)).all()

    def count(self, table: Table) -> int:
        """Count a table's rows."""
        with self.desk.ledger.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def logged(self) -> list[bytes]:
        """Give the bytes of every arrival, in the order of logging."""
        with self.desk.ledger.read() as connection:
            ids = connection.execute(select(arrivals.c.id).order_by(arrivals.c.id)).scalars().all()
            return [raw_of(connection, one) for one in ids]

    def dispositions(self) -> list[str | None]:
        """Give what each arrival is, in the order of logging."""
        return ["quarantined" if row.quarantined else row.disposition for row in self.rows(arrivals)]

    def alarms(self) -> list[str]:
        """Give the reasons of all alarms planned so far."""
        return [row.arguments["reason"] for row in self.rows(outbox) if row.kind == "alarm"]

    def acknowledgements(self) -> int:
        """Count the acknowledgements planned so far."""
        return sum(row.kind == "acknowledgement" for row in self.rows(outbox))

    def outcome(self) -> dict[str, object]:
        """Give all that must be the same however often intake was killed: the ledger, but for its clock readings."""
        return {
            "arrivals": [(r.sha256, r.internaldate, r.disposition, r.rule, r.quarantined) for r in self.rows(arrivals)],
            "filed": sum(row.filed_at is not None for row in self.rows(arrivals)),
            "letters": [(r.number, r.arrival, r.state, r.due_on, r.subject) for r in self.rows(letters)],
            "outbox": [(r.key, r.kind, r.recipient) for r in self.rows(outbox)],
            "events": [(r.seq, r.kind, r.letter) for r in self.rows(events)],
            "data": self.count(event_data),
            **self._on_the_server(),
        }

    def _on_the_server(self) -> dict[str, object]:
        """Give which bytes lie where. Killed between COPY and EXPUNGE, a server without MOVE has a copy more."""
        lies: dict[str, object] = {}
        with self.server.connect(self.login) as client:
            for folder in ("INBOX", "Processed", "Junk"):
                client.select_folder(folder, readonly=True)
                found = client.search()
                lies[folder] = sorted({parts[b"BODY[]"] for parts in client.fetch(found, ["BODY.PEEK[]"]).values()})
        return lies

    def places_of(self, arrival: int) -> list[str]:
        """Give the folders in which an arrival was found."""
        return [row.folder for row in self.rows(places) if row.arrival == arrival]


@contextlib.contextmanager
def open_mailroom(
    office: Path,
    content: Content,
    server: ImapAccounts,
    login: str,
    *,
    ledger: str = "sqlite:///var/ledger.db",
    **settings: object,
) -> Iterator[Mailroom]:
    """Open a mailbox's ledger; settings are further keys of `imap`."""
    desk = desk_for(office, content, server, login, ledger=ledger, **settings)
    try:
        yield Mailroom(office, desk, server, login)
    finally:
        desk.ledger.close()


def desk_for(
    office: Path, content: Content, server: ImapAccounts, login: str, *, ledger: str, **settings: object
) -> Desk:
    """Write a configuration and open the desk."""
    office.mkdir(exist_ok=True)
    (office / "password").write_text(PASSWORD, encoding="utf-8")
    imap: dict[str, object] = {
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "username": login,
        "password_file": str(office / "password"),
        **({"ca_file": str(server.ca_file)} if server.ca_file else {}),
        **settings,
    }
    written = ", ".join(f"{key}: {'null' if value is None else value}" for key, value in imap.items())
    file = office / "tenday.yml"
    file.write_text(CONFIGURATION.format(content=office, ledger=ledger, imap=f"{{{written}}}"), encoding="utf-8")
    config = load_config(file)
    return Desk(config, content, open_ledger(config.ledger))


def letter(number: int, text: str = "我的车追尾，保险公司拒赔。", **headers: str) -> bytes:
    """Write a citizen's letter; headers override or add fields, None leaves one out."""
    fields: dict[str, str | None] = {
        "From": f"citizen{number}@example.org",
        "To": "director@bureau.example",
        "Subject": f"complaint {number}",
        "Date": "Thu, 05 Mar 2026 08:00:00 +0800",
        "Message-ID": f"<{number}@example.org>",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"{head}\r\n{number}. {text}\r\n".encode()


def large_letter(number: int, size: int) -> bytes:
    """Write a letter with a long attachment, about `size` bytes in all."""
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n"
    head = letter(number, Content_Type='multipart/mixed; boundary="b"').partition(b"\r\n\r\n")[0]
    text = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n附件是照片。\r\n--b\r\n".encode()
    kind = b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + b"\r\n\r\n" + text + kind + line * (size // len(line)) + b"--b--\r\n"
