"""`mail explain` and `mail show` say why a mail is what it is and how far it was read; long runs, how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailbox_worker.intake.releasing import RELEASED
from mailbox_worker.ledger.tables import arrivals, letters
from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.letter.evidence import deciding_lines
from mailbox_worker.letter.rules import NO_RULE, TABLE, Seen, sort
from mailbox_worker.mail.machines import machine_signs
from mailbox_worker.mail.words import words
from mailbox_worker.showing import story_of
from tests.mailbox_worker.intake.mailroom import NOW, large_letter, letter
from tests.mailbox_worker.intake.racing import fill
from tests.mailbox_worker.intake.test_accounting import as_json, command, office
from tests.mailbox_worker.office import mail

if TYPE_CHECKING:
    from tests.mailbox_worker.intake.mailroom import Mailroom

__all__ = ["office"]  # a fixture
TOKEN = "0123456789ABCDEFGH"  # noqa: S105 - of nobody
CITIZEN = "From: 张三 <zhangsan@example.org>"


def test_every_rule_and_every_disposition_has_words_for_people() -> None:
    say = words("explain")
    assert set(say["rules"]) == {rule.__name__ for rule, _ in TABLE} | {NO_RULE, RELEASED}
    assert set(say["dispositions"]) == {*Disposition, "quarantined"}


@pytest.mark.parametrize(
    ("headers", "known", "lines"),
    [
        (("Auto-Submitted: auto-replied", CITIZEN), {}, ["Auto-Submitted: auto-replied"]),
        (("Precedence: auto_reply", CITIZEN), {}, []),
        (("Return-Path: <>", CITIZEN), {}, ["Return-Path: <>"]),
        (("Subject: 自动回复：来信收悉", CITIZEN), {"about_ours": True}, ["Subject: 自动回复：来信收悉"]),
        (("From: 陈静 <chenjing@bureau.example>",), {}, ["From: chenjing@bureau.example"]),
        ((CITIZEN, "In-Reply-To: <a@bureau.example>"), {"joins": "2026-000001"}, ["In-Reply-To: <a@bureau.example>"]),
        ((CITIZEN, "References: <b@bureau.example>"), {"request": 1}, ["References: <b@bureau.example>"]),
        ((CITIZEN, f"Subject: Re: 请签批 [#{TOKEN}]"), {"request": 1}, ["Subject: Re: 请签批 [#…]"]),
        (
            (CITIZEN, f"Subject: [#{TOKEN}]", "In-Reply-To: <a@bureau.example>"),
            {"requests_disagree": True},
            ["Subject: [#…]", "In-Reply-To: <a@bureau.example>"],
        ),
        ((CITIZEN, "Message-ID: <1@example.org>"), {"earlier": 1}, ["Message-ID: <1@example.org>"]),
        ((CITIZEN,), {}, []),
    ],
)
def test_the_header_line_that_decided_is_named_without_names_and_tokens(
    headers: tuple[str, ...], known: dict[str, Any], lines: list[str]
) -> None:
    read = mail(*headers)
    staff = ("chenjing@bureau.example",)
    seen = Seen(mail=read, signs=machine_signs(read), staff_addresses=staff, own_address="a@b.example", **known)
    assert deciding_lines(seen, sort(seen).rule) == lines


def test_a_long_header_is_cut() -> None:
    read = mail(CITIZEN, "References: " + " ".join(f"<{number}@example.org>" for number in range(100)))
    (line,) = deciding_lines(Seen(mail=read, signs=(), joins="2026-000001"), "continues_an_open_letter")
    assert len(line) <= len("References: ") + 200


@pytest.mark.dovecot
def test_explain_tells_rule_and_header_of_a_letters_mails_and_of_one_that_waits(office: Mailroom) -> None:
    office.arrive(
        letter(1),
        b"Received: from list.example.org\r\n" + letter(1),
        letter(2, From="王芳 <wangfang@bureau.example>"),
        letter(3, Auto_Submitted="auto-replied"),
    )
    office.take_in()
    first, second = as_json(office, "mail", "explain", "2026-000001")
    assert (first["rule"], first["headers"]) == ("says_something", [])
    assert (second["rule"], second["headers"]) == ("came_before", ["Message-ID: <1@example.org>"])
    ended, out, err = command(office, "mail", "explain", "3")
    assert (ended, err) == (0, "")
    assert out.splitlines() == [
        "来件 3  2026-03-05 08:50  待人工判断",
        "  规则 comes_from_staff：发自同事地址，没有对应的请求",
        "  依据 From: wangfang@bureau.example",
        "  同时符合 says_something（次序在后，不起作用）",
        "  确是来信的，用 tenday mail release 3 登记，收到日期不变",
    ]
    assert "  依据 Auto-Submitted: auto-replied" in command(office, "mail", "explain", "4")[1]
    ended, out, err = command(office, "mail", "explain", "99")
    assert (ended, out) == (65, "")
    assert "99: no such letter; expected a number like 2026-000123" in err


@pytest.mark.dovecot
def test_F42_a_huge_mail_is_kept_whole_and_show_says_how_much_was_not_read(office: Mailroom) -> None:
    raw = large_letter(1, 25 * 2**20)
    office.arrive(raw)
    office.take_in()
    assert [row.size for row in office.rows(arrivals)] == [len(raw)]
    (row,) = office.rows(letters)
    assert row.text.strip() == "附件是照片。"
    shown = as_json(office, "mail", "show", "2026-000001")
    assert (shown["size"], shown["unread"]) == (len(raw), len(raw) - 24 * 2**20)
    assert [file["name"] for file in shown["attachments"]] == ["a.jpg"]
    (logged,) = [event for event in shown["events"] if event["kind"] == "letter-logged"]
    assert f"cut at {24 * 2**20} of {len(raw)} bytes" in logged["data"]["notes"]
    assert "注意 来信共 25.0 MiB，超出读取上限，最后 1.0 MiB 没有读取" in story_of(shown)


@pytest.mark.dovecot
def test_a_long_run_says_how_far_it_is_and_json_stays_alone(office: Mailroom) -> None:
    fill(office, range(120))
    ended, out, err = command(office, "mail", "tick", "--now", NOW.isoformat(), "--dry-run")
    assert (ended, err) == (0, "looked at 120 of 120\n")
    assert out == "would be: fetched 120; logged 120; letters 120\n"
    assert command(office, "mail", "tick", "--now", NOW.isoformat(), "--dry-run", "--json")[2] == ""
    office.take_in()
    assert office.progress == [(120, 120)]
    assert command(office, "mail", "reconcile")[2] == "looked at 120 of 120\n"
