"""A deputy's answer: sent, returned, passed on, or asked back.

Receives a proved Case that answers a sign-off request; hands on a sign-off and the planned reply, or a draft
request with the deputy's words, or a question.
"""

from datetime import timedelta

from sqlalchemy import insert, select

from mailbox_worker.ledger.letters import Draft, newest_draft
from mailbox_worker.ledger.outbox import Plan, change, close_requests, plan
from mailbox_worker.ledger.tables import outbox, sign_offs
from mailbox_worker.ledger.vocabulary import MailKind, OutboxState
from mailbox_worker.letter.decisions import Decision, Meaning, understand
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.states import Step
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.routing import ABOUT_SET_ASIDE, ask_for_another_draft, ask_for_sign_off

STOPPABLE = (OutboxState.PLANNED, OutboxState.LATER)


def answer_to_sign_off_request(case: Case) -> None:
    """Take a deputy's decision."""
    decision = understand(case.new.new, certain=case.new.certain, who=case.person, staff=case.desk.content.staff)
    if decision.meaning is Meaning.RETURN:
        _return(case, decision)
    elif decision.meaning is Meaning.UNCLEAR:
        case.ask_back(str(decision.doubt), decision.said)
    elif decision.meaning is Meaning.REASSIGN:
        _reassign(case, str(decision.person), decision.said)
    elif case.request.about == ABOUT_SET_ASIDE:
        _set_aside(case)
    else:
        _sign_off(case)


def undo_sign_off(case: Case) -> None:
    """Take 撤销: within the hold the reply is stopped and the letter is drafted again; after it, that is said."""
    query = select(outbox).where(
        outbox.c.letter == case.letter.number, outbox.c.kind == MailKind.REPLY, outbox.c.state.in_(STOPPABLE)
    )
    waiting = case.writer.connection.execute(query).one_or_none()
    if waiting is None:
        case.refuse("too-late-to-stop")
        return
    change(case.writer, waiting.id, state=OutboxState.WITHDRAWN, settled_at=case.writer.now)
    case.step(Step.SIGN_OFF_UNDONE, outbox=waiting.id)
    ask_for_another_draft(case, "undone")
    case.receipt("undone")


def _sign_off(case: Case) -> None:
    draft = newest_draft(case.writer.connection, case.letter.number)
    if draft is None or draft.version != case.request.draft_version:
        case.refuse("older-version")
        return
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
    case.step(Step.SIGNED_OFF, version=draft.version, digest=draft.digest, sign_off=sign_off)
    case.receipt("signed-off", version=draft.version, hold_minutes=case.desk.config.sign_off.hold_minutes)


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
            at=case.writer.now,
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]  # an INSERT of one row has one


def _return(case: Case, decision: Decision) -> None:
    close_requests(case.writer, case.letter.number, "decided", [MailKind.SIGN_OFF_REQUEST])
    case.step(Step.RETURNED, comment=decision.comment, version=case.request.draft_version)
    ask_for_another_draft(case, "returned", decision.comment)
    case.receipt("returned", comment=decision.comment)


def _reassign(case: Case, person: str, said: str) -> None:
    post = case.desk.content.staff.people[person].post
    if post == "clerk" or not who_may_see(case.letter.restricted, person) or person == case.person.id:
        case.ask_back("cannot-sign-off", said)
        return
    if case.desk.config.address_of(person) is None:
        case.ask_back("cannot-sign-off", said)
        return
    ask_for_sign_off(case, case.letter, about=case.request.about, version=case.request.draft_version, person=person)
    case.record("reassigned", to=person)
    case.receipt("reassigned", asked=person)


def _set_aside(case: Case) -> None:
    close_requests(case.writer, case.letter.number, "decided")
    case.step(Step.SET_ASIDE_AGREED)
    case.receipt("set-aside-agreed")
