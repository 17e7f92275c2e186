"""What a file is, whatever its name says, and why it is not opened unseen."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.file_types import dangers, real_type


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (packed("a.txt"), "application/zip"),
        (packed("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (packed("OFD.xml"), "application/ofd"),
        (b"MZ\x90\0", "application/x-msdownload"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b'<?xml version="1.0"?><svg/>', "image/svg+xml"),
        ("您好".encode(), ""),
        (b"", ""),
    ],
)
def test_F43_the_first_bytes_say_what_a_file_is(content: bytes, media_type: str) -> None:
    assert real_type(content) == media_type


def encrypted() -> bytes:
    content = bytearray(packed("证据.txt"))
    content[6] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.zip", encrypted(), ("encrypted",)),
        ("a.pdf", b"%PDF-1.4 trailer << /Encrypt 5 0 R >>", ("encrypted",)),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), ("encrypted",)),
        ("a.docm", packed("word/vbaProject.bin"), ("macro",)),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), ("macro",)),
        ("发票.pdf", b"MZ\x90\0", ("program",)),
        ("发票.lnk", b"x", ("program",)),
        ("a.html", b"x", ("active-page",)),
        ("a.jpg", b"<html><script>", ("active-page",)),
        ("a.jpg", b"\xff\xd8\xff", ()),
        ("a.zip", packed("a.txt"), ()),
    ],
)
def test_what_may_harm_a_reader_is_named(name: str, content: bytes, found: tuple[str, ...]) -> None:
    assert dangers(name, content) == found


@given(st.binary(max_size=200), st.sampled_from([b"PK\x03\x04", b"%PDF-", b"RIFF", b""]))
def test_no_content_raises(content: bytes, head: bytes) -> None:
    real_type(head + content)
    dangers("x", head + content)
