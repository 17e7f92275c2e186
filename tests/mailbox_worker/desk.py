"""A desk with the shipped content and an invented configuration; mails that colleagues answer with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bureau.content import load_content
from mailbox_worker.config import Config
from mailbox_worker.desk import Desk

if TYPE_CHECKING:
    from mailbox_worker.ledger.store import Ledger

CONTENT = Path(__file__).parent.parent.parent / "content"
MAILBOX = "director@bureau.example"
CHEN, LI = "chenjing@bureau.example", "liming@bureau.example"
ZHANG, WANG = "zhangwei@bureau.example", "wangfang@bureau.example"
SERVER = {"host": "127.0.0.1", "port": 1, "security": "none"}
RECEIVED = "Received: from phone by mx.bureau.example with ESMTPSA id 1; Thu, 05 Mar 2026 09:00:00 +0800"


def configuration(**values: Any) -> Config:
    """Give the worker's configuration; no server of it is ever called."""
    ordinary = {
        "content": str(CONTENT),
        "ledger": "sqlite:///never-opened.db",
        "mailbox": {"address": MAILBOX, "imap": {**SERVER, "username": "director"}, "smtp": SERVER},
        "staff": [
            {"person": "zhang-wei", "email": ZHANG},
            {"person": "chen-jing", "email": CHEN},
            {"person": "li-ming", "email": LI},
            {"person": "wang-fang", "email": WANG},
        ],
        "sign_off": {"proof": ["authentication-results"], "authserv_id": "mx.bureau.example"},
    }
    return Config.model_validate(_frozen(ordinary | values))


def _frozen(value: Any) -> Any:
    """Give lists as tuples, as YAML is read."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def desk_with(ledger: Ledger, **values: Any) -> Desk:
    """Open a desk over a ledger."""
    return Desk(configuration(**values), load_content(CONTENT), ledger)


def answer(sender: str, text: str, *, account: str | None = None, results: str | None = None) -> bytes:
    """Write an answer as our server delivers it; `account` is who logged in, by default the sender."""
    stamp = results or f"auth=pass smtp.auth={account or sender}"
    headers = (
        f"Authentication-Results: mx.bureau.example; {stamp}",
        RECEIVED,
        f"From: {sender}",
        f"To: {MAILBOX}",
        "Subject: Re: x",
        "Message-ID: <answer@bureau.example>",
        "Content-Type: text/plain; charset=utf-8",
    )
    return "\r\n".join([*headers, "", text, ""]).encode()
