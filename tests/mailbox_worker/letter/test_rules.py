"""What a newly arrived mail is: the order of the table, each rule by itself, and who gets an automatic answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.letter.rules import TABLE, Seen, reasons_not_to_acknowledge, sort
from mailbox_worker.mail.delivery_reports import delivery_report
from mailbox_worker.mail.machines import Sign, machine_signs
from mailbox_worker.mail.read import read_mail
from tests.mailbox_worker.office import SERVER, mail

LETTERS = sorted((Path(__file__).parent.parent.parent / "letters").glob("*.eml"))
CITIZEN = mail("From: zhangsan@example.org", "Subject: 车险", text="被拒赔了。")
STAFF_ADDRESSES = ("chenjing@bureau.example", "wangfang@bureau.example")
CERTAIN, PHRASE = Sign("auto-submitted", certain=True), Sign("subject-absent", certain=False)
OWN_RECEIVED = "Received: from x by mx.bureau.example with ESMTP; Thu, 05 Mar 2026 09:00:00 +0800"
FAILED = "Authentication-Results: mx.bureau.example; dmarc=fail header.from=example.org"
FORGED = mail(FAILED, OWN_RECEIVED, "From: zhangsan@example.org", "Subject: 补充")


def seen(**known: Any) -> Seen:
    """Give a citizen's ordinary mail, and what else is known of it."""
    ordinary = Seen(
        mail=CITIZEN,
        signs=(),
        staff_addresses=STAFF_ADDRESSES,
        own_address="director@bureau.example",
        server=SERVER,
    )
    return replace(ordinary, **known)


HITS: dict[str, tuple[dict[str, Any], Disposition]] = {
    "is_our_own_copy": ({"own_copy_of": 7, "own_id": True}, Disposition.OWN_COPY),
    "is_the_same_mail_again": ({"same_mail": 2}, Disposition.DUPLICATE),
    "has_our_id_and_other_text": ({"own_id": True}, Disposition.TO_PERSON),
    "is_a_delivery_report": ({"is_delivery_report": True}, Disposition.BOUNCE),
    "was_written_by_a_machine": ({"signs": (CERTAIN,)}, Disposition.AUTOMATIC),
    "names_two_requests": ({"requests_disagree": True}, Disposition.TO_PERSON),
    "answers_a_request": ({"request": 3}, Disposition.ANSWER),
    "comes_from_ourselves": ({"mail": mail("From: Director@bureau.example")}, Disposition.TO_PERSON),
    "is_a_staff_word": ({"mail": mail("From: ChenJing@bureau.example", text="待办")}, Disposition.ANSWER),
    "comes_from_staff": ({"mail": mail("From: ChenJing@bureau.example")}, Disposition.TO_PERSON),
    "is_a_vote": ({"survey": "2026-000001", "mail": mail("From: a@example.org", text="满意")}, Disposition.ANSWER),
    "came_before": ({"earlier": 2}, Disposition.DUPLICATE),
    "is_sent_again": ({"same_text": 2}, Disposition.DUPLICATE),
    "continues_an_open_letter": ({"joins": "2026-000001"}, Disposition.FOLLOW_UP),
    "lay_in_the_junk_folder": ({"lay_in_junk": True}, Disposition.TO_PERSON),
    "lay_among_settled_mail": ({"lay_filed": True}, Disposition.TO_PERSON),
    "says_something": ({}, Disposition.LETTER),
}
ORDER = list(HITS)


def test_the_order_of_the_table_is_the_policy() -> None:
    assert [rule.__name__ for rule, _ in TABLE] == ORDER
    assert [disposition for _, disposition in TABLE] == [disposition for _, disposition in HITS.values()]


@pytest.mark.parametrize("rule", ORDER)
def test_each_rule_hits_its_mail_and_no_other_rule_but_that_it_says_something(rule: str) -> None:
    known, disposition = HITS[rule]
    found = sort(seen(**known))
    assert (found.disposition, found.rule) == (disposition, rule)
    assert found.hits == (rule,) if rule == "says_something" else (rule, "says_something")


