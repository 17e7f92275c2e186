"""Who is not there: by configuration, by 委托, by an out-of-office note, or because mail to them comes back.

Receives the ledger; hands on requests to whoever stands in. A note or a bounce must quote our own Message-ID and can
only add somebody who is asked as well: it revokes and decides nothing (THREATS: approval shopping).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, String, cast, literal, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import change_arrivals, raw_of
from mailbox_worker.ledger.letters import Letter, find_letter
from mailbox_worker.ledger.outbox import Plan, by_message_id, find, plan, plan_alarm
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import absences, arrivals, letters, outbox, requests
from mailbox_worker.ledger.vocabulary import Audience, Disposition, LetterState, MailKind, OutboxState
from mailbox_worker.letter.authenticity import same_address, sole_sender
from mailbox_worker.letter.rights import who_may_see, who_signs_off
from mailbox_worker.mail.delivery_reports import Outcome, delivery_report
from mailbox_worker.mail.read import read_mail

WHILE = {
    MailKind.SIGN_OFF_REQUEST: (LetterState.AWAITING_SIGN_OFF,),
    MailKind.DRAFT_REQUEST: (LetterState.DRAFTING, LetterState.UNANSWERABLE),
}


def delegated(connection: Connection, desk: Desk, now: datetime) -> dict[str, str]:
    """Give, for everybody who is away by 委托 today, who was named; the last word counts."""
    query = select(absences.c.person, absences.c.stand_in).where(absences.c.until >= desk.day(now))
    return {row.person: row.stand_in for row in connection.execute(query.order_by(absences.c.id))}


def who_is_asked(connection: Connection, desk: Desk, letter: Letter, now: datetime, but: frozenset[str]) -> str:
    """Find who signs off a letter now: whoever the deputy in charge named, else by the rule; `but` are not asked."""
    named, staff = delegated(connection, desk, now), desk.content.staff
    away = desk.config.away | frozenset(named) | but
    in_charge = staff.categories.get(letter.category, staff.default_category).deputy
    stand_in = named.get(in_charge)
    if stand_in is not None and stand_in not in away and who_may_see(letter.restricted, stand_in):
        return stand_in
    return who_signs_off(staff, letter.category, letter.restricted, away).id


def ask_who_is_there(desk: Desk, now: datetime) -> None:
    """Ask somebody else as well where a machine answered for a colleague, or mail to one did not arrive."""
    with desk.ledger.read() as connection:
        if not _unread_notes(connection) and not _undelivered(connection) and not _asked_in_vain(connection):
            return
    with desk.ledger.write(now) as writer:
        for row in _unread_notes(writer.connection):
            mail = _request_it_is_about(desk, writer, row)
            change_arrivals(writer, [row.id], handled_at=now)
            if mail is not None:
                ask_as_well(desk, writer, mail, "away" if row.disposition == Disposition.AUTOMATIC else "bounced")
        for mail in [*_undelivered(writer.connection), *_asked_in_vain(writer.connection)]:
            ask_as_well(desk, writer, mail, "bounced")


def _unread_notes(connection: Connection) -> list[Row[Any]]:
    # A report about any other mail than a request is the sending stage's.
    about_request = select(outbox.c.id).where(outbox.c.id == arrivals.c.outbox, outbox.c.kind.in_(list(WHILE)))
    ours = (arrivals.c.disposition == Disposition.AUTOMATIC) | (
        (arrivals.c.disposition == Disposition.BOUNCE) & about_request.exists()
    )
    query = select(arrivals).where(ours, arrivals.c.handled_at.is_(None))
    return list(connection.execute(query.order_by(arrivals.c.id)).all())


def _request_it_is_about(desk: Desk, writer: Writer, row: Row[Any]) -> Row[Any] | None:
    raw = raw_of(writer.connection, row.id)
    mail = read_mail(raw)
    if row.disposition == Disposition.BOUNCE:
        report = delivery_report(mail, raw)
        if report is None or report.outcome not in (Outcome.SOFT, Outcome.HARD):
            return None
        return find(writer.connection, row.outbox)
    sender = sole_sender(mail)
    for ours in by_message_id(writer.connection, [*mail.in_reply_to, *mail.references]):
        address = desk.config.address_of(ours.person) if ours.kind in WHILE else None
        if address is not None and sender is not None and same_address(sender, [address]):
            return ours
    return None


def _undelivered(connection: Connection) -> list[Row[Any]]:
    query = select(outbox).where(
        outbox.c.audience == Audience.STAFF,
        outbox.c.state == OutboxState.REFUSED,
        outbox.c.kind.in_(list(WHILE)),
        outbox.c.letter.in_(_open()),
    )
    return list(connection.execute(query).all())


def _asked_in_vain(connection: Connection) -> list[Row[Any]]:
    """List the requests that arrived, before a reminder to the same colleague came back: nobody reads there (F94)."""
    came_back = outbox.alias()
    reminded = (
        select(came_back.c.id)
        .where(
            came_back.c.state.in_([OutboxState.BOUNCED, OutboxState.REFUSED]),
            came_back.c.kind.in_([MailKind.REMINDER, MailKind.ESCALATION, MailKind.DIGEST]),
            came_back.c.person == requests.c.person,
            came_back.c.settled_at >= requests.c.created_at,
        )
        .exists()
    )
    told = outbox.alias()
    asked_already = select(told.c.id).where(told.c.key == literal("as-well:") + cast(outbox.c.id, String)).exists()
    query = (
        select(outbox)
        .join(requests, requests.c.message_id == outbox.c.message_id)
        .where(
            requests.c.letter.in_(_open()),
            requests.c.closed_at.is_(None),
            requests.c.kind.in_(list(WHILE)),
            reminded,
            ~asked_already,
        )
    )
    return list(connection.execute(query.order_by(outbox.c.id)).all())


def _open() -> Select[tuple[str]]:
    """Ask by way of the open letters: years of refused mail are nobody's business any more."""
    states = [state for some in WHILE.values() for state in some]
    return select(letters.c.number).where(letters.c.state.in_(states))


def ask_as_well(desk: Desk, writer: Writer, mail: Row[Any], why: str) -> None:
    """Ask the next one about the same version, once a request; a bounce is told to the director at once."""
    kind, letter = MailKind(mail.kind), find_letter(writer.connection, mail.letter)
    if letter is None or letter.state not in WHILE[kind] or _is_closed(writer.connection, mail):
        return
    staff = desk.content.staff
    if kind is MailKind.SIGN_OFF_REQUEST:
        other = who_is_asked(writer.connection, desk, letter, writer.now, frozenset({mail.person}))
    else:
        other = desk.clerk_of(letter, but={mail.person}).id
    asked = other != mail.person and plan(
        writer,
        Plan(
            f"as-well:{mail.id}",
            kind,
            letter=letter.number,
            person=other,
            arguments={**mail.arguments, "instead_of": mail.person, "why": why},
        ),
    )
    if asked:
        writer.record("asked-as-well", letter=letter.number, to=other, instead_of=mail.person, why=why)
    if why == "bounced":
        key, director = f"staff-unreachable:{mail.id}", staff.director.id
        plan_alarm(writer, key, director, "staff-unreachable", letter=letter.number, colleague=mail.person)


def _is_closed(connection: Connection, mail: Row[Any]) -> bool:
    query = select(requests.c.closed_at).where(requests.c.message_id == mail.message_id)
    row = connection.execute(query).one_or_none()
    return row is not None and row.closed_at is not None
