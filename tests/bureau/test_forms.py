"""The form's text is made for people, and what they filled in comes back out of it."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bureau.content import load_content
from bureau.forms import Form, form_text, read_fields

FORM = load_content(Path(__file__).parents[2] / "content").letter_form


def test_a_filled_form_reads_like_a_letter_and_reads_back() -> None:
    values = {"name": "张三", "phone": "13800000000", "text": "您好：\n事情是这样的。\n\n此致"}
    text = form_text(FORM, values)
    assert text.startswith("【局长信箱来信表】\n姓名：张三\n联系电话：13800000000\n备用电子邮箱：\n涉及的保险公司：\n")
    assert read_fields(FORM, text) == values


def test_a_letter_without_the_form_has_no_fields() -> None:
    assert read_fields(FORM, "姓名：张三\n我要投诉。") == {}


def test_a_line_in_the_letter_that_looks_like_a_field_stays_in_the_letter() -> None:
    values = {"name": "张三", "text": "对方自称\n姓名：李四\n联系电话：000"}
    assert read_fields(FORM, form_text(FORM, values)) == values


def test_a_value_of_one_line_cannot_smuggle_in_another_field() -> None:
    fields = read_fields(FORM, form_text(FORM, {"name": "张三\n联系电话：000", "text": "正文"}))
    assert fields == {"name": "张三 联系电话：000", "text": "正文"}


def test_half_width_colons_and_indents_of_a_mail_program_are_read_too() -> None:
    text = "  【局长信箱来信表】\r\n  姓名:张三\r\n  来信内容: 第一行\r\n  第二行\r\n  【来信表结束】\r\n签名"
    assert read_fields(FORM, text) == {"name": "张三", "text": "第一行\n第二行"}


READ_ALIKE = [
    "【局长信箱来信表】\n来信内容：保单查不到。\n姓名：张三\n【来信表结束】",
    "> 【局长信箱来信表】\n> 姓名： 张三\n> 来信内容： 保单查不到。\n> 【来信表结束】",
    "│ 【局长信箱来信表】\n│ 姓名：张三\n│ 来信内容：保单查不到。\n│ 【来信表结束】",
    "[局长信箱来信表]\n姓 名 : 张三\n来信内容﹕保单查不到。\n[来信表结束]",
    "您好！\n\n【 局长信箱来信表 】\n1. 姓名（必填）：张三\n2、来信内容(必填)：保单查不到。\n【来信表结束】\n张三",
    "**【局长信箱来信表】**\n姓　名：\n张三\n联系电话：\n来信内容：\n保单查不到。\n【来信表结束】",
    "【局长信箱来信表】\r\n- 姓名∶张三\r\n- 来信内容∶保单查不到。\r\n",
]


@pytest.mark.parametrize("text", READ_ALIKE)
def test_a_form_that_people_and_programs_have_changed_reads_the_same(text: str) -> None:
    assert read_fields(FORM, text) == {"name": "张三", "text": "保单查不到。"}


line = (
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ：:"), max_size=20)
    .map(str.strip)
    .filter(
        lambda written: not written.startswith((">", "＞", "│", "|"))  # what begins like a quote is read as one
    )
)


def as_read(form: Form, values: dict[str, str]) -> dict[str, str]:
    known = {field.id for field in form.fields}
    return {field: value for field, value in values.items() if value and field in known}


@given(st.data())
def test_whatever_is_filled_in_comes_back(data: st.DataObject) -> None:
    values = {}
    for field in FORM.fields:
        if field.kind == "text":
            lines = data.draw(st.lists(line, max_size=5))
            assume(not {FORM.heading, FORM.ending} & set(lines))
            values[field.id] = "\n".join(lines).strip()
        elif field.kind == "choice":
            values[field.id] = data.draw(st.sampled_from(["", *field.options]))
        else:
            values[field.id] = data.draw(line)
    assert read_fields(FORM, form_text(FORM, values)) == as_read(FORM, values)
