"""Hold the two forms of one mail against each other: the plain text decides, but people look at the HTML.

Receives the bytes of an answer; tells whether both forms begin with the same line (THREATS: shown one text, approving
another).
"""

from email import message_from_bytes
from email.message import Message

from mailbox_worker.mail.characters import decode
from mailbox_worker.mail.html_text import text_of_html


def begin_alike(raw: bytes) -> bool:
    """Tell whether plain text and HTML of each multipart/alternative begin with the same line, white space aside."""
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "multipart/alternative":
            plain, html = _leaf(part, "text/plain"), _leaf(part, "text/html")
            if plain is not None and html is not None and _first(plain) and _first(plain) != _first(text_of_html(html)):
                return False
    return True


def _leaf(alternative: Message, media_type: str) -> str | None:
    for part in alternative.walk():
        content = part.get_payload(decode=True) if part.get_content_type() == media_type else None
        if isinstance(content, bytes):
            return decode(content, part.get_content_charset()).text
    return None


def _first(text: str) -> str:
    lines = ("".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if line), "")
