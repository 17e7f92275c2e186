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
from mailbox_worker.ledger.arrivals import change_arrivals, count_attempt, drop_bytes
from mailbox_worker.ledger.letters import letter_by_number
from mailbox_worker.ledger.outbox import plan_alarm
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.ledger.vocabulary import QUARANTINED, Disposition, LetterState, MailKind
from mailbox_worker.letter.decisions import is_stop
from mailbox_worker.letter.rights import may_sign_off, who_may_see
from mailbox_worker.letter.staff_words import staff_word
from mailbox_worker.letter.states import NotAllowed
from mailbox_worker.sign_off.approving import undo_sign_off
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.clerk_answers import answer_to_confirmation, answer_to_draft_request
from mailbox_worker.sign_off.deciding import answer_to_sign_off_request
from mailbox_worker.sign_off.drafting import undo_draft
from mailbox_worker.sign_off.lapsing import LAPSED
from mailbox_worker.sign_off.opening import Opened, asked, open_answer, verdict_on
from mailbox_worker.sign_off.probed import keep_probe
from mailbox_worker.sign_off.proof import ATTEMPTS, Answered
from mailbox_worker.sign_off.staff_words import obey, take_staff_word

READ_ONCE = 1  # the attempt that intake made
ATTEMPTS_TO_READ = 3 + READ_ONCE  # an answer that killed the process three times is set aside


def handle_answers(desk: Desk, now: datetime) -> None:
    """Handle what is waiting."""
    query = select(arrivals.c.id, arrivals.c.attempts).where(
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
                    opened = open_answer(desk, writer, row.id)
                with writer.savepoint():  # of its own: a code stays used, whatever is raised here
                    _handle(desk, writer, opened)
            except (LedgerBusy, LedgerUnusable):
                raise  # a full disk or a lost server is not the answer's fault
            except Exception as fault:  # noqa: BLE001 - whatever an answer does, the others go on (F03)
                _set_aside(desk, writer, row.id, type(fault).__name__)


def _set_aside(desk: Desk, writer: Writer, arrival: int, reason: str) -> None:
    change_arrivals(writer, [arrival], quarantined=True, reason=reason)
    writer.record(QUARANTINED, arrival=arrival, reason=reason)
    clerk = desk.clerk_on(writer.now)
    plan_alarm(writer, f"alarm:arrival:{arrival}", clerk.id, QUARANTINED, arrival=arrival)


def _handle(desk: Desk, writer: Writer, opened: Opened) -> None:
    if opened.request is None:
        take_staff_word(desk, writer, opened)
    elif opened.request.kind == MailKind.PROBE:
        _take_probe(desk, writer, opened, opened.request)
    elif opened.person not in desk.content.staff.people:
        _take_from_nobody(writer, desk.content.staff.director.id, opened.row.id, opened.request)
    else:
        _decide(_case(desk, writer, opened, opened.request))
    number = opened.request.letter if opened.request is not None else None
    change_arrivals(writer, [opened.row.id], handled_at=writer.now, **({"letter": number} if number else {}))
    drop_bytes(writer, opened.row.id)  # settled: it quotes a token, or may hold a code


def _decide(case: Case) -> None:
    if not case.verdict.proved and case.verdict.reason in ATTEMPTS:
        case.tell_director("forgery")
    elif case.verdict.reason == "code-locked":
        case.tell_director("code-locked")
    reason = _reason_to_refuse(case)
    if not case.verdict.proved:  # if it counts all the same, then by its token: the record must not say more
        case = replace(case, verdict=replace(case.verdict, method="token"))
    if reason is not None:
        case.refuse(reason)
        return
    try:
        with case.writer.savepoint():
            HANDLERS[MailKind(case.request.kind)](case)
    except NotAllowed as refusal:
        case.refuse(refusal.reason)


def _case(desk: Desk, writer: Writer, opened: Opened, request: Row[Any]) -> Case:
    return Case(
        desk=desk,
        writer=writer,
        arrival=opened.row.id,
        raw=opened.raw,
        mail=opened.mail,
        new=opened.new,
        request=request,
        letter=letter_by_number(writer.connection, request.letter),
        person=desk.content.staff.people[request.person],
        verdict=verdict_on(desk, writer, opened),
    )


def _take_probe(desk: Desk, writer: Writer, opened: Opened, request: Row[Any]) -> None:
    if request.closed_at is None:
        answered = Answered(opened.raw, opened.mail, opened.code)
        trial = keep_probe(desk, writer, answered, asked(opened), request.id, opened.new.new)
        writer.record("probe-answered", by=request.person, arrival=opened.row.id, trial=trial)


def _take_from_nobody(writer: Writer, director: str, arrival: int, request: Row[Any]) -> None:
    """Refuse an answer to a request of somebody whom content no longer knows: nobody can be told but the director."""
    writer.record("answer-refused", letter=request.letter, arrival=arrival, reason="left", request=request.id)
    plan_alarm(writer, f"left:{request.id}", director, "left", letter=request.letter, arrival=arrival)


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
        ("extension-too-late", request.closed_at is not None and request.closed_by == LAPSED),
        ("already-decided", request.closed_at is not None),
        ("expired", request.expires_at <= case.writer.now),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _answer_to_receipt(case: Case) -> None:
    """Take 撤销 or 撤稿: what the receipt reported is undone while it can be; or a word, as 已送达."""
    word = staff_word(case.new.new)
    if word is not None:
        obey(case.desk, case.writer, case.arrival, case.person.id, word, case.verdict)
    elif not is_stop(case.new.new):
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
