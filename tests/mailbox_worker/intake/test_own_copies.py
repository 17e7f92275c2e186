"""Copies of our own mail, wherever the server puts them: known by Message-ID and body, never by what they claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.ledger.tables import arrivals, letters, outbox
from mailbox_worker.reconciling import reconcile
from mailbox_worker.reply.making import make_planned
from tests.mailbox_worker.intake.mailroom import Mailroom, letter

if TYPE_CHECKING:
    from sqlalchemy import Row

TRACE = b"Return-Path: <director@bureau.example>\r\nReceived: by mx.bureau.example; Thu, 05 Mar 2026 09:01:00 +0800\r\n"


def acknowledged(room: Mailroom) -> Row[object]:
    """Take a letter in and make its acknowledgement; gives the row of it."""
    room.arrive(letter(1))
    room.take_in()
    make_planned(room.desk, room.now)
    return next(row for row in room.rows(outbox) if row.kind == "acknowledgement")


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
def test_THREAT_14_a_copy_of_our_own_mail_is_known_in_inbox_and_junk_and_keeps_no_codes(
    room: Mailroom, folder: str
) -> None:
    mail = acknowledged(room)
    room.arrive(TRACE + mail.raw, folder=folder)
    room.take_in()
    room.take_in(days=2)
    assert room.dispositions() == ["letter", "own_copy"]
    copy = room.rows(arrivals)[1]
    assert copy.outbox == mail.id
    assert room.logged()[1] == b"", "it holds a query code, and the outbox has it"
    assert room.count(letters) == 1
    if folder != "INBOX":
        assert room.lies_in(folder) == [TRACE + mail.raw], "only the inbox is emptied"
    assert reconcile(room.desk, lambda _done, _of: None).as_json()["ok"] is True


def test_THREAT_14_a_copy_that_a_server_has_written_anew_is_known_all_the_same(dovecot_room: Mailroom) -> None:
    mail = acknowledged(dovecot_room)
    folded = re.sub(rb"(?m)^Subject: ", b"X-Spam-Status: No, score=-1.9\r\nSubject:\r\n ", mail.raw, count=1)
    boundary = re.search(rb'boundary="?([^";\r\n]+)', folded)
    assert boundary is not None
    dovecot_room.arrive(TRACE + folded.replace(boundary[1], b"another-boundary"))
    dovecot_room.take_in()
    assert dovecot_room.dispositions() == ["letter", "own_copy"]


def test_F66_THREAT_14_a_mail_whose_id_a_server_has_rewritten_is_known_by_number_and_text_and_answers_find_it(
    dovecot_room: Mailroom,
) -> None:
    room = dovecot_room
    mail = acknowledged(room)
    copy = mail.raw.replace(str(mail.message_id).encode(), b"<0102018e.42@mail-service.example>")
    room.arrive(TRACE + copy)
    room.take_in()
    answer = {"From": "citizen1@example.org", "In_Reply_To": "<0102018e.42@mail-service.example>"}
    room.arrive(letter(2, **answer), letter(3, From="citizen3@example.org", In_Reply_To=answer["In_Reply_To"]))
    room.take_in()
    assert room.dispositions() == ["letter", "own_copy", "follow_up", "letter"]
    ours = next(row for row in room.rows(outbox) if row.kind == "acknowledgement")
    assert ours.witnessed_at is not None
    assert (ours.message_id, ours.rewritten_id) == (mail.message_id, answer["In_Reply_To"])
    room.arrive(returned(answer["In_Reply_To"]))
    room.take_in()
    assert room.rows(arrivals)[-1].outbox == mail.id, "a report that quotes it is about this mail"


def test_F66_F84_without_a_copy_the_number_in_the_subject_ties_an_answer_of_the_same_writer_alone(
    dovecot_room: Mailroom,
) -> None:
    room = dovecot_room
    acknowledged(room)
    answer = {"Subject": "回复：【来信收悉】局长信箱 2026-000001", "In_Reply_To": "<unknown@mail-service.example>"}
    room.arrive(letter(2, From="citizen1@example.org", **answer), letter(3, From="stranger@example.org", **answer))
    room.arrive(letter(4, From="citizen1@example.org", Subject="another matter, not 2026-000001"))
    room.take_in()
    assert room.dispositions() == ["letter", "follow_up", "letter", "letter"]


def test_THREAT_14_nothing_that_somebody_else_writes_passes_for_our_own_copy(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    mail = acknowledged(room)
    forged = letter(2, Message_ID=str(mail.message_id), X_Tenday_Kind="acknowledgement")
    marked = letter(3, X_Tenday_Kind="reply", X_Tenday_Purpose="final")
    ourselves = letter(4, From="director@bureau.example", Subject="2026-000001")
    room.arrive(forged, marked, ourselves)
    room.take_in()
    assert room.dispositions() == ["letter", "to_person", "letter", "to_person"]
    assert room.rows(arrivals)[1].rule == "has_our_id_and_other_text"
    assert {row.outbox for row in room.rows(arrivals)} == {None}


def test_THREAT_16_loops_stop_where_no_server_takes_a_null_sender(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    mail = acknowledged(room)
    note = letter(1, Message_ID="<note@example.org>", Auto_Submitted="auto-replied", In_Reply_To=str(mail.message_id))
    room.arrive(note, returned(str(mail.message_id)), letter(1, "又想起一件事。", Message_ID="<again@example.org>"))
    room.take_in()
    assert room.dispositions() == ["letter", "automatic", "bounce", "letter"]
    assert room.rows(arrivals)[2].outbox == mail.id, "by the Message-ID that it quotes, whoever it comes from"
    assert room.acknowledgements() == 1, "one an address a day"


def returned(message_id: str) -> bytes:
    """Write a report as a server does that sends it from an ordinary address."""
    report = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; citizen1@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    head = letter(
        5, From="service@example.org", Content_Type="multipart/report; report-type=delivery-status; boundary=b"
    ).partition(b"\r\n\r\n")[0]
    original = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n"
    body = f"\r\n\r\n--b\r\n\r\nundeliverable\r\n--b\r\n{report}\r\n--b\r\n{original}\r\n--b--\r\n"
    return head + body.encode()


def test_what_a_colleague_sends_by_hand_is_not_read(dovecot_room: Mailroom) -> None:
    room = dovecot_room
    by_hand = letter(9, From="director@bureau.example", To="friend@example.org")
    room.arrive(by_hand, folder="Sent")
    room.arrive(letter(1))
    assert room.take_in().fetched == 1
    assert room.dispositions() == ["letter"]
    found = reconcile(room.desk, lambda _done, _of: None).as_json()
    assert (found["ok"], found["server"], found["left_aside"]) == (True, 1, 0)
