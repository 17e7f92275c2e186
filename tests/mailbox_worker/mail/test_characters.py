import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.characters import decode

COMPLAINT = "我的车险理赔被拒绝了，请局长过问。"
TRADITIONAL = "我的車險理賠被拒絕了，請局長過問。"


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
