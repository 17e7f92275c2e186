from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.header_text import decode_header, field_text


def as_it_stood(raw: bytes) -> str:
    """Give bytes as the reader of the structure hands them on."""
    return raw.decode("ascii", "surrogateescape")


def encoded_word(raw: bytes, label: str) -> str:
    return f"=?{label}?B?{b64encode(raw).decode()}?="


def test_F34_a_raw_gbk_subject_is_read_and_noted() -> None:
    assert decode_header(as_it_stood("投诉保险公司".encode("gbk"))) == ("投诉保险公司", ("raw 8-bit",))


def test_adjacent_encoded_words_of_one_charset_are_joined_before_decoding() -> None:
    raw = "宽限期到底有没有".encode("gbk")
    header = encoded_word(raw[:5], "gb2312") + "\r\n " + encoded_word(raw[5:], "GBK")
    assert decode_header(header)[0] == "宽限期到底有没有"


def test_encoded_words_of_different_charsets_stand_beside_each_other_without_the_space() -> None:
    header = encoded_word("投诉".encode("gbk"), "gbk") + " " + encoded_word("保险".encode(), "utf-8") + " end"
    assert decode_header(header)[0] == "投诉保险 end"


def test_base64_cut_in_the_middle_of_four_letters_is_joined() -> None:
    letters = b64encode("车险理赔".encode()).decode()
    header = "=?utf-8?B?" + letters[:5] + "?= =?utf-8?B?" + letters[5:] + "?="
    assert decode_header(header)[0] == "车险理赔"


def test_text_around_encoded_words_keeps_its_spaces() -> None:
    assert decode_header("Re: =?utf-8?q?a=20b?= (c)")[0] == "Re: a b (c)"


def test_F67_an_encoded_line_break_does_not_become_one() -> None:
    assert decode_header("=?utf-8?b?" + b64encode("好\r\nBcc: x@example.org\0".encode()).decode() + "?=")[0] == (
        "好 Bcc: x@example.org"
    )


def test_a_folded_header_is_one_line() -> None:
    assert decode_header("one\r\n two\r\n\tthree") == ("one two three", ())


def test_a_header_without_end_is_cut_and_noted() -> None:
    text, notes = decode_header("x" * 100_000)
    assert len(text) == 32 * 2**10
    assert notes == ("cut at 32768 bytes",)


@given(st.binary(max_size=200).map(as_it_stood) | st.text(max_size=100))
def test_any_header_value_becomes_one_readable_line(value: str) -> None:
    text, _ = decode_header(value)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text)


def test_an_encoded_word_in_a_trace_field_stays_one() -> None:
    value = "mx.example;\r\n\tspf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass?="
    assert field_text("authentication-results", value) == value.replace("\r\n\t", " ")
    assert field_text("x-note", value).endswith("x; dmarc=pass")
