import hashlib
import re
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.compose import OutgoingMail, body_digest, compose, html_from_text
from mailbox_worker.mail.controls import readable_line, readable_text
from mailbox_worker.mail.parsed import Address, Attachment
from mailbox_worker.mail.read import read_mail

PDF = b"%PDF-1.4\n"
TEXT = "张三：\n\n您的来信收悉。\n\n│ 我的车险被拒。\n│ <b>C:\\new\\table</b>\n\n-- \n局长信箱"
REPLY = OutgoingMail(
    sender=Address("局长信箱", "director@bureau.example"),
    to=Address('张 "三" (南昌), 先生', "zhangsan@example.org"),
    subject="关于车险理赔被拒一事的答复，请您查收并在收到之后给我们一个回音 2026-000123 [#0123456789ABCDEF]",
    date=datetime(2026, 3, 9, 15, 0, tzinfo=timezone(timedelta(hours=8))),
    message_id="<0123456789abcdef@bureau.example>",
    text=TEXT,
    html=html_from_text(TEXT, "答复"),
    in_reply_to="<20260302091240.7f31@mail.example.org>",
    references=("<1@example.org>", "<20260302091240.7f31@mail.example.org>"),
    headers=(("X-Tenday-Kind", "reply"), ("X-Tenday-Purpose", "final"), ("X-Note", "说明")),
    attachments=(
        Attachment("办理结果" * 12 + "（盖章）.pdf", "application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest(), PDF),
    ),
    reply_to=Address("", "director+x@bureau.example"),
)
SHORT = replace(REPLY, html=None, attachments=(), headers=(), references=(), in_reply_to=None, reply_to=None)


def test_F63_the_same_mail_gives_the_same_bytes() -> None:
    assert compose(REPLY) == compose(replace(REPLY))


def test_the_wire_is_ascii_with_crlf_and_short_lines() -> None:
    raw = compose(REPLY)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert not re.search(rb"^[ \t]+$", raw, re.MULTILINE)


def test_what_is_read_back_is_what_was_composed() -> None:
    mail = read_mail(compose(REPLY))
    assert mail.senders == (REPLY.sender,)
    assert mail.to == (REPLY.to,)
    assert mail.reply_to == (REPLY.reply_to,)
    assert mail.subject == REPLY.subject
    assert mail.date == REPLY.date
    assert (mail.message_id, mail.in_reply_to, mail.references) == (
        REPLY.message_id,
        (REPLY.in_reply_to,),
        REPLY.references,
    )
    assert mail.header("X-Tenday-Purpose") == "final"
    assert mail.header("X-Note") == "说明"
    assert mail.text == TEXT
    assert mail.attachments == REPLY.attachments
    assert mail.notes == ()


def test_plain_text_stands_before_html() -> None:
    raw = compose(REPLY)
    assert 0 < raw.index(b"text/plain; charset=utf-8") < raw.index(b"text/html; charset=utf-8")


def test_chinese_is_never_cut_inside_a_character() -> None:
    words = re.findall(rb"=\?utf-8\?b\?([^?]+)\?=", compose(replace(SHORT, subject="镕囍𠮷" * 40)))
    assert len(words) > 5
    for word in words:
        assert len(word) <= 75
        b64decode(word).decode()


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: x@example.org", "\n", "\r", "\0", "\x7f", "\x85", "\u202e", "\u2028", "\ud800"]
)
def test_F67_control_characters_in_any_header_are_refused(bad: str) -> None:
    for letter in (
        replace(SHORT, subject=f"a{bad}"),
        replace(SHORT, sender=Address(f"a{bad}", "a@example.org")),
        replace(SHORT, to=Address("a", f"a{bad}@example.org")),
        replace(SHORT, reply_to=Address(f"a{bad}", "a@example.org")),
        replace(SHORT, message_id=f"<a{bad}@x>"),
        replace(SHORT, in_reply_to=f"<a@x>{bad}"),
        replace(SHORT, references=(f"<a@x>{bad}",)),
        replace(SHORT, headers=((f"X-A{bad}", "b"),)),
        replace(SHORT, headers=(("X-A", f"b{bad}"),)),
        replace(SHORT, attachments=(Attachment(f"a{bad}", "text/csv", 0, "", b""),)),
        replace(SHORT, attachments=(Attachment("a", f"text/csv{bad}", 0, "", b""),)),
    ):
        with pytest.raises(ValueError, match=r"expected|no media type"):
            compose(letter)


