"""The one form of a signed text, and the digest that binds a sign-off to it."""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailbox_worker.letter.signed_text import begins_with_signed, goes_out_as, nonce, signed_digest, signed_form

# Format characters that are seen: signs that stand above numbers in Arabic and other scripts, hieroglyph frames.
SEEN_FORMATS = {*range(0x0600, 0x0606), 0x06DD, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
# Unicode's Default_Ignorable_Code_Point beyond the format characters: fillers, joiners, variation selectors.
IGNORABLE = {
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
    *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)),
}
UNSEEN = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if (unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and code not in SEEN_FORMATS)
    or code in IGNORABLE
]
LINE_ENDS = {"\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"}


def test_THREAT_9_no_unseen_character_is_left_whatever_its_class() -> None:
    left = [character for character in UNSEEN if signed_form(f"同{character}意") not in ("同意", "同\n意", "同 意")]
    assert [hex(ord(character)) for character in left] == []


def test_every_line_end_is_a_line_end_and_nothing_else_is() -> None:
    parted = {character for character in UNSEEN if "\n" in signed_form(f"同{character}意")}
    assert parted == LINE_ENDS


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\n\n\n\n二", "一\n\n二"),
        ("一\n \n\u3000\n\t\n二", "一\n\n二"),
        ("一  \n二\u3000\n", "一\n二"),
        ("\n\n一\n\n", "一"),
        ("　　一\n　　二", "　　一\n　　二"),
        ("一\t二", "一 二"),
        ("e\u0301te\u0301", "été"),
        ("e\u200b\u0301", "é"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("同\U000e0041意", "同意"),
        ("１２３，ＡＢＣ（一）", "１２３，ＡＢＣ（一）"),
        ("𠮷野家 \ufffd", "𠮷野家 \ufffd"),
        ("一\n-- \n二", "一\n--\n二"),
        ("", ""),
    ],
)
def test_the_form_of(typed: str, form: str) -> None:
    assert signed_form(typed) == form


ODD = st.text(
    st.sampled_from([*"一 \n\r\t\u3000ae-\u0301\u0338\u034f\u200d\u2028\u0345\u1100\u1161\u11a8", *LINE_ENDS])
)


@given(st.one_of(st.text(), ODD))
@example("e\u034f\u0301")
def test_the_form_of_a_form_is_itself(typed: str) -> None:
    form = signed_form(typed)
    assert signed_form(form) == form
    assert unicodedata.is_normalized("NFC", form)
    assert "\n\n\n" not in form
    form.encode()


SIGNED = {
    "letter": "2026-000001",
    "purpose": "final",
    "to": "zhangsan@example.org",
    "subject": "答复",
    "text": "同意赔付。",
}
DIGEST = signed_digest(**SIGNED)


def test_the_digest_is_sha256_of_the_contracts_canonical_json() -> None:
    written = json.dumps(
        SIGNED | {"attachments": ["a", "b"]}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert signed_digest(**SIGNED, attachments=("a", "b")) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize("part", SIGNED)
def test_the_digest_changes_with_each_part(part: str) -> None:
    assert signed_digest(**SIGNED | {part: SIGNED[part] + "x"}) != DIGEST


def test_the_digest_changes_with_the_attachments_and_their_order() -> None:
    assert len({signed_digest(**SIGNED, attachments=files) for files in ((), ("a",), ("a", "b"), ("b", "a"))}) == 4


def test_what_one_part_ends_with_cannot_be_moved_into_the_next() -> None:
    moved = SIGNED | {"purpose": "fina", "to": "lzhangsan@example.org"}
    assert signed_digest(**moved) != DIGEST


@pytest.mark.parametrize("text", ["同意\r\n赔付", "同意 \n赔付", "同\u200b意", " \n同意", "e\u0301", "一\n\n\n二"])
def test_a_text_in_another_form_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="signed form"):
        signed_digest(**SIGNED | {"text": text})


def test_a_reply_begins_with_exactly_the_text_and_the_mark() -> None:
    body = goes_out_as("同意赔付。", "某局\n")
    assert body == "同意赔付。\n\n-- \n某局\n"
    assert begins_with_signed(body, "同意赔付。")
    assert begins_with_signed(body.replace("\n", "\r\n"), "同意赔付。")


@pytest.mark.parametrize(
    "body", ["同意赔付", "同意赔付。\n\n补充一句\n\n-- \n", " 同意赔付。\n\n-- \n", "同意赔付。\n-- \n", ""]
)
def test_a_reply_with_anything_before_in_or_after_the_text_does_not(body: str) -> None:
    assert not begins_with_signed(body, "同意赔付。")


@given(st.text())
def test_no_signed_text_can_hold_the_footers_mark(typed: str) -> None:
    assert "\n-- \n" not in signed_form(f"{typed}\n\n-- \n{typed}")


def test_a_drafts_borders_are_marked_differently_in_each_mail() -> None:
    assert len({nonce(f"{mail}:{DIGEST}") for mail in range(100)}) == 100
