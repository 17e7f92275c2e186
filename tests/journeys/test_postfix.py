"""Mail goes out through a real Postfix: it keeps each mail before its 250, passes it on later, and writes reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tenday.demonstration.writing import answer, header, letter, plain_text
from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DRAFT,
    MAILBOX,
    BureauAtWork,
    open_bureau,
    reply_body,
    token_of,
)
from tests.servers.postfix import Postfix
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tenday.demonstration.mail_town import Tls
    from tests.servers.fixtures import OpenTown

WRITER, GONE = "zhangsan@example.org", "gone@example.org"
REFUSED, PUT_OFF = "lisi@example.org", "wangwu@example.org"
NUMBER = "2026-000001"
pytestmark = [pytest.mark.dovecot, pytest.mark.parametrize("open_town", ["dovecot"], indirect=True)]


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown, tls: Tls) -> Iterator[BureauAtWork]:
    office = open_bureau(tmp_path, open_town, [WRITER, REFUSED, PUT_OFF], hold_minutes=0)
    answers = {REFUSED: "550 5.1.1 no such user", PUT_OFF: "451 4.2.1 mailbox busy"}
    with Postfix(office.town.smtp_port, tls, onward_tls=True, answers=answers) as postfix:
        text = office.config.read_text(encoding="utf-8")
        head, _, tail = text.partition("  smtp:")
        smtp = f"  smtp: {{host: {postfix.host}, port: {postfix.port}, security: starttls, ca_file: {tls.authority}}}"
        office.config.write_text(f"{head}{smtp}\n{tail.partition(chr(10))[2]}", encoding="utf-8")
        yield office


def use(bureau: BureauAtWork, key: str) -> None:
    text = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(text.replace("mailbox:\n", f"mailbox:\n  {key}\n", 1), encoding="utf-8")


def came(bureau: BureauAtWork, address: str, kind: str, count: int = 1) -> bytes:
    """Wait until Postfix has passed a mail on; gives the newest of its kind."""
    wait_until(lambda: len(bureau.mail_to(address, kind)) >= count)
    return bureau.mail_to(address, kind)[-1]


def tick_until(bureau: BureauAtWork, holds: Callable[[Counter[str]], object], counted: Counter[str]) -> None:
    """Let the worker do passes until something holds of the counts so far, to which each pass adds its own."""

    def enough() -> object:
        counted.update(bureau.tick())
        return holds(counted)

    wait_until(enough)


def signed_off(bureau: BureauAtWork, writer: str) -> Counter[str]:
    """Bring a letter as far as the pass that sends its reply; gives the sum of all counts."""
    counted: Counter[str] = Counter()
    raw = letter(writer, "张三", MAILBOX, "车险理赔被拒", "我的车追尾。", at=bureau.now, message_id=f"<1-{writer}>")
    bureau.town.submit(raw, writer, MAILBOX)
    counted.update(bureau.tick())
    bureau.staff_answers(CLERK, came(bureau, CLERK, "draft-request"), DRAFT)
    counted.update(bureau.tick())
    bureau.staff_answers(DEPUTY, came(bureau, DEPUTY, "sign-off-request"), "同意")
    counted.update(bureau.tick())
    return counted


def states(bureau: BureauAtWork) -> dict[str, str]:
    return {mail["kind"]: mail["state"] for mail in bureau.json("show", NUMBER)["mails"] if mail["direction"] == "out"}


def test_a_reply_goes_through_postfix_to_the_writer_and_its_witness_comes_back(bureau: BureauAtWork) -> None:
    counted = signed_off(bureau, WRITER)
    tick_until(bureau, lambda sums: sums["own_copies"] == 2, counted)
    reply = came(bureau, WRITER, "reply")
    assert reply_body(reply) == bureau.json("show", NUMBER)["drafts"][0]["text"]
    assert header(reply, "Received").count("mx.bureau.example") >= 1
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    assert (counted["unknown"], counted["to_person"], counted["letters"]) == (0, 0, 1)
    assert (states(bureau)["reply"], bureau.json("list")[0]["state"]) == ("accepted", "answered")
    assert bureau.json("reconcile")["ok"] is True


@pytest.mark.parametrize(("writer", "expected"), [(REFUSED, ("refused", "held")), (PUT_OFF, ("later", "approved"))])
def test_what_postfix_says_to_a_recipient_is_the_state_of_the_mail(
    bureau: BureauAtWork, writer: str, expected: tuple[str, str]
) -> None:
    signed_off(bureau, writer)
    assert (states(bureau)["reply"], bureau.json("list")[0]["state"]) == expected
    assert bureau.mail_to(writer, "reply") == []


@pytest.mark.parametrize("key", ["sub_addressing: true", "envelope_sender: empty"])
def test_F55_a_report_that_postfix_writes_is_tied_to_its_mail_and_told_in_plain_words(
    bureau: BureauAtWork, key: str
) -> None:
    """The address exists when Postfix takes the mail and not where Postfix passes it on to: the usual bounce."""
    use(bureau, key)
    counted = signed_off(bureau, GONE)

    def told() -> list[str]:
        texts = [plain_text(raw) for raw in bureau.mail_to(CLERK, "alarm")]
        return [text for text in texts if f"退信属实 {NUMBER}" in text]

    tick_until(bureau, lambda _: told(), counted)
    assert "收件人地址不存在" in told()[0]
    assert bureau.json("list")[0]["state"] == "answered", "until a person confirms it: a report can be forged"
    # The acknowledgement comes back as well; under the null sender only what a person answers for does.
    assert states(bureau)["acknowledgement"] == ("accepted" if key.startswith("envelope") else "bounced")


def test_with_sub_addressing_a_decision_counts_by_the_address_alone_and_only_if_both_agree(
    bureau: BureauAtWork,
) -> None:
    use(bureau, "sub_addressing: true")
    raw = letter(WRITER, "张三", MAILBOX, "车险", "我的车追尾。", at=bureau.now, message_id="<1@example.org>")
    bureau.town.submit(raw, WRITER, MAILBOX)
    bureau.tick()
    request = came(bureau, CLERK, "draft-request")
    address = header(request, "Reply-To")
    assert address == f"director+{token_of(request).lower()}@bureau.example"
    clerk = bureau.town.correspondent(CLERK)
    # A program that drops In-Reply-To, and a subject that the clerk typed anew.
    clerk.send(letter(CLERK, "王芳", address, "答复稿", DRAFT, at=bureau.now, message_id="<2@bureau.example>"), address)
    assert bureau.tick()["answers"] == 1
    wait_until(lambda: bureau.mail_to(DEPUTY, "sign-off-request"))
    request = bureau.mail_to(DEPUTY, "sign-off-request")[-1]
    crossed = answer(request, f"陈静 <{DEPUTY}>", "同意", at=bureau.now, message_id="<3@bureau.example>")
    crossed = crossed.replace(header(request, "Reply-To").encode(), address.encode())
    bureau.town.correspondent(DEPUTY).send(crossed, address)
    assert bureau.tick()["to_person"] == 1, "the address names another request than the subject"
    assert bureau.json("list")[0]["state"] == "awaiting_sign_off"
