"""Make the bytes of an outgoing mail, the same bytes every time.

Receives an OutgoingMail. Hands on RFC 5322 bytes with CRLF in ASCII; no clock, no randomness: boundaries come from
the Message-ID. Refuses, with ValueError, control characters in any header and addresses that are not plain ASCII.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mailbox_worker.mail.header_lines import encoded_words, field_lines, phrase, refuse_controls
from mailbox_worker.mail.parsed import Address, Attachment
from mailbox_worker.mail.parts import leaf_contents
from mailbox_worker.mail.structure import read_structure

CRLF = "\r\n"
_BASE64_LINE = 76
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_OURS = frozenset(
    {"date", "from", "to", "cc", "bcc", "subject", "message-id", "in-reply-to", "references", "reply-to", "sender"}
    | {"mime-version", "content-type", "content-transfer-encoding", "return-path", "received"}
)
_NAME_PIECE = 60
QUOTE_MARK = "│"


Sheet = tuple[str, str]  # the lines above and below a text that is set apart


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one recipient. date is aware; text has LF; headers are further fields such as X-Tenday-Kind."""

    sender: Address
    to: Address
    subject: str
    date: datetime
    message_id: str
    text: str
    html: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]
    reply_to: Address | None


def compose(letter: OutgoingMail) -> bytes:
    """Return the bytes of *letter*; ValueError says which field was refused and why."""
    head = "".join(_head(letter))
    body = _text_leaf("plain", letter.text)
    if letter.html is not None:
        body = _multipart("alternative", [body, _text_leaf("html", letter.html)], letter.message_id)
    if letter.attachments:
        files = [_file_leaf(attachment) for attachment in letter.attachments]
        body = _multipart("mixed", [body, *files], letter.message_id)
    return (head + "MIME-Version: 1.0" + CRLF + body).encode("ascii")


