"""Every attack of forgeries.yml, sent by real SMTP and fetched by real IMAP, for each kind of proof.

Nothing may go out for any of them; afterwards the genuine answer must: else the table would prove nothing.
"""

from __future__ import annotations

import base64
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dkim
import pyotp
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import select

from mailbox_worker.config_file import load_config
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import arrivals, event_data, events, outbox
from tenday.demonstration.writing import header
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    DRAFT,
    MAILBOX,
    open_bureau,
    reply_body,
    token_of,
)

if TYPE_CHECKING:
    from tests.servers.fixtures import OpenTown

TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "forgeries.yml").read_text(encoding="utf-8")
)
WRITER, OTHER_WRITER, ELSEWHERE = "zhangsan@example.org", "lisi@example.org", "chenjing@province.example"
HOLD = "authserv_id: mx.bureau.example, hold_minutes: 10"
PROOFS = {
    "results": "[authentication-results]",
    "totp": "[totp]",
    "dkim": "[dkim]",
    "all": "[{all: [authentication-results, totp]}]",
}
SECRET, OTHERS_SECRET = pyotp.random_base32(), pyotp.random_base32()
SIGNED = ["From", "Subject", "Date", "Content-Type"]


class Siege:
    """An office with one letter on the deputy's desk, another beside it, and the means of the attackers."""

    def __init__(self, folder: Path, open_town: OpenTown, kind: str) -> None:
        self.kind = kind
        self.folder = folder / "forgeries"  # each attack as it goes over the wire, to be looked at after a run
        self.folder.mkdir()
        self.deputy = ELSEWHERE if kind == "dkim" else DEPUTY
        self.keys = {name: rsa.generate_private_key(65537, 2048) for name in ("own", "evil")} if kind == "dkim" else {}
        self.bureau = open_bureau(folder, open_town, [WRITER, OTHER_WRITER, ELSEWHERE])
        self._configure(folder)
        self.request, self.other = self._on_the_desk(WRITER), self._on_the_desk(OTHER_WRITER)

    def _configure(self, folder: Path) -> None:
        text = self.bureau.config.read_text(encoding="utf-8")
        text = text.replace("[authentication-results]", PROOFS[self.kind])
        if self.kind in ("totp", "all"):
            secrets = folder / "totp.yml"
            secrets.write_text(yaml.safe_dump({"chen-jing": SECRET, "wang-fang": OTHERS_SECRET}), encoding="utf-8")
            secrets.chmod(0o600)
        if self.kind == "dkim":
            text = text.replace(DEPUTY, ELSEWHERE).replace(HOLD, f"{HOLD}, dkim_keys: keys.yml")
            text = text.replace("[dkim]", "[dkim, authentication-results]")  # for the clerk's own domain
            records = {
                "s._domainkey.province.example": record(self.keys["own"]),
                "s._domainkey.evil.example": record(self.keys["evil"]),
                "s._domainkey.example": record(self.keys["evil"]),
            }
            (folder / "keys.yml").write_text(yaml.safe_dump(records), encoding="utf-8")
        self.bureau.config.write_text(text, encoding="utf-8")

    def _on_the_desk(self, writer: str) -> bytes:
        bureau = self.bureau
        bureau.plain_letter(writer, "张三", "车险理赔被拒", "我的车追尾，保险公司拒赔。")
        bureau.tick()
        code = pyotp.TOTP(OTHERS_SECRET).at(bureau.now)
        draft = f"{code}\n{DRAFT}" if self.kind in ("totp", "all") else DRAFT
        bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], draft)
        bureau.tick()
        bureau.pass_time(minutes=5)  # the clerk's next code
        return bureau.mail_to(self.deputy, "sign-off-request")[-1]

    def send(self, forgery: dict[str, Any], number: int) -> None:
        """Hand the forged mail in, as whoever the attacker can log in as."""
        raw, by = self.mail(forgery, number), forgery.get("by")
        (self.folder / f"{forgery.get('name', 'genuine')}.eml").write_bytes(raw)
        envelope = str(forgery.get("envelope", by or "x@evil.example"))
        self.bureau.town.submit(raw, envelope, MAILBOX, login=by)

    def mail(self, forgery: dict[str, Any], number: int) -> bytes:
        """Write the mail that the table describes."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"陈静 <{self.deputy}>"
        mail["To"] = MAILBOX
        mail["Subject"] = self._filled(forgery.get("subject", f"Re: {header(self.request, 'Subject')}"))
        dated = forgery.get("dated")
        at = datetime.combine(dated, self.bureau.now.timetz()) if dated else self.bureau.now
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{number}@forged.example>"
        if answered := self._filled(forgery.get("reply_to", "{id}")):
            mail["In-Reply-To"] = answered
        mail.set_content(self._filled(forgery.get("text", "同意")))
        if "html" in forgery:
            mail.add_alternative(forgery["html"], subtype="html")
        if "file" in forgery:
            mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="octet-stream", filename=forgery["file"])
        raw = mail.as_bytes()
        if "from" in forgery:
            lines = raw.split(b"\r\n")
            at_from = next(place for place, line in enumerate(lines) if line.startswith(b"From: "))
            lines[at_from] = f"From: {forgery['from']}".encode()
            raw = b"\r\n".join(lines)
        raw = self._above(forgery.get("above", []), raw)
        if "sign" in forgery:
            raw = self._signed(forgery["sign"], raw)
        if "then" in forgery:
            raw = replaced(raw, *forgery["then"])
        return self._above(forgery.get("after_signing", []), raw)

    def _above(self, lines: list[str], raw: bytes) -> bytes:
        return "".join(f"{self._filled(line)}\r\n" for line in lines).encode() + raw

    def _signed(self, how: dict[str, Any], raw: bytes) -> bytes:
        key = self.keys[how.get("key", "evil" if "domain" in how else "own")]
        signature = dkim.sign(
            raw,
            how.get("selector", "s").encode(),
            how.get("domain", "province.example").encode(),
            key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
            include_headers=[name.encode() for name in how.get("fields", SIGNED)],
            length=bool(how.get("length")),
        )
        return bytes(signature) + raw

    def _filled(self, text: str) -> str:
        now, totp = self.bureau.now, pyotp.TOTP(SECRET)
        values = {
            "request": token_of(self.request),
            "other": token_of(self.other),
            "id": header(self.request, "Message-ID"),
            "other_id": header(self.other, "Message-ID"),
            "valid": totp.at(now),
            "late": totp.at(now - timedelta(seconds=60)),
            "old": totp.at(now - timedelta(hours=1)),
            "ahead": totp.at(now + timedelta(days=1)),
            "others": pyotp.TOTP(OTHERS_SECRET).at(now),
        }
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def verdicts(self) -> dict[str, str]:
        """Give, by Message-ID, the reason of a refusal, `unclear`, another disposition, or what was decided."""
        ledger = open_ledger(load_config(self.bureau.config).ledger)
        with closing(ledger), ledger.read() as connection:
            query = select(events.c.kind, event_data.c.data).join(event_data, event_data.c.seq == events.c.seq)
            told = {}
            for row in connection.execute(query.order_by(events.c.seq)):
                data = yaml.safe_load(row.data)
                if "arrival" in data and row.kind in ("answer-refused", "not-understood", "signed-off", "returned"):
                    told[data["arrival"]] = data.get("reason") or {"not-understood": "unclear"}.get(row.kind, row.kind)
            rows = connection.execute(select(arrivals)).all()
            return {str(row.message_id): told.get(row.id, str(row.disposition)) for row in rows}

    def written_to(self) -> set[str]:
        """Give every address that the worker has made a mail to, whatever became of it."""
        ledger = open_ledger(load_config(self.bureau.config).ledger)
        with closing(ledger), ledger.read() as connection:
            return set(connection.execute(select(outbox.c.recipient).where(outbox.c.raw.is_not(None))).scalars())

    def approve(self) -> None:
        """Let the deputy answer for real."""
        self.bureau.pass_time(minutes=5)
        code = f" {pyotp.TOTP(SECRET).at(self.bureau.now)}" if self.kind in ("totp", "all") else ""
        genuine: dict[str, Any] = {"text": f"同意{code}", "by": None if self.kind == "dkim" else DEPUTY}
        if self.kind == "dkim":
            genuine |= {"sign": {}, "envelope": ELSEWHERE}
        self.send(genuine, 1000)


def record(key: rsa.RSAPrivateKey) -> str:
    """Write the key record of a domain."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def replaced(raw: bytes, old: str, new: str) -> bytes:
    """Change bytes of a finished mail, in its encoded body too."""
    for before, after in ((old.encode(), new.encode()), (encoded(old), encoded(new))):
        if before in raw:
            return raw.replace(before, after, 1)
    raise AssertionError(f"{old} does not stand in the mail")


