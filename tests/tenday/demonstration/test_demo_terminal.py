"""Chinese text in a terminal: widths, and where lines may break."""

import pytest

from tenday.demonstration.terminal import width, wrap


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("十日 Tenday，《规则》") == 4 + 7 + 2 + 8


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("收到之日起十日之内答复", 12, ["收到之日起十", "日之内答复"]),
        ("四个汉字，不由逗号起行", 8, ["四个汉", "字，不由", "逗号起行"]),
        ("他回复“同意”后发出", 8, ["他回复", "“同意”后", "发出"]),
        ("编号是 2026-000001", 12, ["编号是", "2026-000001"]),
        ("在手机上共 12件", 13, ["在手机上共", "12件"]),
        ("", 10, [""]),
        ("　同意　　按原文发出", 12, ["　同意　　按", "原文发出"]),
        ("一个词比行宽还长 https://tenday.example.org/", 10, ["一个词比行", "宽还长", "https://tenday.example.org/"]),
    ],
)
def test_a_line_breaks_where_a_reader_expects_it(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_no_character_is_lost_but_blanks_at_a_break() -> None:
    text = "陈静回复两个字：“同意”。回执复述系统理解了什么，并留出 10 分钟可以撤销。" * 3
    for columns in range(8, 100):
        assert "".join("".join(wrap(text, columns)).split()) == "".join(text.split())
