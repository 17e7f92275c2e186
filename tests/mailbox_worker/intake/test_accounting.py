"""The server against the ledger, what waits for a person, a first run on a full mailbox, and the doctor."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailbox_worker.ledger.arrivals import Found, count_attempt, log_arrivals
from mailbox_worker.ledger.places import Place
from mailbox_worker.ledger.tables import arrivals, heads, letters, outbox
from tenday.cli import main
from tests.journeys.bureau_at_work import copy_content
from tests.mailbox_worker.intake.mailroom import NOW, Mailroom, letter
from tests.servers.failing_smtp import FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Iterator


def command(room: Mailroom, *words: str) -> tuple[int, str, str]:
    """Run `tenday …` with this room's configuration; gives exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([*words, "--config", str(room.office / "tenday.yml")])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def as_json(room: Mailroom, *words: str, code: int = 0) -> Any:
    """Run a command with --json; gives its document."""
    ended, out, err = command(room, *words, "--json")
    assert ended == code, err
    return json.loads(out)


@pytest.fixture
def office(dovecot_room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> Mailroom:
    """Give a room whose commands find the shipped content."""
    file = dovecot_room.office / "tenday.yml"
    written = file.read_text(encoding="utf-8").replace(f"content: {dovecot_room.office}", "content: content")
    file.write_text(written, encoding="utf-8")
    monkeypatch.chdir(dovecot_room.office)
    copy_content(dovecot_room.office / "content")
    return dovecot_room


def test_reconcile_finds_every_mail_on_both_sides(office: Mailroom) -> None:
    office.arrive(letter(1), letter(2))
    office.arrive(letter(3), folder="Junk")
    office.take_in()
    found = as_json(office, "mail", "reconcile")
    assert found == {"ok": True, "server": 3, "ledger": 3, "missing": [], "unexpected": [], "left_aside": 0}


def test_reconcile_names_what_only_one_side_has(office: Mailroom) -> None:
    office.arrive(letter(1), letter(2))
    office.take_in()
    office.arrive(letter(3))
    with office.server.connect(office.login) as client:
        client.select_folder("Processed")
        client.add_flags(client.search()[:1], [b"\\Deleted"])
        client.expunge()
    found = as_json(office, "mail", "reconcile", code=65)
    assert (found["ok"], found["server"], found["ledger"]) == (False, 2, 2)
    assert [(row["arrival"], row["letter"]) for row in found["missing"]] == [(1, "2026-000001")]
    assert [(row["folder"], row["message_id"]) for row in found["unexpected"]] == [("INBOX", "<3@example.org>")]
    ended, _, err = command(office, "mail", "reconcile")
    assert (ended, len(err.splitlines())) == (65, 2)


def test_reconcile_knows_mail_that_was_moved_by_hand_by_its_bytes(office: Mailroom) -> None:
    office.arrive(letter(1))
    office.take_in()
    with office.server.connect(office.login) as client:
        client.select_folder("Processed")
        client.move(client.search(), "INBOX")
    assert as_json(office, "mail", "reconcile")["ok"] is True


def test_a_mail_that_waits_for_a_person_is_released_as_a_letter_with_its_first_date(office: Mailroom) -> None:
    office.arrive(letter(1, From="wangfang@bureau.example"))
    office.take_in()
    (waiting,) = as_json(office, "mail", "release")
    assert (waiting["mail"], waiting["reason"]) == (1, "comes_from_staff")
    later = (NOW + timedelta(days=3)).isoformat()
    released = as_json(office, "mail", "release", "1", "--now", later)
    assert released == {"mail": 1, "number": "2026-000001"}
    (row,) = office.rows(letters)
    assert row.received_at == NOW - timedelta(minutes=10)
    assert as_json(office, "mail", "explain", "2026-000001")[0]["rule"] == "a_person_released_it"
    assert command(office, "mail", "release", "1")[0] == 65
    assert as_json(office, "mail", "release") == []


def test_a_mail_in_quarantine_is_read_again_when_a_person_says_so(office: Mailroom) -> None:
    office.arrive(letter(1))
    poison(office)
    office.take_in()
    assert office.dispositions() == ["quarantined"]
    assert as_json(office, "mail", "retry", "1", "--now", office.now.isoformat()) == {"retried": 1}
    office.take_in()
    assert office.dispositions() == ["letter"]
    assert command(office, "mail", "retry", "1")[0] == 65


def poison(office: Mailroom) -> None:
    """Leave in the ledger what the first mail leaves that has killed the process twice, and is at its third attempt."""
    with office.server.connect(office.login) as client:
        state = client.select_folder("INBOX", readonly=True)
        ((uid, parts),) = client.fetch(client.search(), ["INTERNALDATE", "BODY.PEEK[]"]).items()
    place = Place(office.login, "INBOX", int(state[b"UIDVALIDITY"]), uid)
    with office.desk.ledger.write(office.now) as writer:
        count_attempt(writer, log_arrivals(writer, [Found(place, parts[b"INTERNALDATE"], parts[b"BODY[]"])]), 3)


def test_F18_a_dry_run_shows_what_would_happen_and_touches_nothing(office: Mailroom) -> None:
    raws = [letter(1), letter(2, Auto_Submitted="auto-generated"), letter(3)]
    office.arrive(letter(9), at=NOW - timedelta(days=90))
    office.arrive(*raws)
    before = office.lies_in()
    shown = as_json(office, "mail", "tick", "--now", NOW.isoformat(), "--dry-run", "--adopt-from", "2026-03-01")
    assert (shown["fetched"], shown["letters"], shown["automatic"]) == (3, 2, 1)
    assert (office.count(arrivals), office.count(outbox), office.lies_in()) == (0, 0, before)
    assert office.rows(heads)[0].adopt_from is None


def test_F18_adopting_a_full_mailbox_leaves_older_mail_where_it_lies(office: Mailroom) -> None:
    old = [letter(number) for number in (7, 8)]
    office.arrive(*old, at=NOW - timedelta(days=90))
    office.arrive(letter(1))
    done = as_json(office, "mail", "tick", "--now", NOW.isoformat(), "--adopt-from", "2026-03-01", code=69)
    assert (done["fetched"], done["letters"]) == (1, 1), "69: this office has no SMTP server"
    assert office.lies_in() == old
    office.take_in(days=3)
    assert (office.logged(), office.lies_in()) == ([letter(1)], old)
    found = as_json(office, "mail", "reconcile")
    assert (found["ok"], found["left_aside"], found["server"]) == (True, 2, 1)


@pytest.fixture
def way_out(office: Mailroom) -> Iterator[FailingSmtp]:
    """Give the office an SMTP server, which it otherwise lacks."""
    with FailingSmtp({}) as server:
        config = office.office / "tenday.yml"
        text = config.read_text(encoding="utf-8").replace("port: 1,", f"port: {server.port},")
        config.write_text(text, encoding="utf-8")
        yield server


@pytest.mark.usefixtures("way_out")
def test_the_doctor_finds_a_healthy_mailbox(office: Mailroom) -> None:
    office.arrive(letter(1), folder="Junk")
    office.take_in()
    findings = {row["what"]: row for row in as_json(office, "doctor")}
    assert findings["imap login"]["grade"] == "good"
    assert findings["imap MOVE"]["found"] == "yes"
    assert findings["folder INBOX"]["grade"] == findings["folder Junk"]["grade"] == "good"
    assert findings["ledger"]["found"].endswith("the chain is whole")
    assert findings["smtp login"]["grade"] == "good"
    assert findings["null sender"]["found"] == findings["sub-addresses"]["found"] == "taken, not used"


def test_the_doctor_says_whether_the_server_takes_what_the_configuration_uses(
    office: Mailroom, way_out: FailingSmtp
) -> None:
    config = office.office / "tenday.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("mailbox:\n", "mailbox:\n  envelope_sender: empty\n  sub_addressing: true\n"), encoding="utf-8"
    )
    way_out.script, way_out.spared = {"mail": "553 5.1.8 NULL sender is not allowed"}, 1
    ended, out, _ = command(office, "doctor")
    assert ended == 78
    refused = "553 5.1.8 NULL sender is not allowed"
    assert f"!! null sender: refused ({refused}), used -> set mailbox.envelope_sender: mailbox" in out
    assert f"!! sub-addresses: refused ({refused}), used -> set mailbox.sub_addressing: false" in out
    assert "DATA" not in way_out.commands, "nothing is sent"


