"""Whom a letter names, how many signed it, what it is about, how urgent it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.content import load_content
from mailbox_worker.letter.category import category_of, nature_of
from mailbox_worker.letter.persons import Named, named_in
from mailbox_worker.letter.signers import signers_of
from mailbox_worker.letter.traditional import simplified
from mailbox_worker.letter.urgency import is_urgent, urgent_words
from mailbox_worker.mail.enclosed_text import enclosed_text
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.words import words
from tests.mailbox_worker.ledger.office_with_a_letter import as_letter
from tests.mailbox_worker.office import STAFF

if TYPE_CHECKING:
    from mailbox_worker.mail.parsed import ParsedMail

CONTENT = load_content(Path(__file__).parents[3] / "content")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("您好！陈静副局长干预理赔。", ("chen-jing",)),
        ("您好！陈 静收了礼。", ("chen-jing",)),
        ("您好！陈　静收了礼。", ("chen-jing",)),
        ("您好！陳靜副局長干預理賠。", ("chen-jing",)),
        ("您好！陳 局收了禮。", ("chen-jing",)),
        ("您好！陈·静、陈-静都是她。", ("chen-jing",)),
        ("您好！陈静同志态度恶劣。", ("chen-jing",)),
        ("尊敬的局长：\n我要举报陈局。", ("chen-jing",)),
        ("尊敬的陈局：\n您好！\n我要举报陈静。", ("chen-jing",)),
        ("尊敬的领导：\n李局与张局长都知道。", ("li-ming", "zhang-wei")),
        ("业务员小王代签了我的名字。", ()),
        ("人保的陈经理不肯赔。", ()),
        ("", ()),
    ],
)
def test_a_name_or_an_alias_in_the_text_is_what_the_letter_is_about(text: str, about: tuple[str, ...]) -> None:
    assert set(named_in("投诉", text, "", STAFF).about) == set(about)


@pytest.mark.parametrize(
    "text",
    [
        "尊敬的陈局：\n您好！我的车被追尾。",
        "陈副局长您好，我的车被追尾。",
        "尊敬的陈静副局长、各位领导：\n    我的车被追尾。",
        "陈静同志：\n您好！",
        "尊敬的陳副局長：\n您好！我的車被追尾。",
        "您好！\n我的车被追尾。\n此致\n陈局\n敬礼",
        "致陈副局长的一封信\n我的车被追尾。",
    ],
)
def test_a_name_in_the_salutation_alone_is_only_greeted(text: str) -> None:
    assert named_in("车险", text, "", STAFF) == Named((), ("chen-jing",))


def test_a_subject_that_only_addresses_somebody_greets() -> None:
    assert named_in("致陈副局长的一封信", "您好", "", STAFF) == Named((), ("chen-jing",))
    assert named_in("陈副局长不作为", "您好", "", STAFF) == Named(("chen-jing",), ())


ENCLOSED = b"""From: z@example.org
Subject: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

\xe8\xa7\x81\xe9\x99\x84\xe4\xbb\xb6
--b
%b
--b--
"""


def enclosing(media_type: str, name: str, raw: bytes = b"x") -> ParsedMail:
    head = f"Content-Type: {media_type}\nContent-Disposition: attachment; filename{name}\n\n"
    return read_mail(ENCLOSED.replace(b"%b", head.encode() + raw).replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    "mail",
    [
        enclosing("image/jpeg", "*=utf-8''%E9%99%88%E9%9D%99.jpg"),
        enclosing("text/plain", "=a.txt", "举报陈局".encode("gbk")),
        enclosing("application/x", "=a.txt", "陳靜".encode("big5")),
        enclosing("text/html", "=a.html", "<b>陈</b>静".encode()),
    ],
)
def test_a_name_that_stands_only_in_a_files_name_or_in_a_text_file_is_found(mail: ParsedMail) -> None:
    assert named_in(mail.subject, mail.text, enclosed_text(mail), STAFF) == Named(("chen-jing",), ())


def test_a_file_that_is_no_text_is_not_opened() -> None:
    mail = enclosing("application/pdf", "=a.pdf", "陈静".encode())
    assert enclosed_text(mail) == "a.pdf"


def test_words_in_traditional_characters_are_read_like_simplified_ones() -> None:
    assert simplified("車險拒賠，我們十二戶聯名投訴") == "车险拒赔，我们十二户联名投诉"
    assert len(simplified("陳靜 and 張偉")) == len("陳靜 and 張偉")
    assert simplified("陈静副局长") == "陈静副局长"
    table = simplified.__globals__["_SIMPLIFIED"]
    assert not table.keys() & {ord(to) for to in table.values()}, "no form leads on to a third"


@given(st.text(st.sampled_from("陈静局长您好：，尊敬的\n 小王李明此致"), max_size=60))
def test_whoever_stands_in_the_text_is_never_overlooked(text: str) -> None:
    named = named_in("", text, "", STAFF)
    for person, name in (("chen-jing", "陈静"), ("li-ming", "李明")):
        if name in text:
            assert person in named.about + named.greeted


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我的车被追尾。\n张三", 1),
        ("我们12名车主联名反映。", 12),
        ("联名者共十五人。", 15),
        ("我们二十三户居民一直没有拿到赔款。", 23),
        ("以上属实。\n张三等8人", 8),
        ("以上属实。\n联名人：张三、李四、王五、赵六、钱七", 5),
        ("以上属实。\n签名：\n张三 李四\n王五 赵六", 4),
        ("以上属实。\n张三　李四　王五\n2026年3月2日", 3),
        ("张三、李四和我都在场，共有三人看见。", 1),
        ("保险公司等5人的团队来过。\n张三", 1),
    ],
)
def test_joint_letters_are_counted_by_the_number_stated_or_the_names_listed(text: str, people: int) -> None:
    assert signers_of(text) == people


def test_five_signers_make_a_letter_urgent_and_four_do_not() -> None:
    four, five = (as_letter("2026-000001", 1, people=people) for people in (4, 5))
    assert is_urgent(five, CONTENT.urgent)
    assert not is_urgent(four, CONTENT.urgent)
    assert not is_urgent(five, None)


def test_a_letter_with_an_urgent_word_is_urgent_whoever_signed_it() -> None:
    assert is_urgent(as_letter("2026-000001", 1, urgent=("跳楼",)), None)


def test_urgent_words_are_found_though_spaces_part_them() -> None:
    assert urgent_words(CONTENT.urgent, "没有活路", "我就去跳 楼") == ("跳楼",)
    assert urgent_words(CONTENT.urgent, "车险", "一切都好") == ()
    assert urgent_words(None, "跳楼", "") == ()


@pytest.mark.parametrize(
    ("subject", "text", "nature"),
    [
        ("投诉保险公司拒赔", "感谢局长。", "complaint"),
        ("举报业务员", "收受回扣。", "accusation"),
        ("咨询", "请问交强险怎么办理？", "inquiry"),
        ("感谢信", "送上锦旗。", "thanks"),
        ("投诉举报", "请依申请公开处罚决定。", "information-request"),
        ("你好", "在吗", None),
    ],
)
def test_the_nature_is_proposed_and_a_request_for_information_goes_before_all(
    subject: str, text: str, nature: str | None
) -> None:
    assert nature_of(words("natures"), subject, text) == nature


def test_the_forms_own_answer_chooses_the_category_before_any_word() -> None:
    staff = CONTENT.staff
    assert category_of(staff, "车险", "车辆定损", ("人身保险",)) == "life"
    assert category_of(staff, "车险", "分红险", ()) == "motor"
    assert category_of(staff, "你好", "在吗", ("其他",)) == "general"
