"""Decide what each logged mail is, and do what follows from it (the second and third of intake's three commits).

Receives arrivals without a disposition; hands on letters, answers waiting for sign-off, plans for mail. A mail
that raises is quarantined with the kind of its error and the others go on; one that kills the process is set
aside at the third attempt.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from mailbox_worker.desk import Desk
from mailbox_worker.intake.alarms import tell_clerk
from mailbox_worker.intake.batching import batches
from mailbox_worker.intake.look_up import look_up
from mailbox_worker.intake.opened import Familiar, Opened, familiar_with, open_mails
from mailbox_worker.intake.register import Sighting, register, take_follow_up
from mailbox_worker.intake.voting import count_vote
from mailbox_worker.ledger.arrivals import change_arrivals, count_attempt, drop_bytes, unsorted
from mailbox_worker.ledger.outbox import by_message_id, change, find
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.ledger.vocabulary import QUARANTINED, Disposition
from mailbox_worker.letter.authenticity import OwnServer
from mailbox_worker.letter.evidence import deciding_lines
from mailbox_worker.letter.rules import Seen, Sorted, is_a_vote, sort
from mailbox_worker.mail.authentication import received_hosts
from mailbox_worker.mail.delivery_reports import delivery_report
from mailbox_worker.mail.parsed import ParsedMail

ATTEMPTS = 3  # a mail that killed the process twice is not read a third time
APART = timedelta(hours=1)  # the server's date and our own Received line should agree better than this


def sort_arrivals(desk: Desk, now: datetime) -> Counter[str]:
    """Sort every unsorted mail; counts dispositions and quarantined ones."""
    with desk.ledger.read() as connection:
        waiting = unsorted(connection)
    counted: Counter[str] = Counter()
    for batch in batches({row.id: row.size for row in waiting if row.attempts == 0}):
        counted += _sort_batch(desk, now, list(batch))
    # What was being read when the process died is read alone, so that only the culprit is set aside.
    for row in waiting:
        if row.attempts >= ATTEMPTS:
            with desk.ledger.write(now) as writer:
                _quarantine(desk, writer, row.id, "killed the process")
            counted[QUARANTINED] += 1
        elif row.attempts > 0:
            counted += _sort_batch(desk, now, [row.id])
    return counted


def _sort_batch(desk: Desk, now: datetime, ids: Sequence[int]) -> Counter[str]:
    with desk.ledger.write(now) as writer:
        count_attempt(writer, ids)
    try:
        return _sort_counted(desk, now, ids)
    except LedgerBusy:
        # The mails did nothing: this attempt must not count towards setting them aside.
        with suppress(LedgerBusy), desk.ledger.write(now) as writer:
            count_attempt(writer, ids, -1)
        raise


def _sort_counted(desk: Desk, now: datetime, ids: Sequence[int]) -> Counter[str]:
    counted: Counter[str] = Counter()
    with desk.ledger.write(now) as writer:
        mails, failed = open_mails(writer.connection, ids)
        for arrival, reason in failed.items():
            _quarantine(desk, writer, arrival, reason)
            counted[QUARANTINED] += 1
        familiar = familiar_with(writer.connection, mails)
        for opened in mails:
            try:
                with writer.savepoint():
                    disposition = str(_sort_one(desk, writer, opened, familiar))
            except (LedgerBusy, LedgerUnusable):
                raise  # the ledger's trouble, not the mail's: nothing is done, try later (F25)
            except Exception as fault:  # noqa: BLE001 - whatever a mail does, the others go on (F03)
                _quarantine(desk, writer, opened.arrival, type(fault).__name__)
                disposition = QUARANTINED
            familiar.add(opened)
            counted[disposition] += 1
    return counted


def _sort_one(desk: Desk, writer: Writer, opened: Opened, familiar: Familiar) -> Disposition:
    seen = look_up(desk, writer, opened, familiar)
    sorted_ = sort(seen)
    case = _Case(opened, seen, sorted_, _received_at(desk, writer, opened))
    links = FOLLOWING[sorted_.disposition](desk, writer, case)
    change_arrivals(
        writer,
        [opened.arrival],
        disposition=sorted_.disposition,
        rule=sorted_.rule,
        hits=list(sorted_.hits),
        headers=deciding_lines(seen, sorted_.rule),
        message_id=opened.mail.message_id,
        body_digest=opened.body,
        received_at=case.received_at,
        **links,
    )
    return sorted_.disposition


def _received_at(desk: Desk, writer: Writer, opened: Opened) -> datetime:
    """Give the time that the promise runs from; a release keeps the first one, and two that differ are noted."""
    row = opened.row
    if row.received_at is not None:
        return cast("datetime", row.received_at)
    at = received(opened.mail, row.internaldate, desk.server)
    if row.internaldate - at > APART:
        times = {"received": at.isoformat(), "internaldate": row.internaldate.isoformat()}
        writer.record("received-times-differ", arrival=row.id, **times)
    return at


def received(mail: ParsedMail, internaldate: datetime, server: OwnServer | None) -> datetime:
    """Give the time that the promise runs from: the earlier of the server's date and our own host's Received line."""
    lines = received_hosts(mail)
    own = [
        line.when for line in lines[:1] if line.when is not None and server is not None and server.is_own(line.by_host)
    ]
    return min([internaldate, *own])


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail while it is being sorted."""

    opened: Opened
    seen: Seen
    sorted: Sorted
    received_at: datetime

    @property
    def arrival(self) -> int:
        return self.opened.arrival


