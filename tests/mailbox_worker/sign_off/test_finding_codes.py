"""Where a one-time code is looked for in an answer, and what is none."""

from __future__ import annotations

import pytest

from mailbox_worker.sign_off.proof_by_code import find_code


@pytest.mark.parametrize(
    ("written", "code", "rest"),
    [
        ("同意 123456", "123456", "同意 "),
        ("同意123456。", "123456", "同意"),
        ("同意\n１２３４５６", "123456", "同意"),
        ("重发 2026-000001 123456", "123456", "重发 2026-000001 "),
        ("重发 2026-000001\n123456", "123456", "重发 2026-000001"),
    ],
)
def test_a_code_is_found_and_taken_out(written: str, code: str, rest: str) -> None:
    assert (find_code(written).code, find_code(written).rest) == (code, rest)


@pytest.mark.parametrize(
    "written", ["重发 2026-000001", "查 ２０２６－０００００１", "重发 2026–000001", "同意", "1234567"]
)
def test_what_ends_a_letters_number_is_no_code(written: str) -> None:
    assert (find_code(written).code, find_code(written).rest) == (None, written)
