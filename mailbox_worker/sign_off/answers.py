"""Handle every staff answer that intake has put down, oldest first.

Receives arrivals of disposition `answer`; hands on decisions, drafts, questions and refusals, all as rows. An
answer that raises is quarantined and the others go on. Rights are checked now, not when the request was sent
(F85).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import change_arrivals, count_attempt, drop_bytes, raw_of
from mailbox_worker.ledger.letters import letter_by_number
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, requests
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.ledger.vocabulary import Disposition, LetterState, MailKind
from mailbox_worker.letter.decisions import is_stop
from mailbox_worker.letter.rights import may_sign_off, who_drafts, who_may_see
from mailbox_worker.letter.states import NotAllowed
from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.mail.read import read_mail
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.deciding import answer_to_sign_off_request, undo_sign_off
from mailbox_worker.sign_off.drafting import answer_to_confirmation, answer_to_draft_request, undo_draft
from mailbox_worker.sign_off.evidence import Asked, refused
from mailbox_worker.sign_off.probed import probed_position
from mailbox_worker.sign_off.proof import ATTEMPTS, Answered, prove
from mailbox_worker.sign_off.proof_by_code import by_code, find_code
from mailbox_worker.sign_off.staff_words import take_staff_word

READ_ONCE = 1  # the attempt that intake made
ATTEMPTS_TO_READ = 3 + READ_ONCE  # an answer that killed the process three times is set aside


def handle_answers(desk: Desk, now: datetime) -> None:
    """Handle what is waiting."""
    query = select(arrivals.c.id, arrivals.c.attempts, arrivals.c.request).where(
        arrivals.c.disposition == Disposition.ANSWER,
        arrivals.c.handled_at.is_(None),
        arrivals.c.quarantined.is_(False),
    )
    with desk.ledger.read() as connection:
        waiting = connection.execute(query.order_by(arrivals.c.id)).all()
    for row in waiting:
        with desk.ledger.write(now) as writer:
            count_attempt(writer, [row.id])
        with desk.ledger.write(now) as writer:
            if row.attempts >= ATTEMPTS_TO_READ:
                _set_aside(desk, writer, row.id, "killed the process")
                continue
            try:
                with writer.savepoint():
                    if row.request is None:
                        take_staff_word(desk, writer, row.id)
                    else:
                        _handle(desk, writer, row.id)
            except LedgerBusy:
                raise  # a full disk or a lost server is not the answer's fault
            except Exception as fault:  # noqa: BLE001 - whatever an answer does, the others go on (F03)
                _set_aside(desk, writer, row.id, type(fault).__name__)


def _set_aside(desk: Desk, writer: Writer, arrival: int, reason: str) -> None:
    change_arrivals(writer, [arrival], quarantined=True, reason=reason)
    writer.record("quarantined", arrival=arrival, reason=reason)
    clerk = who_drafts(desk.content.staff, (), desk.config.away)
    arguments = {"reason": "quarantined", "at": writer.now.isoformat(), "arrival": arrival}
    plan(writer, Plan(f"alarm:arrival:{arrival}", MailKind.ALARM, person=clerk.id, arguments=arguments))


def _handle(desk: Desk, writer: Writer, arrival: int) -> None:
    row = writer.connection.execute(select(arrivals).where(arrivals.c.id == arrival)).one()
    request = writer.connection.execute(select(requests).where(requests.c.id == row.request)).one()
    if request.person not in desk.content.staff.people:
        _take_from_nobody(desk, writer, arrival, request)
        return
    case = _case(desk, writer, row, request)
    if not case.verdict.proved and case.verdict.reason in ATTEMPTS:
        case.tell_director("forgery")
    elif case.verdict.reason == "code-locked":
        case.tell_director("code-locked")
    reason = _reason_to_refuse(case)
    if not case.verdict.proved:  # if it counts all the same, then by its token: the record must not say more
        case = replace(case, verdict=replace(case.verdict, method="token"))
    if reason is not None:
        case.refuse(reason)
    else:
        try:
            with writer.savepoint():
                HANDLERS[MailKind(request.kind)](case)
        except NotAllowed as refusal:
            case.refuse(refusal.reason)
    change_arrivals(writer, [arrival], handled_at=writer.now, letter=request.letter)
    drop_bytes(writer, arrival)  # settled: it quotes a token


def _case(desk: Desk, writer: Writer, row: Row[Any], request: Row[Any]) -> Case:
    raw = raw_of(writer.connection, row.id)
    mail = read_mail(raw)
    new, code = split_new_text(mail.text), refused("totp", "no-code", "codes are not used")
    if desk.config.sign_off.uses("totp"):
        # Whatever else is wrong with this mail: a valid code in it is used up (THREATS: TOTP is a bearer code).
        found = find_code(new.new)
        code = by_code(desk.config, writer, request.person, found.code, row.received_at or row.internaldate)
        new = replace(new, new=found.rest)
    asked = Asked(
        request.person,
        request.token_digest,
        request.created_at,
        request.expires_at,
        probed_position(writer.connection, request.person),
    )
    return Case(
        desk=desk,
        writer=writer,
        arrival=row.id,
        raw=raw,
        mail=mail,
        new=new,
        request=request,
        letter=letter_by_number(writer.connection, request.letter),
        person=desk.content.staff.people[request.person],
        verdict=prove(desk.config, desk.server, Answered(raw, mail, code), asked),
    )


def _take_from_nobody(desk: Desk, writer: Writer, arrival: int, request: Row[Any]) -> None:
    """Refuse an answer to a request of somebody whom content no longer knows: nobody can be told but the director."""
    writer.record("answer-refused", letter=request.letter, arrival=arrival, reason="left", request=request.id)
    arguments = {"reason": "left", "at": writer.now.isoformat(), "arrival": arrival}
    director = desk.content.staff.director.id
    plan(writer, Plan(f"left:{request.id}", MailKind.ALARM, request.letter, director, arguments=arguments))
    change_arrivals(writer, [arrival], handled_at=writer.now, letter=request.letter)
    drop_bytes(writer, arrival)


def _reason_to_refuse(case: Case) -> str | None:
    """Give the first reason that holds; rights are asked now, whatever they were when the request was sent."""
    request, today = case.request, case.desk.day(case.writer.now)
    # Stopping needs less than sending: the token alone, which only the registered address got, and 撤销.
    stops = request.kind == MailKind.RECEIPT and is_stop(case.new.new)
    signs = request.kind == MailKind.SIGN_OFF_REQUEST
    reasons = (
        ("left", case.person.post_on(today) is None),
        (case.verdict.reason or "no-result", not case.verdict.proved and not stops),
        ("may-not-see", not who_may_see(case.letter.restricted, case.person.id)),
        ("may-not-sign", signs and not may_sign_off(case.person, today)),
        ("older-version", request.closed_at is not None and request.closed_by == "superseded"),
        ("already-decided", request.closed_at is not None),
        ("expired", request.expires_at <= case.writer.now),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _answer_to_receipt(case: Case) -> None:
    """Take 撤销 or 撤稿: what the receipt reported is undone while it can be."""
    if not is_stop(case.new.new):
        case.ask_back("nothing-to-do", case.new.new)
    elif case.letter.state is LetterState.AWAITING_SIGN_OFF:
        undo_draft(case)
    else:
        undo_sign_off(case)


HANDLERS: dict[MailKind, Callable[[Case], None]] = {
    MailKind.DRAFT_REQUEST: answer_to_draft_request,
    MailKind.CONFIRMATION_REQUEST: answer_to_confirmation,
    MailKind.SIGN_OFF_REQUEST: answer_to_sign_off_request,
    MailKind.RECEIPT: _answer_to_receipt,
}
