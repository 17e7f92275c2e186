"""Staff answers from the ledger's point of view: what each one leaves behind, and what is refused or asked back."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import yaml
from sqlalchemy import select

from mailbox_worker.ledger.arrivals import change_arrivals, raw_of
from mailbox_worker.ledger.letters import change_letter, drafts_of, letter_by_number
from mailbox_worker.ledger.outbox import change, close_requests
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import arrivals, event_data, events, outbox, requests, sign_offs
from mailbox_worker.ledger.vocabulary import Disposition, LetterState, MailKind, OutboxState
from mailbox_worker.letter.signed_text import signed_digest
from mailbox_worker.sign_off.answers import handle_answers
from tests.mailbox_worker.desk import CHEN, LI, WANG, answer, desk_with
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, arrive, asked, drafted, logged_letter, signed_letter

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Row

    from mailbox_worker.desk import Desk

TEXT = "张三：您好！您反映的问题已经查实，赔款五日内到账。"
SUBJECT = "【来信答复】关于您的来信"
DRAFT = "经核实，该公司已重新定损，五个工作日内支付赔款，请留意账户变动。如有出入，可再来信说明情况。"


def waiting_letter(desk: Desk, **values: Any) -> tuple[str, int]:
    """Log a letter with a draft before the deputy; gives its number and the request."""
    with desk.ledger.write(NOW) as writer:
        number = logged_letter(writer, state=LetterState.AWAITING_SIGN_OFF, **values)
        digest = signed_digest(number, "final", "zhangsan@example.org", SUBJECT, TEXT)
        drafted(writer, number, text=TEXT, subject=SUBJECT, digest=digest)
        return number, asked(writer, number)


def draft_request(desk: Desk, **values: Any) -> tuple[str, int]:
    """Log a letter that waits for its draft; gives its number and the request to the clerk."""
    with desk.ledger.write(NOW) as writer:
        number = logged_letter(writer, **values)
        return number, asked(writer, number, kind=MailKind.DRAFT_REQUEST, person="wang-fang", draft_version=None)


def answered(desk: Desk, request: int, raw: bytes, *, after: timedelta = timedelta()) -> int:
    """Let an answer to a request arrive and be handled; gives its arrival."""
    with desk.ledger.write(NOW) as writer:
        count = len(writer.connection.execute(select(arrivals.c.id)).all())
        arrival = arrive(writer, raw, uid=count + 100, at=NOW + timedelta(seconds=count))
        change_arrivals(writer, [arrival], disposition=Disposition.ANSWER, request=request, attempts=1)
    handle_answers(desk, NOW + after)
    return arrival


def state(desk: Desk, number: str) -> LetterState:
    with desk.ledger.read() as connection:
        return letter_by_number(connection, number).state


def planned(desk: Desk, kind: MailKind) -> list[Row[Any]]:
    with desk.ledger.read() as connection:
        return list(connection.execute(select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)).all())


def last_event(desk: Desk) -> tuple[str, dict[str, Any]]:
    with desk.ledger.read() as connection:
        row = connection.execute(
            select(events.c.kind, event_data.c.by, event_data.c.data)
            .join(event_data, events.c.seq == event_data.c.seq)
            .order_by(events.c.seq.desc())
        ).first()
    assert row is not None
    return row.kind, {"by": row.by, **json.loads(row.data)}


# The deputy agrees.


def test_a_proved_approval_leaves_a_sign_off_and_a_reply_that_waits_its_hold(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    arrival = answered(desk, request, answer(CHEN, "同意。陈静"))
    (reply,) = planned(desk, MailKind.REPLY)
    with desk.ledger.read() as connection:
        sign_off = connection.execute(select(sign_offs)).one()
        (draft,) = drafts_of(connection, number)
    assert state(desk, number) is LetterState.APPROVED
    assert (sign_off.person, sign_off.request, sign_off.arrival) == ("chen-jing", request, arrival)
    assert (sign_off.proof, sign_off.evidence) == ("authentication-results", f"auth=pass smtp.auth={CHEN}")
    assert reply.digest == sign_off.digest == draft.digest
    assert (reply.recipient, reply.purpose, reply.sign_off) == ("zhangsan@example.org", "final", sign_off.id)
    assert (reply.state, reply.not_before) == ("planned", NOW + timedelta(minutes=10))
    assert planned(desk, MailKind.RECEIPT)[0].arguments["outcome"] == "signed-off"


def test_THREAT_11_the_answers_bytes_are_dropped_once_it_is_settled(desk: Desk) -> None:
    _, request = waiting_letter(desk)
    arrival = answered(desk, request, answer(CHEN, "同意"))
    with desk.ledger.read() as connection:
        assert raw_of(connection, arrival) == b""
        assert connection.execute(select(arrivals.c.handled_at).where(arrivals.c.id == arrival)).scalar_one() == NOW


@pytest.mark.parametrize(("first", "second", "replies"), [("同意", "退回：再改", 1), ("退回：再改", "同意", 0)])
def test_F78_the_first_of_two_answers_counts_and_the_second_is_told_that_it_is_decided(
    desk: Desk, first: str, second: str, replies: int
) -> None:
    number, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, first))
    decided = state(desk, number)
    answered(desk, request, answer(CHEN, second))
    assert len(planned(desk, MailKind.REPLY)) == replies
    assert state(desk, number) is decided
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "already-decided"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer(CHEN, "同意", results="auth=none"), "not-logged-in"),
        (answer(CHEN, "同意", results="dmarc=pass header.from=bureau.example"), "no-result"),
        (answer(CHEN, "同意", account=WANG), "other-account"),
        (answer(LI, "同意"), "other-address"),
        (answer("chenjing@example.org", "同意"), "other-address"),
        (answer(CHEN, "退回：再改", account=WANG), "other-account"),
    ],
)
def test_F83_an_answer_without_proof_is_refused_to_the_registered_address(desk: Desk, raw: bytes, reason: str) -> None:
    number, request = waiting_letter(desk)
    answered(desk, request, raw)
    (refusal,) = planned(desk, MailKind.REFUSAL)
    assert (refusal.person, refusal.recipient, refusal.arguments["outcome"]) == ("chen-jing", None, reason)
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF
    assert planned(desk, MailKind.REPLY) == []


def test_THREAT_26_many_forged_answers_in_an_hour_are_told_once(desk: Desk) -> None:
    _, request = waiting_letter(desk)
    for turn in range(5):
        answered(desk, request, answer(CHEN, f"同意{turn}", results="auth=none"), after=timedelta(minutes=turn))
    answered(desk, request, answer(CHEN, "同意", results="auth=none"), after=timedelta(hours=1))
    assert len(planned(desk, MailKind.REFUSAL)) == 2


def test_an_expired_request_is_refused(desk: Desk) -> None:
    _, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, "同意"), after=timedelta(days=60))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "expired"


def test_F85_rights_are_checked_when_the_answer_comes(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, number, restricted=["chen-jing"])
    answered(desk, request, answer(CHEN, "同意"))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "may-not-see"
    assert planned(desk, MailKind.REPLY) == []


def test_an_approval_of_an_older_version_sends_nothing(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        close_requests(writer, number, "superseded")
        drafted(writer, number, 2, text=TEXT, subject=SUBJECT, digest="f" * 64)
        asked(writer, number, 2)
    answered(desk, request, answer(CHEN, "同意"))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "older-version"
    assert planned(desk, MailKind.REPLY) == []


def test_an_open_request_for_an_older_version_sends_nothing_either(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        drafted(writer, number, 2, text=TEXT, subject=SUBJECT, digest="f" * 64)
    answered(desk, request, answer(CHEN, "同意"))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "older-version"
    assert planned(desk, MailKind.REPLY) == []


def test_an_unclear_answer_is_asked_back_once_and_the_request_stays_good(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    for text in ("已阅", "同意，但请改第二段", "收到"):
        answered(desk, request, answer(CHEN, text))
    (question,) = planned(desk, MailKind.NOT_UNDERSTOOD)
    assert (question.arguments["outcome"], question.arguments["said"]) == ("no-decision", "已阅")
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF
    answered(desk, request, answer(CHEN, "同意"))
    assert state(desk, number) is LetterState.APPROVED


def test_a_return_goes_to_the_clerk_with_all_its_words(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, "退回：请写明依据。\n另附合同条款。"))
    (again,) = planned(desk, MailKind.DRAFT_REQUEST)
    assert again.arguments["comment"] == "退回：请写明依据。\n另附合同条款。"
    assert (again.person, state(desk, number)) == ("wang-fang", LetterState.DRAFTING)
    assert planned(desk, MailKind.RECEIPT)[0].arguments["outcome"] == "returned"


def test_a_letter_is_passed_on_and_the_first_request_is_used_up(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, "转 李明"))
    (second,) = planned(desk, MailKind.SIGN_OFF_REQUEST)
    assert (second.person, second.arguments["version"]) == ("li-ming", 1)
    answered(desk, request, answer(CHEN, "同意"))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "older-version"
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF


@pytest.mark.parametrize("name", ["王芳", "陈静"])
def test_a_letter_is_not_passed_on_to_a_clerk_or_to_oneself(desk: Desk, name: str) -> None:
    _, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, f"转 {name}"))
    assert planned(desk, MailKind.SIGN_OFF_REQUEST) == []
    assert planned(desk, MailKind.NOT_UNDERSTOOD)[0].arguments["outcome"] == "cannot-sign-off"


def test_a_letter_is_not_passed_on_to_somebody_it_is_kept_from(desk: Desk) -> None:
    _, request = waiting_letter(desk, restricted=("li-ming",))
    answered(desk, request, answer(CHEN, "转 李明"))
    assert planned(desk, MailKind.NOT_UNDERSTOOD)[0].arguments["outcome"] == "cannot-sign-off"


# Stopping.


def approved_letter(desk: Desk, *, reply_state: OutboxState = OutboxState.PLANNED) -> tuple[str, int]:
    """Let a letter be approved; gives its number and the request of the receipt to the deputy."""
    number, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, "同意"))
    with desk.ledger.write(NOW) as writer:
        change(writer, planned(desk, MailKind.REPLY)[0].id, state=reply_state)
        receipt: dict[str, Any] = {"kind": MailKind.RECEIPT, "message_id": "<receipt>", "token_digest": "receipt"}
        return number, asked(writer, number, **receipt)


@pytest.mark.parametrize("word", ["撤销", "撤稿", "撤销。\n另有安排"])
@pytest.mark.parametrize("reply_state", [OutboxState.PLANNED, OutboxState.LATER])
def test_a_stop_in_time_withdraws_the_reply_and_asks_for_another_draft(
    desk: Desk, word: str, reply_state: OutboxState
) -> None:
    number, receipt = approved_letter(desk, reply_state=reply_state)
    answered(desk, receipt, answer(CHEN, word))
    assert planned(desk, MailKind.REPLY)[0].state == "withdrawn"
    assert state(desk, number) is LetterState.DRAFTING
    assert planned(desk, MailKind.DRAFT_REQUEST)[-1].arguments["because"] == "undone"
    assert last_event(desk)[1]["proof"] == "authentication-results"


@pytest.mark.parametrize(
    "raw",
    [
        answer(CHEN, "撤销", results="auth=none"),
        answer("chenjing@home.example", "撤销"),
        answer(CHEN, "撤销", results="none"),
    ],
)
def test_THREAT_6_stopping_needs_the_receipts_token_alone_and_the_record_says_so(desk: Desk, raw: bytes) -> None:
    number, receipt = approved_letter(desk)
    answered(desk, receipt, raw)
    assert planned(desk, MailKind.REPLY)[0].state == "withdrawn"
    assert state(desk, number) is LetterState.DRAFTING
    assert last_event(desk)[1]["proof"] == "token"


@pytest.mark.parametrize(
    "reply_state",
    [OutboxState.CLAIMED, OutboxState.HANDING_OVER, OutboxState.ACCEPTED, OutboxState.UNKNOWN, OutboxState.REFUSED],
)
def test_a_stop_that_comes_too_late_is_told(desk: Desk, reply_state: OutboxState) -> None:
    number, receipt = approved_letter(desk, reply_state=reply_state)
    answered(desk, receipt, answer(CHEN, "撤销"))
    assert planned(desk, MailKind.REPLY)[0].state == reply_state
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "too-late-to-stop"
    assert state(desk, number) is LetterState.APPROVED


@pytest.mark.parametrize("text", ["收到", "同意", "好的，谢谢", "无效件"])
def test_any_other_answer_to_a_receipt_does_nothing(desk: Desk, text: str) -> None:
    number, receipt = approved_letter(desk)
    answered(desk, receipt, answer(CHEN, text))
    assert planned(desk, MailKind.NOT_UNDERSTOOD)[0].arguments["outcome"] == "nothing-to-do"
    assert (planned(desk, MailKind.REPLY)[0].state, state(desk, number)) == ("planned", LetterState.APPROVED)


def test_a_clerk_takes_back_a_draft_before_it_is_signed(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        values: dict[str, Any] = {
            "kind": MailKind.RECEIPT,
            "person": "wang-fang",
            "message_id": "<receipt>",
            "token_digest": "receipt",
        }
        receipt = asked(writer, number, **values)
    answered(desk, receipt, answer(WANG, "撤稿"))
    assert state(desk, number) is LetterState.DRAFTING
    answered(desk, request, answer(CHEN, "同意"))
    assert planned(desk, MailKind.REPLY) == []


# The clerk.


def test_a_draft_becomes_a_version_in_its_frame_and_goes_to_the_deputy(desk: Desk) -> None:
    number, request = draft_request(desk)
    answered(desk, request, answer(WANG, DRAFT))
    with desk.ledger.read() as connection:
        (draft,) = drafts_of(connection, number)
    assert (draft.version, draft.author, draft.purpose) == (1, "wang-fang", "final")
    assert draft.text.startswith("张三：您好！")
    assert DRAFT in draft.text
    assert draft.digest == signed_digest(number, "final", draft.recipient, draft.subject, draft.text)
    (to_deputy,) = planned(desk, MailKind.SIGN_OFF_REQUEST)
    assert (to_deputy.person, to_deputy.arguments) == ("chen-jing", {"about": "draft", "version": 1})
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF


def test_a_better_draft_supersedes_the_request_about_the_first(desk: Desk) -> None:
    number, request = draft_request(desk)
    answered(desk, request, answer(WANG, DRAFT))
    with desk.ledger.write(NOW) as writer:
        first = asked(writer, number)
    answered(desk, request, answer(WANG, DRAFT + "\n补充一段。"))
    with desk.ledger.read() as connection:
        assert [draft.version for draft in drafts_of(connection, number)] == [1, 2]
        assert (
            connection.execute(select(requests.c.closed_by).where(requests.c.id == first)).scalar_one() == "superseded"
        )


def test_chat_is_asked_back_and_a_yes_makes_it_the_draft(desk: Desk) -> None:
    number, request = draft_request(desk)
    answered(desk, request, answer(WANG, "已转保险公司处理。"))
    (question,) = planned(desk, MailKind.CONFIRMATION_REQUEST)
    assert state(desk, number) is LetterState.DRAFTING
    with desk.ledger.write(NOW) as writer:
        change(writer, question.id, message_id="<question>", raw=b"1", body_digest="1")
        values: dict[str, Any] = {
            "kind": MailKind.CONFIRMATION_REQUEST,
            "person": "wang-fang",
            "token_digest": "question",
        }
        confirmation = asked(writer, number, message_id="<question>", **values)
    answered(desk, confirmation, answer(WANG, "是"))
    with desk.ledger.read() as connection:
        assert "已转保险公司处理。" in drafts_of(connection, number)[0].text
    assert planned(desk, MailKind.REPLY) == []


def test_a_word_proposes_to_set_aside_and_the_deputy_agrees(desk: Desk) -> None:
    number, request = draft_request(desk)
    answered(desk, request, answer(WANG, "无效件"))
    assert planned(desk, MailKind.SIGN_OFF_REQUEST)[0].arguments == {"about": "set-aside", "version": None}
    with desk.ledger.write(NOW) as writer:
        proposal = asked(writer, number, about="set-aside", draft_version=None)
    answered(desk, proposal, answer(CHEN, "同意"))
    assert state(desk, number) is LetterState.SET_ASIDE
    assert planned(desk, MailKind.REPLY) == []


def test_a_clerk_changes_the_category_and_hands_over(desk: Desk) -> None:
    number, request = draft_request(desk)
    answered(desk, request, answer(WANG, "类别 人身保险"))
    with desk.ledger.read() as connection:
        assert letter_by_number(connection, number).category == "life"
    answered(desk, request, answer(WANG, DRAFT))
    assert planned(desk, MailKind.SIGN_OFF_REQUEST)[0].person == "li-ming"


def test_a_letter_without_an_address_gets_an_answer_to_be_delivered_and_nothing_less(desk: Desk) -> None:
    number, request = draft_request(desk, writer_address=None, state=LetterState.UNANSWERABLE)
    answered(desk, request, answer(WANG, f"文种：阶段答复\n{DRAFT}"))
    assert planned(desk, MailKind.NOT_UNDERSTOOD)[0].arguments["outcome"] == "answers-only"
    assert state(desk, number) is LetterState.UNANSWERABLE
    answered(desk, request, answer(WANG, DRAFT))
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF


def test_a_draft_for_an_approved_letter_is_refused_and_leaves_no_version(desk: Desk) -> None:
    number, request = draft_request(desk)
    with desk.ledger.write(NOW) as writer:
        signed_letter(writer, number=number)
        change_letter(writer, number, state=LetterState.APPROVED)
    answered(desk, request, answer(WANG, DRAFT))
    assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "while-approved"
    with desk.ledger.read() as connection:
        assert len(drafts_of(connection, number)) == 1


# What goes wrong.


def test_an_answer_that_raises_is_set_aside_and_the_others_go_on(desk: Desk) -> None:
    _, broken = waiting_letter(desk)
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        writer.connection.execute(requests.update().where(requests.c.id == broken).values(kind="nonsense"))
        arrival = arrive(writer, answer(CHEN, "同意"), uid=77)
        change_arrivals(writer, [arrival], disposition=Disposition.ANSWER, request=broken, attempts=1)
    answered(desk, request, answer(CHEN, "同意！"))
    assert state(desk, number) is LetterState.APPROVED
    with desk.ledger.read() as connection:
        row = connection.execute(select(arrivals).where(arrivals.c.id == arrival)).one()
        assert raw_of(connection, arrival) != b""
    assert (row.quarantined, row.reason) == (True, "ValueError")
    assert planned(desk, MailKind.ALARM)[0].arguments["reason"] == "quarantined"


def test_F85_an_answer_in_the_name_of_somebody_unknown_is_refused_and_the_director_is_told(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        writer.connection.execute(requests.update().where(requests.c.id == request).values(person="nobody-any-more"))
    answered(desk, request, answer(CHEN, "同意"))
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF
    (alarm,) = planned(desk, MailKind.ALARM)
    assert (alarm.person, alarm.arguments["reason"]) == ("zhang-wei", "left")


def test_an_answer_that_killed_the_process_three_times_is_set_aside_unread(desk: Desk) -> None:
    number, request = waiting_letter(desk)
    with desk.ledger.write(NOW) as writer:
        arrival = arrive(writer, answer(CHEN, "同意"), uid=77)
        change_arrivals(writer, [arrival], disposition=Disposition.ANSWER, request=request, attempts=4)
    handle_answers(desk, NOW)
    with desk.ledger.read() as connection:
        assert connection.execute(select(arrivals.c.reason).where(arrivals.c.id == arrival)).scalar_one()
    assert state(desk, number) is LetterState.AWAITING_SIGN_OFF


def test_handling_again_does_nothing(desk: Desk) -> None:
    _, request = waiting_letter(desk)
    answered(desk, request, answer(CHEN, "同意"))
    with desk.ledger.read() as connection:
        before = connection.execute(select(events.c.hash)).scalars().all()
    handle_answers(desk, NOW)
    with desk.ledger.read() as connection:
        assert connection.execute(select(events.c.hash)).scalars().all() == before


def test_THREAT_5_a_code_in_an_answer_that_raises_is_used_up_all_the_same(tmp_path: Path) -> None:
    secret, file = pyotp.random_base32(), tmp_path / "totp.yml"
    file.write_text(yaml.safe_dump({"chen-jing": secret}), encoding="utf-8")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        desk = desk_with(ledger, sign_off={"proof": ["totp"], "totp_secrets": str(file)})
        _, broken = waiting_letter(desk)
        number, request = waiting_letter(desk)
        with ledger.write(NOW) as writer:
            writer.connection.execute(requests.update().where(requests.c.id == broken).values(kind="nonsense"))
        text = f"同意 {pyotp.TOTP(secret).at(NOW)}"
        raised = answered(desk, broken, answer(CHEN, text))
        answered(desk, request, answer(CHEN, text))
        assert state(desk, number) is LetterState.AWAITING_SIGN_OFF
        assert planned(desk, MailKind.REFUSAL)[0].arguments["outcome"] == "used-code"
        with ledger.read() as connection:
            reason = connection.execute(select(arrivals.c.reason).where(arrivals.c.id == raised)).scalar_one()
        assert reason == "ValueError"
