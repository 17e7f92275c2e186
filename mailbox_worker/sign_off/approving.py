"""A deputy's agreement: the sign-off, the reply that it lets out after the hold, and what undoes it.

Receives a proved Case; hands on a sign-off row with the hash of exactly what was agreed to, and the planned reply; or,
for the other questions that a deputy is asked, what was agreed to.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from mailbox_worker.ledger.letters import Draft, change_letter, letter_by_number, newest_draft
from mailbox_worker.ledger.outbox import Plan, by_message_id, close_requests, plan, withdraw_reply
from mailbox_worker.ledger.tables import requests, sign_offs
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, Purpose
from mailbox_worker.letter.decisions import Decision
from mailbox_worker.letter.states import Step
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.drafting import revise_draft
from mailbox_worker.sign_off.leaks import leak_in
from mailbox_worker.sign_off.routing import (
    ABOUT_CATEGORY,
    ABOUT_DRAFT,
    ABOUT_SET_ASIDE,
    ask_for_another_draft,
    ask_for_sign_off,
)


def agree(case: Case, _decision: Decision) -> None:
    """Take 同意 by what was asked: to set the letter aside, to another category, or to the draft."""
    if case.request.about == ABOUT_SET_ASIDE:
        close_requests(case.writer, case.letter.number, "decided")
        case.step(Step.SET_ASIDE_AGREED)
        case.receipt("set-aside-agreed")
    elif case.request.about == ABOUT_CATEGORY:
        _agree_to_category(case)
    else:
        _sign_off(case)


def take_edit(case: Case, text: str) -> None:
    """Make the deputy's text a new version, and show it once more: what is sent is signed off as it will stand."""
    old = newest_draft(case.writer.connection, case.letter.number)
    if old is None:
        return
    leak = leak_in(case.writer.connection, case.letter, text)
    if leak is not None:
        case.ask_back(leak, text)
        return
    draft = revise_draft(case, old, case.person.id, text=text)
    case.step(Step.DRAFT_EDITED, version=draft.version, digest=draft.digest)
    ask_for_sign_off(case, case.letter, about=ABOUT_DRAFT, version=draft.version, person=case.person.id)


def undo_sign_off(case: Case) -> None:
    """Take 撤销: within the hold the reply is stopped and the letter is drafted again; after it, that is said."""
    if case.letter.state is LetterState.AWAITING_DELIVERY:
        _draft_again(case)
        return
    stopped = withdraw_reply(case.writer, case.letter.number)
    if stopped is None:
        case.refuse("too-late-to-stop")
    else:
        _draft_again(case, outbox=stopped)


def _draft_again(case: Case, **facts: Any) -> None:
    case.step(Step.SIGN_OFF_UNDONE, **facts)
    ask_for_another_draft(case, "undone")
    case.receipt("undone")


def close_this(case: Case) -> None:
    """Use up this request and leave the letter's others open."""
    query = requests.update().where(requests.c.id == case.request.id)
    case.writer.connection.execute(query.values(closed_at=case.writer.now, closed_by="decided"))


def _sign_off(case: Case) -> None:
    draft = newest_draft(case.writer.connection, case.letter.number)
    if draft is None or draft.version != case.request.draft_version:
        case.refuse("older-version")
        return
    if draft.purpose == Purpose.EXTENSION and case.desk.day(case.writer.now) > case.letter.due_on:
        case.refuse("extension-too-late")
        return
    if not draft.recipient:
        _sign_for_delivery(case, draft)
        return
    case.step(Step.SIGNED_OFF, version=draft.version, digest=draft.digest)
    sign_off = _keep_sign_off(case, draft)
    hold = timedelta(minutes=case.desk.config.sign_off.hold_minutes)
    plan(
        case.writer,
        Plan(
            f"reply:{case.letter.number}:{draft.version}",
            MailKind.REPLY,
            letter=case.letter.number,
            recipient=draft.recipient,
            purpose=draft.purpose,
            sign_off=sign_off,
            digest=draft.digest,
            not_before=case.writer.now + hold,
        ),
    )
    close_requests(case.writer, case.letter.number, "decided")
    case.receipt("signed-off", version=draft.version, hold_minutes=case.desk.config.sign_off.hold_minutes)


def _sign_for_delivery(case: Case, draft: Draft) -> None:
    """Sign off a text for a writer without e-mail: the clerk brings it by post, phone or visit, and says so."""
    case.step(Step.SIGNED_FOR_DELIVERY, version=draft.version, digest=draft.digest)
    _keep_sign_off(case, draft)
    close_requests(case.writer, case.letter.number, "decided")
    clerk = case.desk.clerk_of(case.letter, drafted_by=draft.author).id
    case.receipt("signed-for-delivery", version=draft.version, asked=clerk)
    case.receipt_to(clerk, "to-deliver", version=draft.version)


def _keep_sign_off(case: Case, draft: Draft) -> int:
    made = case.writer.connection.execute(
        insert(sign_offs).values(
            letter=draft.letter,
            draft_version=draft.version,
            digest=draft.digest,
            purpose=draft.purpose,
            recipient=draft.recipient,
            person=case.person.id,
            request=case.request.id,
            arrival=case.arrival,
            proof=case.verdict.method,
            evidence=case.verdict.evidence,
            header=case.verdict.header,
            at=case.writer.now,
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]  # an INSERT of one row has one


def _agree_to_category(case: Case) -> None:
    category = str(by_message_id(case.writer.connection, [case.request.message_id])[0].arguments["category"])
    change_letter(case.writer, case.letter.number, category=category)
    case.record("category-changed", old=case.letter.category, new=category)
    close_this(case)
    letter = letter_by_number(case.writer.connection, case.letter.number)
    draft = newest_draft(case.writer.connection, letter.number)
    if letter.state is LetterState.AWAITING_SIGN_OFF and draft is not None:
        ask_for_sign_off(case, letter, about=ABOUT_DRAFT, version=draft.version)
    deputy = case.desk.content.staff.categories[category].deputy
    case.receipt("category", category=category, asked=deputy)
