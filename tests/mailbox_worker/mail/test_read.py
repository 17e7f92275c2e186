import hashlib
import time
from base64 import encodebytes
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.parsed import ATTACHED_MAIL_MARK, Address, ParsedMail
from mailbox_worker.mail.read import read_mail

LETTERS = Path(__file__).parents[2] / "letters"
CHINA = timezone(timedelta(hours=8))
PLAIN = b"From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n"


def letter(name: str) -> ParsedMail:
    return read_mail((LETTERS / f"{name}.eml").read_bytes())


def mixed(*parts: bytes, subtype: bytes = b"mixed", end: bytes = b"--b--\r\n") -> bytes:
    head = b"From: a@example.org\r\nContent-Type: multipart/" + subtype + b"; boundary=b\r\n\r\n"
    return head + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


def test_a_plain_letter_is_read_whole() -> None:
    mail = letter("plain-utf-8")
    assert mail.message_id == "<20260302091240.7f31@mail.example.org>"
    assert mail.senders == (Address("张三", "zhangsan@example.org"),)
    assert mail.to == (Address("", "director@bureau.example"),)
    assert mail.subject == "车险理赔被拒，请局长过问"
    assert mail.date == datetime(2026, 3, 2, 9, 12, 40, tzinfo=CHINA)
    assert mail.text.startswith("尊敬的局长：\n\n您好！我是南昌市民张三。")
    assert mail.text.rstrip().endswith("2026年3月2日")
    assert (mail.return_path, mail.notes, mail.attachments) == (None, (), ())


@pytest.mark.parametrize(
    ("name", "subject", "words"),
    [
        ("gb2312-label-gbk-characters", "关于镕囍保险代理公司退保的投诉", "字迹一看就知道——请贵局"),
        ("big5-body", "旅遊意外險理賠詢問", "實在沒有辦法先打電話"),
        ("quoted-printable", "咨询：交强险捆绑销售", "还能不能打折=八折；"),
        ("raw-8bit-gbk-subject", "举报：业务员代签名投保", "承认是“帮忙代签的”"),
        ("empty-subject", "", "只赔了一亩，凭什么？"),
        ("base64-without-charset", "保单查询", "查他名下的全部保单？"),
        ("subject-cut-inside-a-character", "宽限期到底有没有？分公司与客服说法不一致，请局长解释", "宽限期是六十天吗"),
        (
            "backslash-path-in-text",
            "投诉材料在 C:\\new\\table 里打不开",
            "解压到 C:\\new\\table 以后打不开，提示 \\u4fdd",
        ),
    ],
)
def test_letters_of_different_make_read_as_their_writers_meant_them(name: str, subject: str, words: str) -> None:
    mail = letter(name)
    assert mail.subject == subject
    assert words in mail.text
    assert "\ufffd" not in mail.text


def test_F30_the_label_and_the_choice_are_noted() -> None:
    assert "charset gb2312 read as gb18030" in letter("gb2312-label-gbk-characters").notes


def test_F34_a_raw_header_is_noted() -> None:
    mail = letter("raw-8bit-gbk-subject")
    assert "header Subject raw 8-bit" in mail.notes
    assert mail.senders[0].name == "孙七"


def test_html_only_reads_as_text_without_what_was_hidden() -> None:
    mail = letter("html-only")
    assert "2025-11-06  50000元" in mail.text
    assert "不应出现" not in mail.text
    assert "预览文字" not in mail.text


def test_F13_a_letter_without_message_id_has_none() -> None:
    assert letter("no-message-id").message_id is None


def test_F43_attachments_have_our_safe_names_and_their_digest() -> None:
    first, second = letter("pdf-named-in-rfc-2231-gbk").attachments
    assert (first.name, first.media_type) == ("拒赔通知书（扫描件）.pdf", "application/pdf")
    assert second.name == "发票.pdf"
    assert first.content.startswith(b"%PDF-1.4")
    assert (first.size, first.sha256) == (len(first.content), hashlib.sha256(first.content).hexdigest())


def test_F44_a_forwarded_mail_is_kept_and_its_text_is_marked() -> None:
    mail = letter("forwarded-as-message-rfc822")
    own, _, inner = mail.text.partition(ATTACHED_MAIL_MARK)
    assert "能不能向贵局申请复查" in own
    assert "Subject: 关于您的投诉的答复" in inner
    assert "维持原处理意见" in inner
    assert mail.message_id == "<outer-7731@example.org>"
    (attachment,) = mail.attachments
    assert attachment.media_type == "message/rfc822"
    assert b"inner-8842@insurer.example.com" in attachment.content


def test_F38_two_from_fields_give_two_senders() -> None:
    mail = read_mail(b"From: a@example.org\r\nFrom: b@example.org\r\nSubject: x\r\nSubject: y\r\n\r\n")
    assert [sender.addr_spec for sender in mail.senders] == ["a@example.org", "b@example.org"]
    assert mail.all_headers("subject") == ("x", "y")
    assert mail.header("SUBJECT") == "x"


def test_F37_a_letter_without_from_has_no_sender() -> None:
    assert read_mail(b"From: <undisclosed>\r\n\r\nx").senders == ()


def test_F40_winmail_dat_alone_is_unreadable_and_says_so() -> None:
    part = b"Content-Type: application/octet-stream; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22"
    mail = read_mail(mixed(part))
    assert "text unreadable: winmail.dat" in mail.notes
    assert mail.attachments[0].media_type == "application/ms-tnef"


