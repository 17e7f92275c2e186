"""The lines that a border mail server writes on top of every mail it accepts.

Receives one accepted SMTP transaction and what the server thinks of the sender's domain; hands on the bytes
to deliver: Return-Path, exactly one Authentication-Results of the server's own, Received, then the mail as
it came. Authentication-Results that already claim to be the server's own are removed (RFC 8601, section 5),
those of other servers stay. Everything else stays byte for byte. Opens nothing, asks no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_COMMENT = re.compile(r"\([^()]*\)")
_OWN_NAME = re.compile(r"[\s]*\"?([^\s;\"]*)")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One accepted SMTP transaction, with the bytes exactly as the client sent them."""

    sender: str  # envelope sender, "" for the null sender
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime  # aware
    login: str | None  # who submitted it, None without AUTH
    helo: str
    protocol: str  # as in Received: ESMTP, ESMTPS, ESMTPSA …
    queue_id: str


def with_trace(mail: Transaction, authserv_id: str, *, own_domain: str, dmarc: Callable[[str], str]) -> bytes:
    """Return the mail as delivered; `dmarc` says what an honest mail of a domain gets: pass, fail or none."""
    results = _auth_result(mail) if mail.login else _border_result(mail, own_domain, dmarc)
    by = f"by {authserv_id} with {mail.protocol} id {mail.queue_id}"
    lines = [
        f"Return-Path: <{mail.sender}>",
        f"Authentication-Results: {authserv_id};\r\n\t{results}",
        f"Received: from {mail.helo} ([127.0.0.1])\r\n\t{by};\r\n\t{format_datetime(mail.at)}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode() + without_results_of(authserv_id, mail.raw)


def without_results_of(authserv_id: str, raw: bytes) -> bytes:
    """Return the mail without the Authentication-Results that name this server as their author."""
    fields = list(_header_fields(raw))
    rest = raw[sum(map(len, fields)) :]
    return b"".join(field for field in fields if _claimed_author(field) != authserv_id.lower()) + rest


def _header_fields(raw: bytes) -> Iterator[bytes]:
    """Yield each header field with its folded lines, up to the empty line; a bare CR or LF ends a line too.

    Python's own parser and most mail programs read them so; a forged header must not hide behind one.
    """
    field = b""
    for line in raw.splitlines(keepends=True):
        if field and not line.startswith((b" ", b"\t")):
            yield field
            field = b""
        if not line.strip(b"\r\n"):
            return
        field += line
    if field:
        yield field


def _claimed_author(field: bytes) -> str | None:
    name, _, value = field.partition(b":")
    if name.strip().lower() != b"authentication-results":
        return None
    text = value.decode("latin-1")
    while (bare := _COMMENT.sub(" ", text)) != text:  # comments may be nested
        text = bare
    found = _OWN_NAME.match(text)
    return found[1].lower() if found else None


def _auth_result(mail: Transaction) -> str:
    return f"auth=pass smtp.auth={mail.login}"


def _border_result(mail: Transaction, own_domain: str, dmarc: Callable[[str], str]) -> str:
    def honest(domain: str) -> str:
        return "fail" if domain == own_domain else dmarc(domain)  # the office's own mail is always submitted with AUTH

    envelope = _domain(mail.sender)
    spf = f"{honest(envelope)} smtp.mailfrom={mail.sender}" if envelope else f"none smtp.helo={mail.helo}"
    authors = _authors(mail.raw)
    if len(authors) != 1:
        return f"auth=none; spf={spf}; dmarc=permerror"
    author = _domain(authors[0])
    verdict = honest(author)
    if verdict == "pass" and not _aligned(author, envelope):
        verdict = "fail"
    return f"auth=none; spf={spf};\r\n\tdmarc={verdict} header.from={author}"


def _authors(raw: bytes) -> list[str]:
    fields = BytesHeaderParser().parsebytes(raw).get_all("From", [])
    return [address for _, address in getaddresses([str(field) for field in fields])]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


def _aligned(author: str, envelope: str) -> bool:
    """RFC 7489, section 3.1, relaxed: the same domain, or one below the other."""
    return author == envelope or author.endswith(f".{envelope}") or envelope.endswith(f".{author}")
