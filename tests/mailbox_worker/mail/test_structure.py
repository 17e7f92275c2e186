"""Bytes are parted as the stdlib parts them, where it finds nothing wrong with them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox_worker.mail.limits import MAX_DEPTH
from mailbox_worker.mail.parts import content_of
from mailbox_worker.mail.structure import leaves, read_structure

if TYPE_CHECKING:
    from email.message import Message

READ_BETTER = {  # the stdlib takes the first two at their word; the others are cut at our limits
    "base64-last-letter-missing",
    "content-type-is-plain-slash",
    "multiparts-nested-twenty-five-deep",
    "six-hundred-parts",
}
LETTERS = Path(__file__).parents[2] / "letters"
FILES = sorted(path for path in LETTERS.rglob("*.eml") if path.stat().st_size < 50_000)


def by_stdlib(message: Message) -> list[tuple[str, bytes]] | None:
    """Give type and content of every leaf; None where the stdlib reports a defect, or a part is a mail."""
    found = []
    for part in message.walk():
        if part.defects or part.get_content_maintype() == "message":
            return None
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found.append((part.get_content_type(), content))
    return found


def by_us(raw: bytes) -> list[tuple[str, bytes]]:
    return [(part.kind.media_type, content_of(part)) for part in leaves(read_structure(raw), depth=MAX_DEPTH)]


def test_every_sound_mail_at_hand_is_parted_as_the_stdlib_does() -> None:
    compared = 0
    for path in FILES:
        raw = path.read_bytes()
        expected = by_stdlib(message_from_bytes(raw))
        if expected is not None and path.stem not in READ_BETTER:
            compared += 1
            assert by_us(raw) == expected, path.stem
    assert compared > 250


bodies = st.binary(max_size=60) | st.sampled_from([b"--b", b"\n--b--\n", b"\r\n", b"", b"From x\n"])


@given(st.lists(bodies, max_size=5))
@settings(derandomize=True, database=None)
def test_what_the_stdlib_writes_is_read_back(files: list[bytes]) -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.org"
    mail.set_content("您好\n")
    for content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="a.bin")
    raw = mail.as_bytes()
    assert [content for kind, content in by_us(raw) if kind == "application/octet-stream"] == files


@pytest.mark.parametrize("head", [b"", b"\n", b"\r\n", b"From x\n", b" folded: first\n", b": empty\n", b"no colon\n"])
def test_any_head_is_read(head: bytes) -> None:
    part = read_structure(head + b"Subject: x\r\n\r\nbody")
    assert part.end == len(part.whole)
    assert part.body.endswith(b"body")
