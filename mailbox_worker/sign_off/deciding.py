"""A deputy's answer: sent, returned, changed, passed on, or asked back.

Receives a proved Case that answers a sign-off request; hands on a sign-off and the planned reply, or a draft
request with the deputy's words, or a question.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select

from mailbox_worker.ledger.draft_files import add_files, files_of
from mailbox_worker.ledger.letters import Draft, add_draft, change_letter, letter_by_number, newest_draft
from mailbox_worker.ledger.outbox import Plan, by_message_id, change, close_requests, plan
from mailbox_worker.ledger.tables import absences, outbox, requests, sign_offs
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, OutboxState, Purpose
from mailbox_worker.letter.decisions import Decision, Meaning, day_named, understand
from mailbox_worker.letter.edited import Block, is_changed, marked_block
from mailbox_worker.letter.rights import may_sign_off, who_drafts, who_may_see
from mailbox_worker.letter.signed_text import nonce, signed_digest
from mailbox_worker.letter.states import Step
from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.sign_off.absences import ask_as_well
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.drafting import next_version
from mailbox_worker.sign_off.enclosures import documents
from mailbox_worker.sign_off.routing import (
    ABOUT_CATEGORY,
    ABOUT_DRAFT,
    ABOUT_SET_ASIDE,
    ask_for_another_draft,
    ask_for_sign_off,
)
from mailbox_worker.sign_off.two_faces import begin_alike

STOPPABLE = (OutboxState.PLANNED, OutboxState.LATER)


def answer_to_sign_off_request(case: Case) -> None:
    """Take a deputy's decision."""
    if not begin_alike(case.raw):
        case.ask_back("two-faces", case.new.new)
        return
    edited = _edited(case)
    new = case.new if edited is None else split_new_text(edited.rest)
    decision = understand(new.new, certain=new.certain, who=case.person, staff=case.desk.content.staff)
    if decision.meaning is Meaning.RETURN:
        _return(case, decision, edited.inside if edited is not None else "")
    elif edited is not None and (decision.meaning is Meaning.SEND or decision.doubt in ("empty", "quotes")):
        _take_edit(case, edited.inside)
    elif decision.meaning is Meaning.SEND and documents(case.raw, case.mail):
        case.ask_back("attached", decision.said)
    else:
        DECISIONS[decision.meaning](case, decision)


def undo_sign_off(case: Case) -> None:
    """Take 撤销: within the hold the reply is stopped and the letter is drafted again; after it, that is said."""
    if case.letter.state is LetterState.AWAITING_DELIVERY:
        _draft_again(case)
        return
    query = select(outbox).where(
        outbox.c.letter == case.letter.number, outbox.c.kind == MailKind.REPLY, outbox.c.state.in_(STOPPABLE)
    )
    waiting = case.writer.connection.execute(query).one_or_none()
    if waiting is None:
        case.refuse("too-late-to-stop")
        return
    change(case.writer, waiting.id, state=OutboxState.WITHDRAWN, settled_at=case.writer.now)
    _draft_again(case, outbox=waiting.id)


def _draft_again(case: Case, **facts: Any) -> None:
    case.step(Step.SIGN_OFF_UNDONE, **facts)
    ask_for_another_draft(case, "undone")
    case.receipt("undone")


def _request_mail(case: Case) -> Row[Any]:
    return by_message_id(case.writer.connection, [case.request.message_id])[0]


def _edited(case: Case) -> Block | None:
    """Find the draft between the marks of this request, if the deputy changed it there."""
    draft = newest_draft(case.writer.connection, case.letter.number)
    if draft is None or case.request.about != ABOUT_DRAFT or draft.version != case.request.draft_version:
        return None
    block = marked_block(case.mail.text, nonce(case.request.message_id))
    return block if block is not None and block.inside and is_changed(block.inside, draft.text) else None


def _take_edit(case: Case, text: str) -> None:
    """Make the deputy's text a new version, and show it once more: what is sent is signed off as it will stand."""
    old = newest_draft(case.writer.connection, case.letter.number)
    if old is None:
        return
    draft = replace(
        old,
        version=next_version(case),
        author=case.person.id,
        text=text,
        digest=signed_digest(old.letter, old.purpose, old.recipient, old.subject, text, old.attachments),
        arrival=case.arrival,
        created_at=case.writer.now,
    )
    add_draft(case.writer, draft)
    add_files(case.writer, old.letter, draft.version, files_of(case.writer.connection, old.letter, old.version))
    case.step(Step.DRAFT_EDITED, version=draft.version, digest=draft.digest)
    ask_for_sign_off(case, case.letter, about=ABOUT_DRAFT, version=draft.version, person=case.person.id)


