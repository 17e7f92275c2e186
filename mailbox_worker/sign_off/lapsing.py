"""What time has overtaken: a 延期告知 that is not out on the due date, and requests too old to be answered.

Receives the ledger; hands on letters that are drafted again, with word to the clerk and to who was asked, and requests
made anew. Without it a letter could lie where nobody can do anything about it: an extension goes out before the due
date or not at all, and an answer to an expired request is refused.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letter_by_number, newest_draft
from mailbox_worker.ledger.outbox import Plan, by_message_id, close_requests, plan, withdraw_reply
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import letters, requests
from mailbox_worker.ledger.vocabulary import REQUESTS, LetterState, MailKind, Purpose
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.steps import take_step
from mailbox_worker.sign_off.absences import WHILE, who_is_asked
from mailbox_worker.sign_off.routing import ABOUT_DRAFT, newest_asked

LAPSED = "lapsed"  # why a request is closed that nobody answered in time


def take_back_what_lapsed(desk: Desk, now: datetime) -> None:
    """Give late extensions back to the clerk, and ask anew where every request has expired."""
    with desk.ledger.read() as connection:
        late = _late_extensions(connection, desk, now)
        expired = _expired(connection, now)
    for number in late:
        with desk.ledger.write(now) as writer:
            _give_back(desk, writer, letter_by_number(writer.connection, number))
    for request in expired:
        with desk.ledger.write(now) as writer:
            _ask_anew(desk, writer, request)


def _late_extensions(connection: Connection, desk: Desk, now: datetime) -> list[str]:
    """List the letters past their due date whose newest draft puts it off and has not gone out."""
    query = select(letters.c.number).where(
        letters.c.state.in_([LetterState.AWAITING_SIGN_OFF, LetterState.APPROVED]), letters.c.due_on < desk.day(now)
    )
    late = []
    for number in list(connection.execute(query.order_by(letters.c.arrival)).scalars()):
        draft = newest_draft(connection, number)
        if draft is None or draft.purpose != Purpose.EXTENSION:
            continue
        asked = newest_asked(connection, number)
        # It must be this draft that waits for a leader, and not a proposal to set the letter aside.
        if asked is not None and (asked.arguments["about"], asked.arguments["version"]) == (ABOUT_DRAFT, draft.version):
            late.append(number)
    return late


def _give_back(desk: Desk, writer: Writer, letter: Letter) -> None:
    draft = newest_draft(writer.connection, letter.number)
    if draft is None or (letter.state is LetterState.APPROVED and withdraw_reply(writer, letter.number) is None):
        return  # it may be on its way: what became of it decides
    asked = _who_was_asked(writer.connection, letter.number, draft.version)
    take_step(writer, letter.number, letter.state, Step.EXTENSION_LAPSED, version=draft.version)
    close_requests(writer, letter.number, LAPSED, [MailKind.SIGN_OFF_REQUEST])
    clerk = desk.clerk_of(letter, drafted_by=draft.author).id
    key, because = f"extension-lapsed:{letter.number}:{draft.version}", {"because": "extension-lapsed"}
    plan(writer, Plan(f"{key}:draft", MailKind.DRAFT_REQUEST, letter=letter.number, person=clerk, arguments=because))
    said = {"outcome": "extension-lapsed", "asked": clerk}
    for person in sorted(one for one in asked - {clerk} if who_may_see(letter.restricted, one)):
        plan(writer, Plan(f"{key}:{person}", MailKind.RECEIPT, letter=letter.number, person=person, arguments=said))


def _who_was_asked(connection: Connection, number: str, version: int) -> set[str]:
    query = select(requests.c.person).where(
        requests.c.letter == number,
        requests.c.kind == MailKind.SIGN_OFF_REQUEST,
        requests.c.draft_version == version,
    )
    return set(connection.execute(query).scalars())


def _expired(connection: Connection, now: datetime) -> list[Row[Any]]:
    """List the newest request of every letter that waits for an answer and has no request that could be answered."""
    query = (
        select(requests, letters.c.state)
        .join(letters, letters.c.number == requests.c.letter)
        .where(
            letters.c.state.in_([state for states in WHILE.values() for state in states]),
            requests.c.kind.in_(REQUESTS),
            requests.c.closed_at.is_(None),
        )
        .order_by(requests.c.id)
    )
    open_ones: defaultdict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        if row.state in WHILE[MailKind(row.kind)]:
            open_ones[row.letter, row.kind].append(row)
    return [rows[-1] for rows in open_ones.values() if max(row.expires_at for row in rows) <= now]


def _ask_anew(desk: Desk, writer: Writer, request: Row[Any]) -> None:
    """Plan the same request once more, to whoever is to be asked now."""
    letter, kind = letter_by_number(writer.connection, request.letter), MailKind(request.kind)
    (old,) = by_message_id(writer.connection, [request.message_id])
    if kind is MailKind.SIGN_OFF_REQUEST:
        person = who_is_asked(writer.connection, desk, letter, writer.now, frozenset())
    else:
        person = desk.clerk_of(letter).id
    close_requests(writer, letter.number, "superseded", [kind])
    writer.record("asked-anew", letter=letter.number, to=person, request=request.id)
    key = f"anew:{request.id}"
    plan(writer, Plan(key, kind, letter=letter.number, person=person, arguments=dict(old.arguments)))
