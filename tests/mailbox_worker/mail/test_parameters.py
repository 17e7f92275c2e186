import pytest

from mailbox_worker.mail.parameters import distinct_name, parameters, safe_name


def test_plain_parameters_are_read_in_lower_case() -> None:
    assert parameters('Text/Plain; CharSet="GB2312"; format=flowed') == (
        "text/plain",
        {"charset": "GB2312", "format": "flowed"},
    )


def test_F43_rfc_2231_pieces_cut_inside_a_character_are_joined() -> None:
    value = "attachment; filename*0*=GBK''%B7%A2%C6; filename*1*=%B1; filename*2=\".pdf\""
    assert parameters(value)[1]["filename"] == "发票.pdf"


def test_F43_raw_gbk_and_encoded_words_are_read() -> None:
    raw = 'attachment; filename="发票.pdf"'.encode("gbk").decode("ascii", "surrogateescape")
    assert parameters(raw)[1]["filename"] == "发票.pdf"
    assert parameters('attachment; filename="=?utf-8?b?5Y+R56Wo?=.pdf"')[1]["filename"] == "发票.pdf"


@pytest.mark.parametrize(
    "value", ["text/plain; name*", "text/plain; *=", ";;;", "", "a; b*0*=''", 'a; b="' + "\\" * 9999]
)
def test_F36_values_that_break_the_stdlib_never_raise(value: str) -> None:
    parameters(value)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\new\\table.doc", "table.doc"),
        ("a\r\nb\0.pdf", "a b.pdf"),
        ("发\u202efdp.exe", "发fdp.exe"),
        ("", "attachment-3.pdf"),
        ("...", "attachment-3.pdf"),
        ("/", "attachment-3.pdf"),
        ('a<b>:"c"|?.pdf', "a_b___c___.pdf"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
    ],
)
def test_F43_a_file_name_is_of_our_own_make(wanted: str, name: str) -> None:
    assert safe_name(wanted, "application/pdf", 3) == name


def test_F43_the_same_name_twice_gets_a_number() -> None:
    assert distinct_name("a.pdf", {"a.pdf", "a-2.pdf"}) == "a-3.pdf"
    assert distinct_name("扫描件", {"扫描件"}) == "扫描件-2"
