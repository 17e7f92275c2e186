from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.addresses import addresses, identifier, identifiers, moment
from mailbox_worker.mail.parsed import Address


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("zhangsan@Example.ORG", [("", "zhangsan@example.org")]),
        ('"张三" <zhangsan@example.org>', [("张三", "zhangsan@example.org")]),
        ("=?utf-8?b?5byg5LiJ?= <Zhang.San@example.org>", [("张三", "Zhang.San@example.org")]),
        ('"San, Zhang (Mr)" <zhangsan@example.org>', [("San, Zhang (Mr)", "zhangsan@example.org")]),
        ("zhangsan@example.org (Zhang San)", [("Zhang San", "zhangsan@example.org")]),
        ("a@example.org, B <b@example.org>;", [("", "a@example.org"), ("B", "b@example.org")]),
        ("group: a@example.org, b@example.org;", [("", "a@example.org"), ("", "b@example.org")]),
        ("<@relay.example.com:a@example.org>", [("", "a@example.org")]),
        ("a@example.org <a@example.org>", [("", "a@example.org")]),
    ],
)
def test_addresses_in_their_usual_forms_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    assert addresses(value) == tuple(Address(*each) for each in expected)


@pytest.mark.parametrize("value", ["", "<>", "<undisclosed>", "(c):", "Undisclosed recipients:;", "<[a]@[b]@[c]>"])
def test_F37_what_is_no_address_is_no_address(value: str) -> None:
    assert addresses(value) == ()


def test_F36_headers_that_break_the_stdlib_are_read_or_left() -> None:
    assert addresses("To: (((((((((" + "(" * 5000) == ()


def test_an_address_in_the_name_does_not_hide_the_real_one() -> None:
    assert addresses('"chenjing@bureau.example" <x@example.org>')[0].addr_spec == "x@example.org"
    both = [address.addr_spec for address in addresses("chenjing@bureau.example <x@example.org>")]
    assert sorted(both) == ["chenjing@bureau.example", "x@example.org"]


def test_a_raw_gbk_name_is_read() -> None:
    raw = "孙七 <sunqi@example.org>".encode("gbk").decode("ascii", "surrogateescape")
    assert addresses(raw) == (Address("孙七", "sunqi@example.org"),)


def test_F67_an_encoded_line_break_in_a_name_is_no_line_break() -> None:
    assert addresses("=?utf-8?q?a=0D=0ABcc:_b?= <a@example.org>")[0].name == "a Bcc: b"


def test_F16_identifiers_lose_their_white_space_and_keep_their_brackets() -> None:
    assert identifier(" <a.b @\r\n\texample.org> ") == "<a.b@example.org>"
    assert identifier("a@example.org") == "<a@example.org>"
    assert identifier("") is None
    assert identifiers("<a@x>\r\n <b@x><c@x>") == ("<a@x>", "<b@x>", "<c@x>")


def test_only_the_nearest_references_are_kept() -> None:
    many = " ".join(f"<{number}@x>" for number in range(500))
    assert len(identifiers(many)) == 200
    assert identifiers(many)[-1] == "<499@x>"


def test_F46_dates_are_aware_or_none() -> None:
    china = timezone(timedelta(hours=8))
    assert moment("Mon, 02 Mar 2026 09:12:40 +0800 (CST)") == datetime(2026, 3, 2, 9, 12, 40, tzinfo=china)
    assert moment("Mon, 02 Mar 2026 09:12:40 -0000") == datetime(2026, 3, 2, 9, 12, 40, tzinfo=UTC)
    for unreadable in ("", "2026年3月2日", "Mon, 99 Mar 2026 09:12:40 +0800", "31 Dec 9999 23:59:59 +0000", "\udcff"):
        assert moment(unreadable) is None


@given(st.text(max_size=200))
def test_nothing_in_a_header_raises(value: str) -> None:
    addresses(value)
    identifiers(value)
    moment(value)