@pytest.mark.usefixtures("way_out")
def test_the_doctor_says_what_to_do_about_each_finding(office: Mailroom) -> None:
    office.arrive(letter(1))
    ended, out, _ = command(office, "doctor")
    assert ended == 0
    assert "!  folder Junk: not there -> name the server's junk folder" in out
    assert "!  first run: 1 mails are there already -> all of it would be taken for new letters" in out
    (office.office / "password").write_text("wrong", encoding="utf-8")
    ended, out, _ = command(office, "doctor")
    assert ended == 78
    assert "!! imap login: IMAP server" in out


def test_the_doctor_ends_with_69_where_a_server_cannot_be_reached(office: Mailroom) -> None:
    ended, out, _ = command(office, "doctor")  # nobody listens where its SMTP server should be
    assert ended == 69
    assert "!! smtp login: SMTP server" in out


def test_THREAT_18_a_clock_that_goes_back_or_jumps_ahead_stops_the_pass(office: Mailroom) -> None:
    office.arrive(letter(1))
    office.take_in()
    with office.desk.ledger.write(NOW + timedelta(days=36500)) as writer:
        writer.record("a-later-entry")
    ended, out, err = command(office, "mail", "tick")
    assert (ended, out) == (75, "")
    assert "set the clock right" in err


def test_THREAT_18_a_long_pause_must_be_told(office: Mailroom) -> None:
    office.take_in()
    assert command(office, "mail", "tick")[0] == 0
    with office.desk.ledger.write(NOW) as writer:
        writer.connection.execute(heads.update().values(ticked_at=NOW - timedelta(days=30)))
    ended, _, err = command(office, "mail", "tick")
    assert (ended, "--after-pause" in err) == (75, True)
    assert command(office, "mail", "tick", "--after-pause")[0] == 0
    assert command(office, "mail", "tick")[0] == 0


def test_THREAT_20_an_older_ledger_gives_no_number_away_twice(office: Mailroom) -> None:
    office.arrive(letter(1))
    office.take_in()
    office.desk.ledger.close()
    database = office.office / "var" / "ledger.db"
    backup = {path: path.read_bytes() for path in database.parent.glob("ledger.db*")}
    office.arrive(letter(2))
    office.take_in()
    witness = letter(3, From="director@bureau.example", X_Tenday_Kind="acknowledgement", Subject="2026-000002")
    office.arrive(witness)
    office.desk.ledger.close()
    for path in database.parent.glob("ledger.db*"):
        path.unlink()
    for path, content in backup.items():
        path.write_bytes(content)
    office.arrive(letter(4))
    ended, _, err = command(office, "mail", "tick", "--now", office.now.isoformat())
    assert ended == 78
    assert "an older ledger was restored" in err
    assert (office.count(letters), office.lies_in()) == (1, [witness, letter(4)])
