"""An answer of which nobody knows whether the server took it, and the copy of it that settles the doubt."""

from __future__ import annotations

from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from tests.journeys.bureau_at_work import CLERK, DEPUTY, DRAFT, MAILBOX, WRITER, BureauAtWork, open_bureau
from tests.servers.failing_smtp import RESET, FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

NUMBER = "2026-000001"
pytestmark = [pytest.mark.dovecot, pytest.mark.parametrize("open_town", ["dovecot"], indirect=True)]


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER], hold_minutes=0)


@contextmanager
def sent_through(bureau: BureauAtWork, server: FailingSmtp) -> Iterator[None]:
    """Let mail go out through another server for a while."""
    before = bureau.config.read_text(encoding="utf-8")
    head, _, tail = before.partition("  smtp:")
    smtp = f"  smtp: {{host: 127.0.0.1, port: {server.port}, security: none, timeout_seconds: 5}}\n"
    bureau.config.write_text(head + smtp + tail.partition("\n")[2], encoding="utf-8")
    yield
    bureau.config.write_text(before, encoding="utf-8")


def reply_in_doubt(bureau: BureauAtWork) -> bytes:
    """Bring a letter to a reply that the server had whole when the connection broke; gives what it had."""
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾。")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], DRAFT)
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], "同意")
    with FailingSmtp({"dot": RESET}, times=1) as server, sent_through(bureau, server):
        counted = bureau.tick()
        counted = counted if counted["unknown"] else bureau.tick()
    assert (counted["unknown"], bureau.state()) == (1, "approved")
    return next(raw for raw in server.taken if b"X-Tenday-Kind: reply" in raw).replace(b"\r\n..", b"\r\n.")


def put(bureau: BureauAtWork, raw: bytes, folder: str) -> None:
    """Let the server file a copy, as one that has handled it: with trace fields, folded and encoded in its own way."""
    mail = BytesParser(policy=SMTP).parsebytes(raw)
    trace = f"Received: from worker by mx.bureau.example; {mail['Date']}\r\n".encode()
    with bureau.town.imap.connect("director") as client:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        client.append(folder, trace + mail.as_bytes(policy=SMTP.clone(max_line_length=60)), msg_time=bureau.now)


@pytest.mark.parametrize("after_minutes", [1, 70])
@pytest.mark.parametrize("folder", ["INBOX", "Sent", "Junk"])
def test_a_copy_in_any_of_three_folders_settles_the_doubt_before_and_after_a_person_was_asked(
    bureau: BureauAtWork, folder: str, after_minutes: int
) -> None:
    raw = reply_in_doubt(bureau)
    bureau.pass_time(minutes=after_minutes)
    bureau.tick()
    assert bureau.state() == ("approved" if after_minutes < 60 else "held")
    put(bureau, raw, folder)
    assert bureau.tick()["accepted"] == 1
    assert bureau.state() == "answered"
    (answered_at,) = [row["answered_at"] for row in bureau.json("list")]
    assert answered_at[:16] == bureau.json("show", NUMBER)["received_at"][:16], "the day of the hand-over"
    assert bureau.mail_to(WRITER, "reply") == [], "it is not sent again"
    assert bureau.json("verify")["ok"] is True


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_THREAT_14_a_copy_with_another_body_or_another_id_proves_nothing(bureau: BureauAtWork, folder: str) -> None:
    raw = reply_in_doubt(bureau)
    head, _, body = raw.partition(b"\r\n\r\n")
    put(bureau, head + b"\r\n\r\n" + body.replace(b"text/plain", b"text/css", 1), folder)
    other_id = raw.replace(b"Message-ID: <", b"Message-ID: <0")
    put(bureau, other_id.replace(b"X-Tenday-Kind: reply", b"X-Other: 1"), "Sent")
    bureau.tick()
    assert bureau.state() == "approved"


def test_while_nothing_is_in_doubt_the_sent_folder_is_not_read_and_what_lies_there_is_no_letter(
    bureau: BureauAtWork,
) -> None:
    own = f"From: {MAILBOX}\r\nTo: {WRITER}\r\nSubject: by hand\r\nMessage-ID: <1@bureau.example>\r\n\r\nhello\r\n"
    put(bureau, own.encode(), "Sent")
    assert bureau.tick()["fetched"] == 0
    reply_in_doubt(bureau)
    assert bureau.tick()["letters"] == 0
    assert len(bureau.town.imap.messages("director", "Sent")) == 1
