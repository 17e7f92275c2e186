"""A deputy's answer: agreed to, returned, changed, passed on, or asked back.

Receives a proved Case that answers a sign-off request; agreement is taken by approving.py, all else here: hands on a
draft request with the deputy's words, a request to somebody else, or a question.
"""

from sqlalchemy import insert, select

from mailbox_worker.ledger.letters import change_letter, letter_by_number, newest_draft
from mailbox_worker.ledger.outbox import by_message_id, close_requests
from mailbox_worker.ledger.tables import absences, requests
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.decisions import Decision, Meaning, day_named, understand
from mailbox_worker.letter.edited import Block, is_changed, marked_block
from mailbox_worker.letter.rights import may_sign_off, who_may_see
from mailbox_worker.letter.signed_text import nonce
from mailbox_worker.letter.states import Step
from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.sign_off.absences import ask_as_well
from mailbox_worker.sign_off.approving import agree, close_this, take_edit
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.enclosures import documents
from mailbox_worker.sign_off.routing import (
    ABOUT_CATEGORY,
    ABOUT_DRAFT,
    ask_for_another_draft,
    ask_for_sign_off,
)
from mailbox_worker.sign_off.two_faces import begin_alike


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
        take_edit(case, edited.inside)
    elif decision.meaning is Meaning.SEND and documents(case.raw, case.mail):
        case.ask_back("attached", decision.said)
    else:
        DECISIONS[decision.meaning](case, decision)


def _edited(case: Case) -> Block | None:
    """Find the draft between the marks of this request, if the deputy changed it there."""
    draft = newest_draft(case.writer.connection, case.letter.number)
    if draft is None or case.request.about != ABOUT_DRAFT or draft.version != case.request.draft_version:
        return None
    block = marked_block(case.mail.text, nonce(case.request.message_id))
    return block if block is not None and block.inside and is_changed(block.inside, draft.text) else None


def _return(case: Case, decision: Decision, edited: str) -> None:
    """Take a return; what the deputy changed in the quoted draft goes to the clerk with the comment."""
    comment = "\n\n".join(part for part in (decision.comment, edited) if part)
    if case.request.about == ABOUT_CATEGORY:
        close_this(case)
        case.record("category-refused", comment=comment)
        case.receipt("returned", comment=comment)
        return
    case.step(Step.RETURNED, comment=comment, version=case.request.draft_version)
    close_requests(case.writer, case.letter.number, "decided", [MailKind.SIGN_OFF_REQUEST])
    ask_for_another_draft(case, "returned", comment)
    case.receipt("returned", comment=comment)


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
    Meaning.SEND: agree,
    Meaning.REASSIGN: _reassign,
    Meaning.RECUSE: _recuse,
    Meaning.DELEGATE: _delegate,
    Meaning.UNCLEAR: _ask_back,
}
