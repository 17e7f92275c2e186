"""Tokens and query codes: their form, their chance, and the key that is derived as RFC 5869 says."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from mailbox_worker.letter.crockford import ALPHABET, code_key, digest, new_query_code, new_token, tokens_in

TOKEN = "0123456789ABCDEFGH3H"  # noqa: S105 - of no request
CONTRACT = re.compile(r"\[#[0-9A-HJKMNP-TV-Z]{16,26}\]")


def test_a_new_token_has_the_form_of_the_contract_and_is_found_last_in_a_subject() -> None:
    for token in (new_token() for _ in range(200)):
        assert CONTRACT.fullmatch(f"[#{token}]")
        assert tokens_in(f"Re: 【请签批·剩3天】车险 2026-000123 [#{token}]") == (token,)


def test_no_two_tokens_or_codes_are_the_same_and_all_symbols_occur() -> None:
    tokens, codes = {new_token() for _ in range(500)}, {new_query_code() for _ in range(500)}
    assert (len(tokens), len(codes)) == (500, 500)
    assert set("".join(tokens)) == set(ALPHABET) == set("".join(codes)) - {"-"}
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize("length", range(14, 30))
def test_THREAT_10_a_planted_token_without_the_right_check_is_ignored(length: int) -> None:
    assert tokens_in(f"[#{'Z' * length}]") == ()


def test_one_changed_symbol_is_known() -> None:
    assert tokens_in(f"[#{TOKEN}]") == (TOKEN,)
    for at, symbol in enumerate(TOKEN):
        other = TOKEN[:at] + ("Z" if symbol != "Z" else "0") + TOKEN[at + 1 :]
        assert tokens_in(f"[#{other}]") == ()


@pytest.mark.parametrize("form", ["{}", "#{}", "[{}]", "[# {}]", "[#{} ]", "［#{}]", "[#{}", "(#{})"])
def test_a_token_out_of_its_brackets_is_none(form: str) -> None:
    assert tokens_in(form.format(new_token())) == ()


def test_a_token_in_small_letters_is_none() -> None:
    assert tokens_in(f"[#{new_token().lower()}x]") == ()


def test_two_tokens_are_both_found_in_their_order() -> None:
    first, second = new_token(), new_token()
    assert tokens_in(f"[#{first}] 转发 [#{'A' * 20}] [#{second}]") == (first, second)


def test_a_query_code_has_four_groups_of_four() -> None:
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", new_query_code())


@given(st.text(ALPHABET, min_size=16, max_size=16), st.sampled_from(["https://a.example/", "https://b.example/"]))
def test_the_key_of_a_code_is_hkdf_sha256_as_another_library_computes_it(code: str, origin: str) -> None:
    independent = HKDF(SHA256(), 32, salt=origin.encode(), info=b"tenday/v1/2026-000123").derive(code.encode())
    assert code_key(code, origin, "2026-000123") == independent.hex()


def test_the_key_is_another_for_another_code_office_or_letter() -> None:
    code = new_query_code()
    keys = {
        code_key(code, "https://a.example/", "2026-000001"),
        code_key(code, "https://b.example/", "2026-000001"),
        code_key(code, "https://a.example/", "2026-000002"),
        code_key(new_query_code(), "https://a.example/", "2026-000001"),
    }
    assert len(keys) == 4


def test_a_code_typed_small_and_without_hyphens_is_the_same_code() -> None:
    code = new_query_code()
    typed = code.replace("-", "").lower()
    assert digest(typed) == digest(code)
    assert code_key(typed, "https://a.example/", "2026-000001") == code_key(code, "https://a.example/", "2026-000001")