def _agree(case: Case, decision: Decision) -> None:
    del decision
    if case.request.about == ABOUT_SET_ASIDE:
        close_requests(case.writer, case.letter.number, "decided")
        case.step(Step.SET_ASIDE_AGREED)
        case.receipt("set-aside-agreed")
    elif case.request.about == ABOUT_CATEGORY:
        _agree_to_category(case)
    else:
        _sign_off(case)


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
    clerk = who_drafts(case.desk.content.staff, case.letter.restricted, case.desk.config.away).id
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


def _return(case: Case, decision: Decision, edited: str) -> None:
    """Take a return; what the deputy changed in the quoted draft goes to the clerk with the comment."""
    comment = "\n\n".join(part for part in (decision.comment, edited) if part)
    if case.request.about == ABOUT_CATEGORY:
        _close_this(case)
        case.record("category-refused", comment=comment)
        case.receipt("returned", comment=comment)
        return
    case.step(Step.RETURNED, comment=comment, version=case.request.draft_version)
    close_requests(case.writer, case.letter.number, "decided", [MailKind.SIGN_OFF_REQUEST])
    ask_for_another_draft(case, "returned", comment)
    case.receipt("returned", comment=comment)


def _agree_to_category(case: Case) -> None:
    category = str(_request_mail(case).arguments["category"])
    change_letter(case.writer, case.letter.number, category=category)
    case.record("category-changed", old=case.letter.category, new=category)
    _close_this(case)
    letter = letter_by_number(case.writer.connection, case.letter.number)
    draft = newest_draft(case.writer.connection, letter.number)
    if letter.state == "awaiting_sign_off" and draft is not None:
        ask_for_sign_off(case, letter, about=ABOUT_DRAFT, version=draft.version)
    deputy = case.desk.content.staff.categories[category].deputy
    case.receipt("category", category=category, asked=deputy)


def _close_this(case: Case) -> None:
    query = requests.update().where(requests.c.id == case.request.id)
    case.writer.connection.execute(query.values(closed_at=case.writer.now, closed_by="decided"))


def _reassign(case: Case, decision: Decision) -> None:
    person = str(decision.person)
    if not _can_decide(case, person) or person == case.person.id or case.request.about == ABOUT_CATEGORY:
        case.ask_back("cannot-sign-off", decision.said)
        return
    about, version = case.request.about, case.request.draft_version
    ask_for_sign_off(case, case.letter, about=about, version=version, person=person)
    case.record("reassigned", to=person)
    case.receipt("reassigned", asked=person)


def _can_decide(case: Case, person: str) -> bool:
    known = case.desk.content.staff.people[person]
    return (
        may_sign_off(known, case.desk.day(case.writer.now))
        and who_may_see(case.letter.restricted, person)
        and case.desk.config.address_of(person) is not None
    )


def _recuse(case: Case, decision: Decision) -> None:
    """Take 回避: kept from this letter from now on; the stand-in or the director is asked instead."""
    del decision
    change_letter(case.writer, case.letter.number, restricted=[*case.letter.restricted, case.person.id])
    case.record("recused")
    letter = letter_by_number(case.writer.connection, case.letter.number)
    about, version = case.request.about, case.request.draft_version
    ask_for_sign_off(case, letter, about=about, version=version, but=frozenset({case.person.id}))


def _delegate(case: Case, decision: Decision) -> None:
    """Take 委托: from now until that day the other is asked, about everything that is open as well."""
    until = day_named(decision.until, case.desk.day(case.writer.now))
    person = str(decision.person)
    if until is None:
        case.ask_back("no-such-day", decision.said)
        return
    if not _can_decide(case, person) or person == case.person.id:
        case.ask_back("cannot-sign-off", decision.said)
        return
    case.writer.connection.execute(
        insert(absences).values(
            person=case.person.id, stand_in=person, until=until, arrival=case.arrival, at=case.writer.now
        )
    )
    case.record("delegated", to=person, until=until.isoformat())
    waiting = select(requests.c.message_id).where(
        requests.c.person == case.person.id,
        requests.c.kind == MailKind.SIGN_OFF_REQUEST,
        requests.c.closed_at.is_(None),
    )
    open_ids = list(case.writer.connection.execute(waiting).scalars())
    for mail in by_message_id(case.writer.connection, open_ids):
        ask_as_well(case.desk, case.writer, mail, "delegated")
    case.receipt("delegated", asked=person, until=until.isoformat())


def _ask_back(case: Case, decision: Decision) -> None:
    case.ask_back(str(decision.doubt), decision.said)


DECISIONS = {
    Meaning.SEND: _agree,
    Meaning.REASSIGN: _reassign,
    Meaning.RECUSE: _recuse,
    Meaning.DELEGATE: _delegate,
    Meaning.UNCLEAR: _ask_back,
}