def test_F41_a_letter_may_be_nothing_but_a_scan() -> None:
    mail = read_mail(b"From: a@example.org\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff")
    assert mail.text == ""
    assert [attachment.name for attachment in mail.attachments] == ["attachment-1.jpg"]


def test_F45_a_multipart_without_its_end_gives_what_is_there() -> None:
    mail = read_mail(mixed(PLAIN + "\r\n有头无尾".encode(), end=b""))
    assert mail.text.strip() == "有头无尾"


def test_F45_uuencoded_files_leave_the_text() -> None:
    mail = read_mail(PLAIN + b"\r\nhello\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\nbye\r\n")
    assert mail.text.split() == ["hello", "bye"]
    assert [(a.name, a.content) for a in mail.attachments] == [("a.txt", b"abc")]
    assert "uuencoded: a.txt" in mail.notes


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"x",
        mixed(*([b"\r\nx"] * 12_000)),
        mixed(*([b"\r\n"] * 150_000)),
        b"X: " + b"y" * 1_000_000 + b"\r\n" + b"Subject: s\r\n" * 3000 + b"\r\nx",
        b"Content-Type: text/plain; " + b'a="\\' * 50_000 + b"\r\n\r\nx",
        b"From: " + b'"\\' * 50_000 + b"\r\nTo: " + b"(" * 50_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?a?q?" * 50_000 + b"\r\n\r\nx",
    ],
    ids=["multiparts", "mails in mails", "parts", "boundaries", "headers", "parameters", "quotes", "words"],
)
def test_F45_hostile_structure_costs_bounded_time(raw: bytes) -> None:
    start = time.process_time()
    read_mail(raw)
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\0",
        b":",
        b" x",
        b"From: [\r\n",
        b"Content-Type: ;\r\n\r\nx",
        b"Content-Type: text/plain; name*\r\n\r\n",
    ],
)
def test_F36_headers_that_break_parsers_are_read(raw: bytes) -> None:
    assert read_mail(raw).message_id is None


def test_plain_text_wins_over_html_unless_it_is_blank() -> None:
    html = b"Content-Type: text/html\r\n\r\n<p>html</p>"
    assert read_mail(mixed(PLAIN + b"\r\nplain", html, subtype=b"alternative")).text.strip() == "plain"
    assert read_mail(mixed(PLAIN + b"\r\n \r\n", html, subtype=b"alternative")).text == "html"


def test_html_in_a_plain_text_part_is_read_as_html() -> None:
    mail = read_mail(PLAIN + b"\r\n<html><body><p>x</p></body></html>")
    assert mail.text == "x"
    assert "HTML in a plain text part" in mail.notes


def test_the_report_part_and_the_returned_mail_of_a_bounce_are_no_text() -> None:
    returned = b"Content-Type: message/rfc822\r\n\r\nSubject: ours\r\n\r\nours"
    assert read_mail(mixed(PLAIN + b"\r\nnot delivered", returned, subtype=b"report")).text.strip() == "not delivered"


def test_soft_line_breaks_are_joined() -> None:
    raw = b"Content-Type: text/plain; format=flowed\r\n\r\none \r\ntwo\r\n> a \r\n> b\r\n-- \r\nname\r\n"
    assert read_mail(raw).text == "one two\n> a b\n-- \nname"


def test_trace_fields_keep_their_encoded_words() -> None:
    value = b'mx.bureau.example; spf=pass smtp.mailfrom="=?utf-8?q?x=22;_dmarc=3Dpass?="@example.org'
    mail = read_mail(b"Authentication-Results: " + value + b"\r\n\r\nx")
    assert mail.all_headers("Authentication-Results") == (value.decode(),)


@pytest.mark.parametrize(("value", "expected"), [(b"<>", ""), (b"<a@Example.org>", "a@example.org"), (b"a b", None)])
def test_the_null_return_path_is_told_from_none(value: bytes, expected: str | None) -> None:
    assert read_mail(b"Return-Path: " + value + b"\r\n\r\n").return_path == expected


def test_F42_a_mail_beyond_the_bound_is_cut_and_noted() -> None:
    body = encodebytes(b"x" * 3_000_000) * 12
    mail = read_mail(PLAIN + b"Content-Transfer-Encoding: base64\r\n\r\n" + body)
    assert mail.senders[0].addr_spec == "a@example.org"
    assert any(note.startswith("cut at 41943040 of ") for note in mail.notes)


headers = st.sampled_from(
    [
        b"Subject: ",
        b"From: ",
        b"To: ",
        b"Message-ID: ",
        b"Date: ",
        b"Content-Type: multipart/mixed; boundary=",
        b"Content-Type: text/html; charset=",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename*=",
        b"--x\r\n",
        b"\r\n",
    ]
)


@given(st.lists(st.tuples(headers, st.binary(max_size=30)), max_size=12), st.binary(max_size=200))
def test_any_bytes_are_read_into_clean_text(head: list[tuple[bytes, bytes]], body: bytes) -> None:
    mail = read_mail(b"".join(name + value + b"\r\n" for name, value in head) + b"\r\n" + body)
    for text in (mail.text, mail.subject, *(attachment.name for attachment in mail.attachments)):
        assert not any((ord(char) < 0x20 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in text)
        assert not set(text) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
        text.encode()
    assert all(attachment.name for attachment in mail.attachments)