@pytest.mark.parametrize(("first", "second"), [(a, b) for at, a in enumerate(ORDER) for b in ORDER[at + 1 : -1]])
def test_of_two_rules_that_hit_the_upper_one_decides(first: str, second: str) -> None:
    known = HITS[second][0] | HITS[first][0]
    if {first, second} == {"comes_from_ourselves", "comes_from_staff"}:
        known |= {"staff_addresses": ("director@bureau.example",)}
    if (first, second) == ("is_our_own_copy", "has_our_id_and_other_text"):
        known |= {"own_copy_of": 7}
    assert sort(seen(**known)).rule == first


def test_a_machine_with_a_live_token_decides_nothing() -> None:
    assert sort(seen(signs=(CERTAIN,), request=3)).disposition is Disposition.AUTOMATIC
    assert sort(seen(signs=(PHRASE,), request=3, about_ours=True)).disposition is Disposition.AUTOMATIC


def test_THREAT_27_a_phrase_alone_makes_no_machine() -> None:
    assert sort(seen(signs=(PHRASE,))).disposition is Disposition.LETTER
    assert sort(seen(signs=(PHRASE,), about_ours=True)).disposition is Disposition.AUTOMATIC


def test_THREAT_24_a_forged_follow_up_becomes_a_letter_of_its_own() -> None:
    assert sort(seen(joins="2026-000001", mail=FORGED)).disposition is Disposition.LETTER
    assert sort(seen(joins="2026-000001", mail=FORGED, server=None)).disposition is Disposition.FOLLOW_UP


def test_a_mail_about_an_answered_letter_is_a_letter_of_its_own() -> None:
    assert sort(seen(continues="2026-000001")).disposition is Disposition.LETTER


@pytest.mark.parametrize("subject", ["", "   "])
def test_a_mail_without_a_word_goes_to_a_person(subject: str) -> None:
    found = sort(seen(mail=mail("From: a@example.org", f"Subject: {subject}", text="\r\n \r\n")))
    assert (found.disposition, found.rule, found.hits) == (Disposition.TO_PERSON, "no_rule_knows_it", ())


def test_a_subject_alone_is_a_letter() -> None:
    assert sort(seen(mail=mail("From: a@example.org", "Subject: help", text=""))).disposition is Disposition.LETTER


@pytest.mark.parametrize("sender", ["From: director@bureau.example, a@example.org", "From: a@example.org"])
def test_a_second_author_or_another_one_is_not_ourselves(sender: str) -> None:
    assert "comes_from_ourselves" not in sort(seen(mail=mail(sender))).hits


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: str(path.stem))
def test_every_odd_letter_is_a_letter(path: Path) -> None:
    raw = path.read_bytes()
    parsed = read_mail(raw)
    found = sort(
        seen(mail=parsed, signs=machine_signs(parsed), is_delivery_report=delivery_report(parsed, raw) is not None)
    )
    assert found.disposition is Disposition.LETTER


# Automatic answers.


def test_an_ordinary_letter_is_acknowledged() -> None:
    assert reasons_not_to_acknowledge(seen(), acknowledged_today=False) == ()


@pytest.mark.parametrize(
    ("known", "acknowledged_today", "reason"),
    [
        ({"mail": mail("From: a@example.org, b@example.org")}, False, "no single plain sender"),
        ({"mail": mail("Subject: x")}, False, "no single plain sender"),
        ({"mail": FORGED}, False, "sender authentication failed"),
        ({"signs": (PHRASE,)}, False, "written or passed on by a machine"),
        ({"signs": (CERTAIN,)}, False, "written or passed on by a machine"),
        ({"mail": mail("Return-Path: <>", "From: a@example.org")}, False, "null return path"),
        ({"mail": mail("From: no-reply@example.org")}, False, "sender asks for no reply"),
        ({"mail": mail("From: NoReply@example.org")}, False, "sender asks for no reply"),
        ({"mail": mail("From: postmaster@example.org")}, False, "sender asks for no reply"),
        ({}, True, "already acknowledged today"),
    ],
)
def test_each_reason_not_to_acknowledge_is_given_alone(
    known: dict[str, Any], reason: str, *, acknowledged_today: bool
) -> None:
    assert reasons_not_to_acknowledge(seen(**known), acknowledged_today=acknowledged_today) == (reason,)


def test_all_reasons_are_given_at_once() -> None:
    loud = mail("Return-Path: <>", FAILED, OWN_RECEIVED, "From: noreply@example.org")
    reasons = reasons_not_to_acknowledge(seen(mail=loud, signs=(CERTAIN,)), acknowledged_today=True)
    assert len(reasons) == 5
