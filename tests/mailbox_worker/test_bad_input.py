"""What people get for a mistake: the exit code of the contract and one line that says where and what."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
import trustme

from mailbox_worker.config_file import load_config
from mailbox_worker.ledger.store import open_ledger
from tests.journeys.bureau_at_work import CLERK, BureauAtWork, open_bureau

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

WRITER = "zhangsan@example.org"


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER])


def closed_port() -> int:
    """Give a port on which nobody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def mend(bureau: BureauAtWork, old: str, new: str) -> None:
    text = bureau.config.read_text(encoding="utf-8")
    assert old in text
    bureau.config.write_text(text.replace(old, new, 1), encoding="utf-8")


def tick(bureau: BureauAtWork) -> tuple[int, str, str]:
    ended = bureau.command("mail", "tick", "--config", str(bureau.config), "--now", bureau.now.isoformat(), "--json")
    return ended.code, ended.out, ended.err


def test_an_unreachable_mailbox_is_69_and_one_line_after_all_else_is_done(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险", "我的车追尾。")
    port = closed_port()
    mend(bureau, f"port: {bureau.town.imap_port}", f"port: {port}")
    code, out, err = tick(bureau)
    assert code == 69
    assert json.loads(out)["fetched"] == 0
    assert err.count("\n") == 1
    assert f":{port}: cannot be reached" in err
    mend(bureau, f"port: {port}", f"port: {bureau.town.imap_port}")
    assert bureau.tick()["letters"] == 1


def test_an_unreachable_smtp_server_is_69_and_nothing_is_lost(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险", "我的车追尾。")
    port = closed_port()
    mend(bureau, f"port: {bureau.town.smtp_port}", f"port: {port}")
    code, out, err = tick(bureau)
    assert (code, json.loads(out)["letters"], err.count("\n")) == (69, 1, 1)
    mend(bureau, f"port: {port}", f"port: {bureau.town.smtp_port}")
    bureau.tick()
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    assert len(bureau.mail_to(CLERK, "draft-request")) == 1


def test_a_wrong_password_is_78_and_one_line_without_the_password(bureau: BureauAtWork) -> None:
    (bureau.folder / "password").write_text("another-secret", encoding="utf-8")
    code, _, err = tick(bureau)
    assert (code, err.count("\n")) == (78, 1)
    assert "user name or password not accepted" in err
    assert "another-secret" not in err


@pytest.mark.dovecot
def test_a_certificate_of_another_authority_is_78_and_nothing_is_said_to_the_server(
    bureau: BureauAtWork, tmp_path: Path
) -> None:
    if bureau.town.imap.security == "none":
        return  # the embedded servers speak no TLS; the same test runs on Dovecot
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    text = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(text.replace(str(bureau.town.imap.ca_file), str(other)), encoding="utf-8")
    code, _, err = tick(bureau)
    assert code == 78
    assert "TLS refused" in err.splitlines()[0]


def test_an_unknown_key_is_78_with_the_line_and_the_nearest_known_key(bureau: BureauAtWork) -> None:
    mend(bureau, "hold_minutes", "hold_minuets")
    code, out, err = tick(bureau)
    assert (code, json.loads(out)) == (78, {"exit": 78, "errors": err.splitlines()})
    line = (
        bureau.config.read_text(encoding="utf-8")
        .splitlines()
        .index(next(row for row in bureau.config.read_text(encoding="utf-8").splitlines() if "hold_minuets" in row))
    )
    assert err.startswith(f"{bureau.config}:{line + 1}: sign_off.hold_minuets: ")
    assert "hold_minutes" in err


def test_an_unset_proof_is_refused(bureau: BureauAtWork) -> None:
    mend(bureau, "proof: [authentication-results], ", "")
    code, _, err = tick(bureau)
    assert code == 78
    assert "sign_off.proof" in err


def test_a_plain_connection_beyond_this_machine_is_refused(bureau: BureauAtWork) -> None:
    host = bureau.town.imap.host
    mend(bureau, f"host: {host}", "host: mail.bureau.example")
    mend(bureau, f"security: {bureau.town.imap.security}", "security: none")
    code, _, err = tick(bureau)
    assert code == 78
    assert "mailbox.imap.security" in err


def test_a_password_that_is_nowhere_is_78_and_says_where_it_was_looked_for(bureau: BureauAtWork) -> None:
    (bureau.folder / "password").unlink()
    code, _, err = tick(bureau)
    assert code == 78
    assert str(bureau.folder / "password") in err


def test_a_fault_in_content_is_65_with_path_line_and_field(bureau: BureauAtWork) -> None:
    path = bureau.folder / "content" / "promises.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("days: 10", "days: ten", 1), encoding="utf-8")
    line = path.read_text(encoding="utf-8").split("days: ten")[0].count("\n") + 1
    code, _, err = tick(bureau)
    assert code == 65
    assert err.startswith(f"{path}:{line}: promises.0.days: ")
    assert "ten" in err


def test_a_person_whom_content_does_not_know_is_78(bureau: BureauAtWork) -> None:
    mend(bureau, "person: wang-fang", "person: wang-fan")
    code, _, err = tick(bureau)
    assert (code, err.count("\n")) == (78, 1)
    assert "wang-fan" in err


@pytest.mark.parametrize("given", ["2026-03-05T09:00:00", "yesterday"])
def test_a_time_without_a_zone_is_78(bureau: BureauAtWork, given: str) -> None:
    ended = bureau.command("mail", "tick", "--config", str(bureau.config), "--now", given)
    assert ended.code == 78
    assert "--now" in ended.err


def test_a_second_pass_at_the_same_time_is_75(bureau: BureauAtWork) -> None:
    ledger = open_ledger(load_config(bureau.config).ledger)
    with ledger.alone():
        code, _, err = tick(bureau)
    ledger.close()
    assert (code, err) == (75, "another pass is running on this ledger\n")
    assert bureau.tick()["fetched"] == 0


def test_no_such_letter_is_65_and_json_is_still_one_document(bureau: BureauAtWork) -> None:
    ended = bureau.command("mail", "show", "2026-000009", "--config", str(bureau.config), "--json")
    assert (ended.code, json.loads(ended.out)) == (65, None)


def test_a_ledger_that_cannot_be_written_is_75_and_nothing_is_moved(bureau: BureauAtWork) -> None:
    bureau.plain_letter(WRITER, "张三", "车险", "我的车追尾。")
    (bureau.folder / "var").write_text("a file where a folder belongs", encoding="utf-8")
    code, _, err = tick(bureau)
    assert (code, err.count("\n")) == (75, 1)
    assert len(bureau.town.imap.messages("director")) == 1