# What follows from each disposition. Gives what the arrival is linked with: further columns of its row.
Links = dict[str, Any]


def _letter(desk: Desk, writer: Writer, case: _Case) -> Links:
    return {"letter": register(desk, writer, case.seen, Sighting(case.arrival, case.received_at))}


def _follow_up(desk: Desk, writer: Writer, case: _Case) -> Links:
    number = str(case.seen.joins)
    take_follow_up(desk, writer, case.seen, number, case.arrival)
    return {"letter": number}


def _answer(desk: Desk, writer: Writer, case: _Case) -> Links:
    del desk
    if case.sorted.rule == is_a_vote.__name__:
        count_vote(writer, case.seen, case.arrival)
        return {"letter": case.seen.survey, "handled_at": writer.now}
    writer.record("answer-arrived", arrival=case.arrival, request=case.seen.request)
    return {"request": case.seen.request}


def _own_copy(desk: Desk, writer: Writer, case: _Case) -> Links:
    del desk
    drop_bytes(writer, case.arrival)  # it may hold a query code, and we have made these bytes ourselves
    ours, message_id = find(writer.connection, int(case.seen.own_copy_of or 0)), case.seen.mail.message_id
    # What answers this mail quotes the Message-ID that a server gave it on its way (F66).
    known_as = {"rewritten_id": message_id} if message_id not in (None, ours.message_id) else {}
    change(writer, ours.id, witnessed_at=writer.now, **known_as)
    writer.record("own-copy-seen", arrival=case.arrival, outbox=ours.id, **known_as)
    return {"outbox": ours.id}


def _bounce(desk: Desk, writer: Writer, case: _Case) -> Links:
    report = delivery_report(case.seen.mail, case.opened.raw)
    original = report.original_message_id if report is not None else None
    # What the report quotes and the address that it came to must mean the same mail.
    named = {*case.seen.returned, *([original] if original else [])}
    ours = found if len(found := by_message_id(writer.connection, named)) == 1 else []
    letter = ours[0].letter if ours else None
    writer.record(
        "bounce-arrived",
        letter=letter,
        arrival=case.arrival,
        outcome=report.outcome if report is not None else None,
        status=report.status if report is not None else None,
    )
    if not ours:  # a report about a mail of ours is the sending stage's
        _tell_clerk(desk, writer, case, "bounce")
    return {"outbox": ours[0].id if ours else None, "letter": letter}


def _automatic(desk: Desk, writer: Writer, case: _Case) -> Links:
    del desk
    writer.record("automatic-mail", arrival=case.arrival, signs=[sign.name for sign in case.seen.signs])
    return {}


def _duplicate(desk: Desk, writer: Writer, case: _Case) -> Links:
    del desk
    seen = case.seen
    of = next((one for one in (seen.same_mail, seen.earlier, seen.same_text) if one is not None), None)
    first = writer.connection.execute(arrivals.select().where(arrivals.c.id == of)).one()
    writer.record("duplicate-arrived", letter=first.letter, arrival=case.arrival, of=of)
    return {"letter": first.letter}


def _to_person(desk: Desk, writer: Writer, case: _Case) -> Links:
    writer.record("to-person", arrival=case.arrival, rule=case.sorted.rule)
    if case.seen.lay_in_junk:  # one a day for all of them: most of it is what the server took it for
        tell_clerk(desk, writer, f"alarm:junk:{desk.day(writer.now)}", case.sorted.rule)
    else:
        _tell_clerk(desk, writer, case, case.sorted.rule)
    return {"reason": case.sorted.rule}


def _tell_clerk(desk: Desk, writer: Writer, case: _Case, reason: str) -> None:
    senders = [address.addr_spec for address in case.seen.mail.senders]
    key, sender = f"alarm:arrival:{case.arrival}", ", ".join(senders)
    tell_clerk(desk, writer, key, reason, arrival=case.arrival, sender=sender, at=case.received_at)


def _quarantine(desk: Desk, writer: Writer, arrival: int, reason: str) -> None:
    change_arrivals(writer, [arrival], quarantined=True, reason=reason)
    # The error's kind only: its text may quote the letter.
    writer.record(QUARANTINED, arrival=arrival, reason=reason)
    tell_clerk(desk, writer, f"alarm:arrival:{arrival}", QUARANTINED, arrival=arrival)


FOLLOWING: dict[Disposition, Callable[[Desk, Writer, _Case], Links]] = {
    Disposition.LETTER: _letter,
    Disposition.FOLLOW_UP: _follow_up,
    Disposition.ANSWER: _answer,
    Disposition.OWN_COPY: _own_copy,
    Disposition.BOUNCE: _bounce,
    Disposition.AUTOMATIC: _automatic,
    Disposition.DUPLICATE: _duplicate,
    Disposition.TO_PERSON: _to_person,
}