def test_what_compose_writes_itself_is_no_further_header() -> None:
    for name in ("Subject", "bcc", "Content-Type"):
        with pytest.raises(ValueError, match="set by compose itself"):
            compose(replace(SHORT, headers=((name, "x"),)))


def test_a_date_without_a_zone_and_a_foreign_address_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        compose(replace(SHORT, date=datetime(2026, 3, 9, 15, 0)))  # noqa: DTZ001 the refused case itself
    for address in ("a", "a@b@c", "张三@example.org", "a@例子.example", "a b@example.org", "<a@example.org>"):
        with pytest.raises(ValueError, match="not a plain address"):
            compose(replace(SHORT, to=Address("", address)))


def test_a_subject_that_looks_encoded_stays_as_it_is() -> None:
    for subject in ("=?utf-8?q?x?=", "x" * 3000, "a" + " b" * 200):
        assert read_mail(compose(replace(SHORT, subject=subject))).subject == subject


def test_the_digest_survives_what_servers_do_to_a_copy() -> None:
    raw = compose(REPLY)
    digest = body_digest(raw)
    assert body_digest(raw.replace(b"\r\n", b"\n")) == digest
    assert body_digest(b"Received: from a by b; x\r\nX-Spam: no\r\n" + raw) == digest
    boundary = re.search(rb'multipart/mixed;\r\n boundary="([^"]+)"', raw)
    assert boundary is not None
    assert body_digest(raw.replace(boundary[1], b"another")) == digest


def test_the_digest_survives_another_transfer_encoding() -> None:
    plain = (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + TEXT.encode() + b"\r\n"
    )
    assert body_digest(compose(SHORT)) == body_digest(plain)


def test_the_digest_tells_another_text_from_ours() -> None:
    assert body_digest(compose(SHORT)) != body_digest(compose(replace(SHORT, text=TEXT + "。")))
    file = Attachment("a", "text/csv", 1, "", b"1")
    assert body_digest(compose(replace(SHORT, attachments=(file,)))) != body_digest(compose(SHORT))


def test_html_shows_the_text_escaped_quoted_and_unlinked() -> None:
    page = html_from_text("见 https://example.org [#ABC] <script>\n│ 引文\n│ 第二行\n完", "标题 <x>")
    assert '<html lang="zh-CN">' in page
    assert "<title>标题 &lt;x&gt;</title>" in page
    assert "<a" not in page
    assert "&lt;script&gt;" in page
    assert re.search(r"<blockquote[^>]*>\s*引文<br>\s*第二行\s*</blockquote>", page)
    assert "color-scheme" in page
    assert "width=device-width" in page


def test_html_alone_reads_as_the_same_lines() -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html_from_text(TEXT, "x").encode()
    lines = [line.strip() for line in read_mail(raw).text.split("\n") if line.strip()]
    assert lines == [line.removeprefix("│ ").strip() for line in TEXT.split("\n") if line.strip()]


def writable(text: str) -> bool:
    return readable_line(text) == text and not any(char in text for char in "\u2028\u2029")


lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=120).filter(writable)


@given(subject=lines, name=lines, text=st.text(max_size=300).map(readable_text), value=lines)
def test_any_text_survives_the_way_out_and_in(subject: str, name: str, text: str, value: str) -> None:
    letter = replace(REPLY, subject=subject, to=Address(name, "a@example.org"), text=text, headers=(("X-A", value),))
    raw = compose(letter)
    mail = read_mail(raw)
    assert raw.isascii()
    assert mail.subject == subject
    assert mail.to == (letter.to,)
    assert mail.header("X-A") == value
    if text.strip():
        assert mail.text == text.strip("\n")
