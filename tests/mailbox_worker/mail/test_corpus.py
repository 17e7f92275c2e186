"""Every mail of the corpus reads as the file beside it says: what a person would see, and what the worker does with it.

A mail is named by its oddity; `shows` is its case in the catalogue of failures, or one of the fifteen families of mail
that civic letter systems stumble over. What an expectation leaves out is not asked.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox_worker.letter.rules import Seen, reasons_not_to_acknowledge, sort
from mailbox_worker.mail.delivery_reports import delivery_report
from mailbox_worker.mail.limits import MAX_PARTS, MAX_TEXT_CHARACTERS
from mailbox_worker.mail.machines import machine_signs
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.sub_addresses import tags_of
from tests.mailbox_worker.office import SERVER

if TYPE_CHECKING:
    from mailbox_worker.mail.parsed import ParsedMail

CORPUS = Path(__file__).parents[2] / "letters" / "corpus"
MAILS = sorted(CORPUS.glob("*.eml"))
TESTS = Path(__file__).parents[2]
CATALOGUE = {*range(30, 47), *range(50, 60)}
TOO_LARGE = {42}  # to keep here
FAMILIES_OF_FETCHING = {1: 2, 2: 1, 3: 4}  # family: its case in the catalogue, tested where mail is fetched


def expected_of(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))
    return expected


def seen_of(raw: bytes) -> Seen:
    mail = read_mail(raw)
    return Seen(
        mail=mail,
        signs=machine_signs(mail),
        is_delivery_report=delivery_report(mail, raw) is not None,
        own_address="director@bureau.example",
        server=SERVER,
    )


def facts(raw: bytes) -> dict[str, Any]:
    """Everything that an expectation may ask for."""
    seen = seen_of(raw)
    mail, report = seen.mail, delivery_report(seen.mail, raw)
    files = mail.attachments
    return {
        "subject": mail.subject,
        "subject_length": len(mail.subject),
        "from": [sender.addr_spec for sender in mail.senders],
        "names": [sender.name for sender in mail.senders],
        "reply_to": [address.addr_spec for address in mail.reply_to],
        "message_id": mail.message_id,
        "text": mail.text.strip(),
        "text_length": len(mail.text.strip()),
        "attachments": [[file.name, file.media_type] for file in files],
        "attachment_count": len(files),
        "found": [file.found_type for file in files],
        "dangers": [list(file.dangers) for file in files],
        "sha256": [file.sha256 for file in files],
        "signs": sorted(sign.name for sign in seen.signs),
        "returned_to": list(tags_of(mail, "director@bureau.example")),
        "report_about": report.final_recipient if report is not None else None,
        "report": [str(report.outcome), report.status, report.original_message_id] if report is not None else None,
        "disposition": str(sort(seen).disposition),
        "acknowledged": not reasons_not_to_acknowledge(seen, acknowledged_today=False),
    }


USUAL = {"disposition": "letter", "acknowledged": True}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_of_the_corpus_reads_as_the_file_beside_it_says(path: Path) -> None:
    raw, expected = path.read_bytes(), expected_of(path)
    mail, found = read_mail(raw), facts(raw)
    if not expected.get("machine"):
        expected = USUAL | expected
    asked = {name: value for name, value in expected.items() if name in found}
    assert {name: found[name] for name in asked} == asked
    assert expected.get("text_contains", "") in mail.text
    assert set(expected.get("notes", ())) <= set(mail.notes)
    assert any(expected.get("notes_contain", "") in note for note in (*mail.notes, ""))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_every_expectation_is_one_that_is_looked_at(path: Path) -> None:
    known = {*facts(path.read_bytes()), "shows", "machine", "text_contains", "notes", "notes_contain"}
    assert set(expected_of(path)) <= known


def test_the_corpus_covers_the_catalogue_and_the_families() -> None:
    shown = [str(expected_of(path)["shows"]) for path in MAILS]
    assert len(MAILS) >= 150
    assert {int(each[1:]) for each in shown if each.startswith("F")} >= CATALOGUE - TOO_LARGE
    families = {int(each.split()[1]) for each in shown if each.startswith("family")}
    assert families | FAMILIES_OF_FETCHING.keys() == set(range(1, 16))
    source = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    tested = {int(number) for number in re.findall(r"def test_f(\d\d)_", source, re.IGNORECASE)}
    assert tested >= TOO_LARGE | set(FAMILIES_OF_FETCHING.values())


def test_no_mail_of_a_machine_is_ever_answered() -> None:
    machines = [path for path in MAILS if expected_of(path).get("machine")]
    assert len(machines) >= 30
    for path in machines:
        seen = seen_of(path.read_bytes())
        letter = sort(seen).disposition == "letter"
        assert not letter or reasons_not_to_acknowledge(seen, acknowledged_today=False), path.stem


def within_limits(mail: ParsedMail) -> bool:
    whole = all(hashlib.sha256(file.content).hexdigest() == file.sha256 for file in mail.attachments)
    return whole and len(mail.text) <= MAX_TEXT_CHARACTERS and len(mail.attachments) <= MAX_PARTS


SMALL = [raw for path in MAILS if len(raw := path.read_bytes()) < 5000]


@given(
    st.sampled_from(SMALL),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=30)), min_size=1, max_size=6),
)
@settings(max_examples=400, deadline=2000, derandomize=True, database=None)
def test_a_damaged_mail_is_read_within_the_limits(raw: bytes, damages: list[tuple[float, int, bytes]]) -> None:
    for where, lost, put in damages:
        at = int(where * len(raw))
        raw = raw[:at] + put + raw[at + lost :]
    seen = seen_of(raw)
    assert within_limits(seen.mail)
    sort(seen)


@given(st.sampled_from(SMALL), st.sampled_from(SMALL), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=2000, derandomize=True, database=None)
def test_halves_of_two_mails_are_read_within_the_limits(one: bytes, other: bytes, end: float, start: float) -> None:
    raw = one[: int(end * len(one))] + other[int(start * len(other)) :]
    seen = seen_of(raw)
    assert within_limits(seen.mail)
    sort(seen)
