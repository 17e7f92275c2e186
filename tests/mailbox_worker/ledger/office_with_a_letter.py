"""Rows that tests of the ledger start from: an arrival, its letter, a draft, the deputy's request, a sign-off, a reply.

Receives a Writer; hands on what it wrote. Every value can be given; what is not given is the ordinary case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, func, insert, select, text

from mailbox_worker.ledger.arrivals import Found, log_arrivals
from mailbox_worker.ledger.letters import Draft, Letter, add_draft, add_letter
from mailbox_worker.ledger.places import Place
from mailbox_worker.ledger.tables import arrivals, outbox, requests, sign_offs
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, Purpose

if TYPE_CHECKING:
    from mailbox_worker.ledger.store import Ledger, Writer

__all__ = ["NOW", "Engine", "arrive", "as_letter", "logged_letter", "reply", "run", "signed_letter"]

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
WRITER, DEPUTY = "zhangsan@example.org", "chen-jing"
TEXT = "张三：您好！您来信反映的问题已经查实。"
SIGNED = {
    "digest": "d" * 64,
    "purpose": Purpose.FINAL,
    "recipient": WRITER,
}


def arrive(writer: Writer, raw: bytes = b"Subject: 1\r\n\r\n1\r\n", uid: int = 1, at: datetime = NOW) -> int:
    """Log a mail; gives its arrival."""
    (arrival,) = log_arrivals(writer, [Found(Place("director", "INBOX", 7, uid), at, raw)])
    return arrival


def as_letter(number: str, arrival: int, **values: Any) -> Letter:
    """Make an ordinary letter's row."""
    ordinary: dict[str, Any] = {
        "number": number,
        "arrival": arrival,
        "channel": "mail",
        "deliver_by": "mail",
        "category": "general",
        "restricted": (),
        "state": LetterState.DRAFTING,
        "received_at": NOW,
        "promise": "mailbox",
        "due_on": date(2026, 3, 15),
        "work_by": date(2026, 3, 13),
        "provisional": False,
        "workday_table": "0" * 16,
        "writer_name": "张三",
        "writer_address": WRITER,
        "message_id": f"<{arrival}@example.org>",
        "subject": "车险理赔",
        "text": "我的车险被拒赔。",
        "fields": {},
        "follows": None,
        "answered_at": None,
    }
    return Letter(**{**ordinary, **values})


def logged_letter(writer: Writer, **values: Any) -> str:
    """Log a mail and its letter; gives the number."""
    count = int(writer.connection.execute(select(func.count()).select_from(arrivals)).scalar_one())
    arrival = arrive(writer, f"Subject: {count}\r\n\r\n{count}\r\n".encode(), uid=count + 1)
    number = writer.next_number(2026)
    add_letter(writer, as_letter(number, arrival, **values))
    writer.record("letter-logged", letter=number)
    return number


def drafted(writer: Writer, number: str, version: int = 1, **values: Any) -> None:
    """Log a draft of a letter."""
    draft = {
        "letter": number,
        "version": version,
        "author": "wang-fang",
        "subject": f"【来信答复】关于您的来信 {number}",
        "text": TEXT,
        "attachments": (),
        "arrival": None,
        "created_at": NOW,
        **SIGNED,
        **values,
    }
    add_draft(writer, Draft(**draft))


def asked(writer: Writer, number: str, version: int = 1, **values: Any) -> int:
    """Log the sign-off request about a draft; gives its id."""
    request = {
        "kind": MailKind.SIGN_OFF_REQUEST,
        "about": "draft",
        "letter": number,
        "person": DEPUTY,
        "draft_version": version,
        "token_digest": f"{number}-{version}-{values.get('person', '')}",
        "message_id": f"<{number}-{version}-{values.get('person', '')}@bureau.example>",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=60),
        **values,
    }
    return inserted(writer.connection.execute(insert(requests).values(request)))


def signed(writer: Writer, number: str, request: int, version: int = 1, **values: Any) -> int:
    """Log a sign-off; gives its id."""
    row = {
        "letter": number,
        "draft_version": version,
        "person": DEPUTY,
        "request": request,
        "arrival": 1,
        "proof": "authentication-results",
        "evidence": "auth=pass",
        "at": NOW,
        **SIGNED,
        **values,
    }
    return inserted(writer.connection.execute(insert(sign_offs).values(row)))


def signed_letter(writer: Writer, version: int = 1, number: str | None = None, **values: Any) -> tuple[str, int]:
    """Log a letter with a draft that was signed off; gives its number and the sign-off."""
    letter = number or logged_letter(writer)
    drafted(writer, letter, version, **values)
    return letter, signed(writer, letter, asked(writer, letter, version), version, **values)


def reply(number: str, sign_off: int | None, **values: Any) -> dict[str, Any]:
    """Give the outbox row of a reply to a letter."""
    return {
        "key": f"reply:{number}:{sign_off}:{values.get('purpose', '')}",
        "kind": MailKind.REPLY,
        "audience": "writer",
        "letter": number,
        "sign_off": sign_off,
        "arguments": {},
        "state": "planned",
        "planned_at": NOW,
        "not_before": NOW,
        "attempts": 0,
        **SIGNED,
        **values,
    }


def planned(writer: Writer, row: dict[str, Any]) -> int:
    """Put a row into the outbox; gives its id."""
    return inserted(writer.connection.execute(insert(outbox).values(row)))


def inserted(result: Any) -> int:
    """Give the id of the row that was inserted."""
    return int(result.inserted_primary_key[0])


def run(engine: Engine, *statements: str, **values: Any) -> None:
    """Run SQL as somebody who has the database's password."""
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def count(ledger: Ledger, table: str) -> int:
    """Count a table's rows."""
    with ledger.read() as connection:
        return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())  # noqa: S608 - our own names
