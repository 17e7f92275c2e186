"""Read what servers wrote about a mail on its way: Authentication-Results (RFC 8601) and Received.

Receives a ParsedMail. Hands on what the fields say and where each stands. Believes nothing: which server to
trust, which field stands above which, and what a result proves is for the caller to decide. Never raises;
what does not follow the grammar is left out, so that it proves nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from mailbox_worker.mail.addresses import moment
from mailbox_worker.mail.parsed import ParsedMail

_METHOD = re.compile(r"\s*([A-Za-z][\w-]*)(?:\s*/\s*\d+)?\s*=\s*([A-Za-z]+)(?=\s|$)")
_PROPERTY = re.compile(
    r"""\s+([A-Za-z][\w.-]*)\s*=\s*((?:"(?:[^"\\]|\\.){0,1000}"|[^\s"])+)(?=\s|$)""",
)
_BY_HOST = re.compile(r"\s*(?:from\s+\S+(?:\s+\[[\w.:]+\])?\s+)?by\s+([^\s;]+)", re.IGNORECASE)
_PIECE = re.compile(r'"(?:[^"\\]|\\.){0,1000}"|\\.|[^"\\();]+|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method's verdict, as `dmarc=pass header.from=example.org`; names and result in lower case.

    A property that a server wrote twice has its first value. position is the field's place in mail.fields.
    """

    method: str
    result: str
    properties: Mapping[str, str]
    position: int


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One Authentication-Results field; authserv_id in lower case, "" if the server wrote none (Exchange)."""

    authserv_id: str
    results: tuple[MethodResult, ...]
    position: int


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One Received field: place in mail.fields, the host that wrote it ("" if unclear), its aware time."""

    position: int
    by_host: str
    when: datetime | None


def authentication_results(mail: ParsedMail) -> tuple[AuthenticationResults, ...]:
    """Return every Authentication-Results field of *mail*, topmost first."""
    return tuple(_results(value, position) for position, value in mail.numbered_headers("Authentication-Results"))


def received_hosts(mail: ParsedMail) -> tuple[ReceivedLine, ...]:
    """Return every Received field of *mail*, topmost (latest) first."""
    return tuple(_received(value, position) for position, value in mail.numbered_headers("Received"))


def _results(value: str, position: int) -> AuthenticationResults:
    first, *others = _segments(value) or ["", ""]
    words = first.split()
    # Exchange writes no authserv-id: its first segment is a result already.
    nameless = "=" in first
    segments = [first, *others] if nameless else others
    results = (_method_result(segment, position) for segment in segments)
    return AuthenticationResults(
        authserv_id="" if nameless or not words else words[0].strip('"').lower(),
        results=tuple(result for result in results if result is not None),
        position=position,
    )


def _method_result(segment: str, position: int) -> MethodResult | None:
    found = _METHOD.match(segment)
    if found is None:
        return None
    properties: dict[str, str] = {}
    at = found.end()
    while (pair := _PROPERTY.match(segment, at)) is not None:
        text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), pair[2])
        properties.setdefault(pair[1].lower(), text)
        at = pair.end()
    if segment[at:].strip():
        return None  # something stands there that is no property: a forger's, or a dialect we do not know
    return MethodResult(found[1].lower(), found[2].lower(), MappingProxyType(properties), position)


def _segments(value: str) -> list[str]:
    """Split at semicolons outside quoted strings, comments (which nest) taken out; at least one segment.

    Empty if a quote or a comment never ends: a stranger's words, copied into the field, may have opened it.
    """
    segments, depth = [""], 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
            segments[-1] += "" if depth else " "
        elif depth:
            continue
        elif piece == '"':
            return []
        elif piece == ";":
            segments.append("")
        else:
            segments[-1] += piece
    return [] if depth else segments


def _received(value: str, position: int) -> ReceivedLine:
    *clauses, date = _segments(value) or [""]
    host = _BY_HOST.match(" ".join(clauses))
    return ReceivedLine(position, host[1].lower().rstrip(".") if host else "", moment(date))
