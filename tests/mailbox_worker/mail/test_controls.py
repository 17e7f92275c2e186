from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.controls import readable_line, readable_text


def test_line_ends_of_every_kind_become_lf() -> None:
    assert readable_text("一\r\n二\r三\u2028四\x0b五\x85六") == "一\n二\n三\n四\n五\n六"


def test_a_tab_becomes_four_spaces_in_a_text_and_one_in_a_line() -> None:
    assert readable_text("a\tb") == "a    b"
    assert readable_line("a\tb") == "a b"


def test_characters_that_turn_split_or_hide_text_are_taken_out() -> None:
    assert readable_text("同\u200b意\u202efdp.exe\u2069\U000e0041\ufeff\x00") == "同意fdp.exe"


def test_full_width_spaces_and_joined_emoji_stay() -> None:
    assert readable_text("　　您好 👨‍👩‍👧") == "　　您好 👨‍👩‍👧"
    assert readable_line("张三　南昌") == "张三　南昌"


@given(st.text())
def test_reading_twice_changes_nothing_more(text: str) -> None:
    assert readable_text(readable_text(text)) == readable_text(text)
    assert readable_line(readable_line(text)) == readable_line(text)
