"""Letters and answers as people's mail programs write them.

Receives words; hands on the bytes of a mail. Used by the demonstration and by the journeys of the tests, so that
both read and answer the worker's mail as its real correspondents do.
"""

from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime


def letter(
    sender: str, name: str, to: str, subject: str, text: str, *, at: datetime, message_id: str, charset: str = "utf-8"
) -> bytes:
    """Write a citizen's letter; `charset` is the label that its body carries and is encoded by."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{name} <{sender}>" if name else sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail.set_content(text, charset=charset)
    return mail.as_bytes()


def answer(received: bytes, sender: str, text: str, *, at: datetime, message_id: str) -> bytes:
    """Answer a mail as a common program does: new text on top, the whole mail quoted below."""
    original = BytesParser(policy=default).parsebytes(received)
    body = original.get_body(("plain",))
    quoted = "" if body is None else "\n".join(f"> {line}" for line in body.get_content().splitlines())
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = str(original["Reply-To"] or original["From"])
    mail["Subject"] = f"Re: {original['Subject']}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["In-Reply-To"] = str(original["Message-ID"])
    mail["References"] = str(original["Message-ID"])
    day = f"{at.year}年{at.month}月{at.day}日"
    mail.set_content(f"{text}\n\n在 {day}，{original['From']} 写道：\n\n{quoted}\n")
    return mail.as_bytes()


def plain_text(raw: bytes) -> str:
    """Give the text/plain part of a mail as a program shows it."""
    body = BytesParser(policy=default).parsebytes(raw).get_body(("plain",))
    return "" if body is None else str(body.get_content())


def header(raw: bytes, name: str) -> str:
    """Give a header's decoded value; empty without it."""
    return str(BytesParser(policy=default).parsebytes(raw)[name] or "")
