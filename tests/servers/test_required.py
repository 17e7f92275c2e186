"""A missing program skips a test on a laptop and fails it in CI, and says which package to install."""

from __future__ import annotations

import pytest

from tests.servers.required import require_program


def test_a_program_is_found_beside_the_path_as_well(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert require_program("nologin", "login").name == "nologin"


def test_without_ci_a_missing_program_skips_and_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install dovecot-imapd"):
        require_program("no-such-program", "dovecot-imapd")


def test_in_ci_a_missing_program_fails_and_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install dovecot-imapd"):
        require_program("no-such-program", "dovecot-imapd")
