"""A mailbox whose address everybody knows: forged senders by the hundred, forged follow-ups, forged colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.tables import letters, outbox
from mailbox_worker.letter.rules import UNPROVED_A_DAY
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.making import make_planned
from tests.mailbox_worker.intake.mailroom import Mailroom, letter

if TYPE_CHECKING:
    from collections.abc import Iterable

RECEIVED = "from mail.example.org by mx.bureau.example; Thu, 05 Mar 2026 08:00:00 +0800"


def stamped(results: str, number: int, **headers: str) -> bytes:
    """Write a letter as our server delivers it, with what it found out about the sender on top."""
    top = f"Authentication-Results: mx.bureau.example; {results}\r\nReceived: {RECEIVED}\r\n"
    return top.encode() + letter(number, **headers)


def acknowledged(room: Mailroom) -> list[str]:
    """List to whom an acknowledgement was planned, in order."""
    return [str(row.recipient) for row in room.rows(outbox) if row.kind == "acknowledgement"]


def test_F54_a_sender_whom_spf_dkim_or_dmarc_denies_gets_a_number_and_no_mail(dovecot_room: Mailroom) -> None:
    denied = ("spf=fail smtp.mailfrom=example.org", "dkim=fail header.d=example.org", "dmarc=fail")
    passed = "spf=pass smtp.mailfrom=a@example.org; dkim=fail header.d=list.example; dmarc=pass header.from=example.org"
    for number, results in enumerate((*denied, passed), start=1):
        dovecot_room.arrive(stamped(results, number))
    dovecot_room.take_in()
    assert dovecot_room.count(letters) == 4, "each is a letter that a person reads"
    assert acknowledged(dovecot_room) == ["citizen4@example.org"]


def test_F54_THREAT_22_a_flood_of_unproved_senders_gets_a_few_acknowledgements_a_day_and_others_theirs(
    dovecot_room: Mailroom,
) -> None:
    room, (a_domain, in_all) = dovecot_room, UNPROVED_A_DAY
    room.arrive_many([letter(number) for number in range(a_domain + 10)])
    room.take_in()
    assert room.count(letters) == a_domain + 10, "no letter is lost"
    assert len(acknowledged(room)) == a_domain
    room.arrive(stamped("dmarc=pass header.from=example.org", 1000), letter(1001, From="w@example.net"))
    room.take_in()
    assert acknowledged(room)[a_domain:] == ["citizen1000@example.org", "w@example.net"]
    room.arrive_many([letter(2000 + number, From=f"w@d{number}.example") for number in range(in_all)])
    room.take_in()
    assert len(acknowledged(room)) == in_all + 1, "all domains together; whoever is proved does not count"
    room.arrive(letter(3000))
    room.take_in(days=1)
    assert acknowledged(room)[-1] == "citizen3000@example.org", "the next day begins anew"


def test_THREAT_22_an_acknowledgement_holds_nothing_that_the_writer_wrote(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    room.arrive(letter(1, "加微信abc123领取大奖", From="=?utf-8?q?Win_at_http=3A//evil.example?= <a@example.org>"))
    room.arrive(letter(2, From="a@example.org, victim@example.net"), letter(3, From="g: victim@example.net;"))
    room.take_in()
    make_planned(room.desk, room.now)
    (mail,) = [row for row in room.rows(outbox) if row.kind == "acknowledgement"]
    read = read_mail(mail.raw)
    assert read.subject == "【来信收悉】江西保监局局长信箱 2026-000001"
    assert read.all_headers("To") == ("a@example.org",)
    for written in ("微信", "evil", "complaint", "citizen"):
        assert written not in read.text


@pytest.mark.parametrize("denied", ["dmarc=fail header.from=example.org", "spf=fail smtp.mailfrom=elsewhere.example"])
def test_THREAT_24_a_forged_follow_up_becomes_a_letter_that_only_may_belong_to_the_other(
    dovecot_room: Mailroom, denied: str
) -> None:
    room = dovecot_room
    room.arrive(stamped("dmarc=pass header.from=example.org", 1))
    room.take_in()
    make_planned(room.desk, room.now)
    forged = {"From": "citizen1@example.org", "In_Reply_To": "<1@example.org>"}
    room.arrive(stamped(denied, 2, **forged))
    room.take_in()
    assert room.dispositions() == ["letter", "letter"]
    assert [row.repeats for row in room.rows(letters)] == [None, "2026-000001"]
    make_planned(room.desk, room.now)
    assert acknowledged(room) == ["citizen1@example.org"], "the first one's"
    request = read_mail([row.raw for row in room.rows(outbox) if row.kind == "draft-request"][-1])
    assert "可能是冒名来信；署名人另有在办来信 2026-000001" in request.text
    room.arrive(stamped("dmarc=pass header.from=example.org", 3, **forged))
    room.take_in()
    assert room.dispositions()[-1] == "follow_up"


def reasons(room: Mailroom) -> Iterable[str]:
    return (str(row.arguments["reason"]) for row in room.rows(outbox) if row.kind == "alarm")


def test_THREAT_26_a_flood_in_a_colleagues_name_is_not_passed_on_to_anybodys_mailbox(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    forged = {"From": "chenjing@bureau.example", "Subject": "Re: [#0123456789ABCDEFGHJK]"}
    room.arrive_many([letter(number, "同意", **forged) for number in range(40)])
    room.take_in()
    assert room.dispositions() == ["to_person"] * 40
    assert list(reasons(room)) == ["comes_from_staff"] * 20 + ["more"]
    room.arrive(letter(99, "同意", **forged))
    room.take_in(hours=1)
    assert list(reasons(room))[-1] == "comes_from_staff", "an hour later they are told of again"
    make_planned(room.desk, room.now)
    (more,) = [row for row in room.rows(outbox) if row.arguments.get("reason") == "more"]
    assert "一封来自同事地址的邮件没有对应的请求" in read_mail(more.raw).text
