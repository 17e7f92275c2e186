"""The digest that is reckoned from the bytes of a reply: any change of what the writer reads is another digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbox_worker.letter.sent_bytes import digest_of_bytes
from mailbox_worker.letter.signed_text import goes_out_as, signed_digest
from mailbox_worker.mail.compose import OutgoingMail, compose
from mailbox_worker.mail.parsed import Address, Attachment

NUMBER, TO, SUBJECT = "2026-000001", "zhangsan@example.org", "【来信答复】关于您的来信 2026-000001"
TEXT = "张三：您好！\n\n赔款五日内到账。"
FILE = Attachment("函.pdf", "application/pdf", 1, "", b"x")
REPLY = OutgoingMail(
    sender=Address("江西保监局", "director@bureau.example"),
    to=Address("", TO),
    subject=SUBJECT,
    date=datetime(2026, 3, 5, tzinfo=UTC),
    message_id="<reply@bureau.example>",
    text=goes_out_as(TEXT, "江西保监局\n"),
    html="<p>x</p>",
    in_reply_to=None,
    references=(),
    headers=(),
    attachments=(),
    reply_to=None,
)
SIGNED = signed_digest(NUMBER, "final", TO, SUBJECT, TEXT)


def test_the_bytes_of_a_reply_give_the_digest_that_was_signed() -> None:
    assert digest_of_bytes(compose(REPLY), NUMBER, "final", TEXT) == SIGNED


@pytest.mark.parametrize(
    "changed",
    [
        replace(REPLY, text=goes_out_as(TEXT.replace("五日", "五十日"), "江西保监局\n")),
        replace(REPLY, text=goes_out_as(f"{TEXT}\n另附一句。", "江西保监局\n")),
        replace(REPLY, text=TEXT),
        replace(REPLY, subject=f"{SUBJECT}。"),
        replace(REPLY, to=Address("", "lisi@example.org")),
        replace(REPLY, attachments=(FILE,)),
    ],
    ids=["a word", "a line more", "no footer", "the subject", "the recipient", "a file"],
)
def test_any_change_of_what_the_writer_gets_is_seen(changed: OutgoingMail) -> None:
    assert digest_of_bytes(compose(changed), NUMBER, "final", TEXT) != SIGNED


def test_another_letter_or_purpose_is_seen() -> None:
    assert digest_of_bytes(compose(REPLY), "2026-000002", "final", TEXT) != SIGNED
    assert digest_of_bytes(compose(REPLY), NUMBER, "interim", TEXT) != SIGNED
