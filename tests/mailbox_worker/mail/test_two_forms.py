"""Shown one text, decided by another: the plain and the HTML form of an answer must begin alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.mail.two_forms import forms_disagree

LETTERS = Path(__file__).parents[2] / "letters"


def answer(plain: str, page: str) -> bytes:
    forms = (("text/plain", plain), ("text/html", f"<html><body>{page}</body></html>"))
    parts = "".join(f"--b\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n{text}\r\n" for kind, text in forms)
    return f"Content-Type: multipart/alternative; boundary=b\r\n\r\n{parts}--b--\r\n".encode()


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("同意", "<p>不同意</p>"),
        ("同意", "<p>同意，但请修改第二段</p>"),
        ("同意", "<div>请先核实。</div><div>同意</div>"),
        ("退回", "<b>同意</b>"),
    ],
)
def test_another_first_line_in_the_other_form_disagrees(plain: str, page: str) -> None:
    assert forms_disagree(answer(plain, page))


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("同意", "<p>同意</p><p>发自我的iPhone</p>"),
        ("\r\n 同 意 \r\n", "<div>&nbsp;</div><div>同意</div>"),
        ("*同意*", "<b>同意</b>"),
        ("", "<p>同意</p>"),
        ("同意", "<img src=x>"),
        (
            "张三先生：您好！您的来信收悉。经核查，保险公司已于三月四日\r\n重新定损。",
            "张三先生：您好！您的来信收悉。经核查，保险公司已于三月四日重新定损。",
        ),
        ("同意", '<p style="display:none">退回</p><p>同意</p>'),
    ],
)
def test_forms_that_say_the_same_agree(plain: str, page: str) -> None:
    assert not forms_disagree(answer(plain, page))


def test_a_mail_of_one_form_agrees_with_itself() -> None:
    for path in (*LETTERS.glob("*.eml"), *(LETTERS / "replies").glob("*.eml")):
        assert not forms_disagree(path.read_bytes()), path.stem


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    forms_disagree(b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n" + raw)