def body_digest(raw: bytes) -> str:
    """Return the SHA-256 (hexadecimal) of a mail's leaf bodies: type and content, whatever wraps or encodes them.

    A server that folds headers anew, changes a transfer encoding, a boundary or the line ends leaves it alone.
    """
    digest = hashlib.sha256()
    for media_type, content in leaf_contents(read_structure(raw)):
        digest.update(f"{media_type} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def html_from_text(text: str, title: str, buttons: tuple[tuple[str, str], ...] = (), sheet: Sheet = ("", "")) -> str:
    """Return a modest HTML page that shows *text*; lines that begin with the quote mark become a block quote.

    What stands between the two lines of *sheet* is set apart as a sheet of its own. *buttons* are labels and links,
    shown below the paragraph in which the sheet ends, or without one above the first block quote.
    """
    return _page().render(title=title, blocks=_blocks(text.split("\n"), buttons, sheet), buttons=buttons)


def _blocks(lines: list[str], buttons: tuple[tuple[str, str], ...], sheet: Sheet) -> list[tuple[str, list[str]]]:
    """Part the lines into blocks of one kind: text, quote, mark, sheet, and buttons where they stand."""
    has_sheet = all(sheet) and set(sheet) <= set(lines)
    opens, closes = (lines.index(sheet[0]), lines.index(sheet[1])) if has_sheet else (-1, -1)
    below = next((at for at, line in enumerate(lines) if at > closes and not line.strip()), len(lines))
    first_quote = next((at for at, line in enumerate(lines) if line.startswith(QUOTE_MARK)), len(lines))
    blocks: list[tuple[str, list[str]]] = []
    for at, line in enumerate(lines):
        if buttons and at == (below if has_sheet else first_quote):
            blocks.append(("buttons", []))
        kind = "mark" if at in (opens, closes) else "sheet" if opens < at < closes else "text"
        if line.startswith(QUOTE_MARK) and kind == "text":
            kind, line = "quote", line.removeprefix(QUOTE_MARK).removeprefix(" ")  # noqa: PLW2901 - the same line, bare
        if not blocks or blocks[-1][0] != kind:
            if kind == "text" and not line.strip():
                continue  # between two blocks the page leaves room of its own
            blocks.append((kind, []))
        blocks[-1][1].append(line)
    return blocks


@cache
def _page() -> Template:
    loader = PackageLoader("mailbox_worker", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("mail.html.j2")


def _head(letter: OutgoingMail) -> Iterator[str]:
    if letter.date.tzinfo is None:
        raise ValueError(f"Date: {letter.date} has no time zone; expected an aware time")
    yield f"Date: {format_datetime(letter.date)}{CRLF}"
    yield _address_line("From", letter.sender)
    if letter.reply_to is not None:
        yield _address_line("Reply-To", letter.reply_to)
    yield _address_line("To", letter.to)
    yield field_lines("Subject", letter.subject)
    yield f"Message-ID: {_checked_id('Message-ID', letter.message_id)}{CRLF}"
    if letter.in_reply_to is not None:
        yield f"In-Reply-To: {_checked_id('In-Reply-To', letter.in_reply_to)}{CRLF}"
    if letter.references:
        known = [_checked_id("References", reference) for reference in letter.references]
        yield f"References: {(CRLF + ' ').join(known)}{CRLF}"
    for name, value in letter.headers:
        if name.lower() in _OURS:
            raise ValueError(f"{name}: set by compose itself; expected a further field such as X-Tenday-Kind")
        yield field_lines(name, value)


def _address_line(name: str, address: Address) -> str:
    if not _PLAIN_ADDRESS.fullmatch(address.addr_spec):
        raise ValueError(f"{name}: {address.addr_spec!r} is not a plain address; expected local@domain in ASCII")
    refuse_controls(name, address.name)
    if not address.name.strip():
        return f"{name}: {address.addr_spec}{CRLF}"
    return f"{name}: {phrase(address.name, len(name) + 2)}{CRLF} <{address.addr_spec}>{CRLF}"


def _checked_id(name: str, identifier: str) -> str:
    if not _MESSAGE_ID.fullmatch(identifier):
        raise ValueError(f"{name}: {identifier!r} is no message identifier; expected <local@domain> in ASCII")
    return identifier


def _text_leaf(subtype: str, text: str) -> str:
    """Return a text part; always base64, which no server wraps, dots or mangles."""
    content = text.replace(CRLF, "\n").replace("\n", CRLF).encode()
    return f"Content-Type: text/{subtype}; charset=utf-8{CRLF}" + _base64_body(content)


def _file_leaf(attachment: Attachment) -> str:
    refuse_controls("attachment name", attachment.name)
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise ValueError(f"attachment {attachment.name!r}: {attachment.media_type!r} is no media type")
    # name= in encoded words is for the older programs that do not know RFC 2231.
    return (
        f'Content-Type: {attachment.media_type};{CRLF} name="{_encoded_name(attachment.name)}"{CRLF}'
        f"Content-Disposition: attachment;{CRLF} {_rfc2231('filename', attachment.name)}{CRLF}"
        + _base64_body(attachment.content)
    )


def _encoded_name(name: str) -> str:
    return f"{CRLF} ".join(encoded_words(name, 10))


def _rfc2231(parameter: str, value: str) -> str:
    """Return the parameter in RFC 2231 pieces that fit a line, never cut inside a percent triple."""
    triples = re.findall(r"%..|.", quote(value, safe=""))
    pieces = ["utf-8''"]
    for triple in triples:
        if len(pieces[-1]) + len(triple) > _NAME_PIECE:
            pieces.append("")
        pieces[-1] += triple
    if len(pieces) == 1:
        return f"{parameter}*={pieces[0]}"
    return f";{CRLF} ".join(f"{parameter}*{number}*={piece}" for number, piece in enumerate(pieces))


def _base64_body(content: bytes) -> str:
    letters = b64encode(content).decode("ascii")
    lines = [letters[at : at + _BASE64_LINE] + CRLF for at in range(0, len(letters), _BASE64_LINE)]
    return f"Content-Transfer-Encoding: base64{CRLF}{CRLF}" + "".join(lines)


def _multipart(subtype: str, parts: list[str], message_id: str) -> str:
    # '_' is no base64 letter, so the boundary cannot occur in a part.
    boundary = f"=_{subtype}_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    opened = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF}{CRLF}'
    return f"{head}{opened}--{boundary}--{CRLF}"