def encoded(text: str) -> bytes:
    """Encode a body as the mail library does."""
    return base64.b64encode(f"{text}\r\n".encode())


@pytest.mark.parametrize("kind", PROOFS)
def test_no_attack_sends_a_word_and_each_is_refused_by_its_name(kind: str, tmp_path: Path, open_town: OpenTown) -> None:
    siege = Siege(tmp_path, open_town, kind)
    bureau = siege.bureau
    for number, forgery in enumerate(TABLE[kind]):
        siege.send(forgery, number)
        if kind in ("totp", "all"):
            bureau.tick()  # one after the other: each code is used up in its turn
    bureau.tick()
    verdicts = siege.verdicts()
    found = {forgery["name"]: verdicts[f"<{number}@forged.example>"] for number, forgery in enumerate(TABLE[kind])}
    assert found == {forgery["name"]: forgery["verdict"] for forgery in TABLE[kind]}
    bureau.pass_time(minutes=30)
    bureau.tick()
    assert bureau.mail_to(WRITER, "reply") == []
    assert [row["state"] for row in bureau.json("list")] == ["awaiting_sign_off"] * 2
    assert len(bureau.mail_to(siege.deputy, "refusal")) == 1, "told once, at the registered address"
    assert len([raw for raw in bureau.mail_to(DIRECTOR, "alarm") if "冒用陈静的名义" in header(raw, "Subject")]) == 1
    assert siege.written_to() <= {WRITER, OTHER_WRITER, siege.deputy, CLERK, DIRECTOR}, "no forger is answered"
    siege.approve()
    bureau.tick()
    bureau.pass_time(minutes=11)
    bureau.tick()
    (reply,) = bureau.mail_to(WRITER, "reply")
    shown = bureau.json("show", "2026-000001")
    assert reply_body(reply) == shown["drafts"][-1]["text"]
    assert shown["sign_offs"][0]["sha256"] == shown["drafts"][-1]["sha256"]
    assert bureau.json("verify")["ok"] is True


def test_the_table_holds_at_least_sixty_attacks_and_no_name_twice() -> None:
    names = [forgery["name"] for forgeries in TABLE.values() for forgery in forgeries]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
