from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.characters import decode, decode_header

COMPLAINT = "我的车险理赔被拒绝了，请局长过问。"
TRADITIONAL = "我的車險理賠被拒絕了，請局長過問。"


def encoded_word(raw: bytes, label: str) -> bytes:
    return b"=?" + label.encode() + b"?B?" + b64encode(raw) + b"?="


@pytest.mark.parametrize("label", ["gb2312", "GB2312", '"gb2312"', "gbk", "cp936", "x-gbk", "gb_2312-80", "gbk2312"])
def test_F30_gb2312_label_with_gbk_bytes_reads_as_gb18030(label: str) -> None:
    decoded = decode("镕囍–㐂".encode("gb18030"), label)
    assert (decoded.text, decoded.charset, decoded.loss) == ("镕囍–㐂", "gb18030", False)


@pytest.mark.parametrize("label", ["gb2312", "big5", "iso-8859-1", "us-ascii", None])
def test_F31_utf_8_under_any_label_reads_as_utf_8(label: str | None) -> None:
    assert decode(COMPLAINT.encode(), label).text == COMPLAINT


@pytest.mark.parametrize("label", ["utf-8", "us-ascii", "iso-8859-1", None, "", "no-such-charset"])
def test_F31_gbk_bytes_under_a_wrong_label_read_as_gb18030(label: str | None) -> None:
    assert decode(COMPLAINT.encode("gbk"), label).text == COMPLAINT


@pytest.mark.parametrize("label", ["big5", "x-x-big5", "chinesebig5", "136", None, "default"])
def test_F32_big5_under_odd_labels_reads_as_big5(label: str | None) -> None:
    decoded = decode(TRADITIONAL.encode("big5"), label)
    assert (decoded.text, decoded.charset) == (TRADITIONAL, "big5hkscs")


@pytest.mark.parametrize(
    "label", ["x-unknown", "ansi", "rot13", "zlib", "unicode_escape", "idna", "a" * 5000, "\0", "utf-8\0", "🙂"]
)
def test_F32_labels_that_name_no_text_encoding_never_raise(label: str) -> None:
    assert decode(COMPLAINT.encode("gbk"), label).text == COMPLAINT


def test_F33_the_lone_byte_80_is_the_euro_sign() -> None:
    assert decode(b"\x80" + "100元 退 ".encode("gbk") + b"\x80", "gbk").text == "€100元 退 €"


def test_F33_hz_is_read_under_its_label_only() -> None:
    raw = COMPLAINT.encode("hz")
    assert decode(raw, "hz-gb-2312").text == COMPLAINT
    assert decode(raw, None).text == raw.decode("ascii")


def test_F33_four_byte_characters_read() -> None:
    assert decode("𠮷".encode("gb18030"), "gb2312").text == "𠮷"


def test_a_last_character_cut_off_is_lost_and_said_to_be() -> None:
    for codec, label in (("gbk", "gb2312"), ("utf-8", "utf-8"), ("utf-8", None)):
        decoded = decode(COMPLAINT.encode(codec)[:-1], label)
        assert decoded.text == COMPLAINT[:-1] + "\ufffd"
        assert decoded.loss


def test_two_gbk_characters_that_pass_for_utf_8_follow_their_label() -> None:
    raw = "统一".encode("gbk")
    decoded = decode(raw, "gb2312")
    assert raw.decode("utf-8") == "ͳһ"
    assert decoded.text == "统一"


def test_western_letters_without_a_label_stay_western() -> None:
    assert decode("Müller in Zürich".encode("cp1252"), None).text == "Müller in Zürich"


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode("\ufeff您好".encode(), "utf-8").text == "您好"
    assert decode(b"\xef\xbb\xbf", "gb2312").text == ""
    assert decode("您好".encode("utf-16"), None).text == "您好"


@given(st.binary(max_size=300), st.none() | st.text(max_size=20) | st.sampled_from(["gbk", "big5", "hz", "utf-7"]))
def test_any_bytes_under_any_label_decode(raw: bytes, label: str | None) -> None:
    assert isinstance(decode(raw, label).text, str)


def test_F34_a_raw_gbk_subject_is_read_and_noted() -> None:
    assert decode_header("投诉保险公司".encode("gbk")) == ("投诉保险公司", ("raw 8-bit",))


def test_F34_raw_bytes_may_come_as_surrogate_escapes() -> None:
    value = "投诉".encode("gbk").decode("ascii", "surrogateescape")
    assert decode_header(value)[0] == "投诉"


def test_adjacent_encoded_words_of_one_charset_are_joined_before_decoding() -> None:
    raw = "宽限期到底有没有".encode("gbk")
    header = encoded_word(raw[:5], "gb2312") + b"\r\n " + encoded_word(raw[5:], "GBK")
    assert decode_header(header)[0] == "宽限期到底有没有"


def test_encoded_words_of_different_charsets_stand_beside_each_other_without_the_space() -> None:
    header = encoded_word("投诉".encode("gbk"), "gbk") + b" " + encoded_word("保险".encode(), "utf-8") + b" end"
    assert decode_header(header)[0] == "投诉保险 end"


def test_base64_cut_in_the_middle_of_four_letters_is_joined() -> None:
    letters = b64encode("车险理赔".encode())
    header = b"=?utf-8?B?" + letters[:5] + b"?= =?utf-8?B?" + letters[5:] + b"?="
    assert decode_header(header)[0] == "车险理赔"


def test_text_around_encoded_words_keeps_its_spaces() -> None:
    assert decode_header(b"Re: =?utf-8?q?a=20b?= (c)")[0] == "Re: a b (c)"


def test_F67_an_encoded_line_break_does_not_become_one() -> None:
    assert decode_header(b"=?utf-8?b?" + b64encode("好\r\nBcc: x@example.org\0".encode()) + b"?=")[0] == (
        "好 Bcc: x@example.org"
    )


def test_a_folded_header_is_one_line() -> None:
    assert decode_header("one\r\n two\r\n\tthree") == ("one two three", ())


def test_a_header_without_end_is_cut_and_noted() -> None:
    text, notes = decode_header(b"x" * 100_000)
    assert len(text) == 32 * 2**10
    assert notes == ("cut at 32768 bytes",)


@given(st.binary(max_size=200) | st.text(max_size=100))
def test_any_header_value_becomes_one_readable_line(value: bytes | str) -> None:
    text, _ = decode_header(value)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text)
