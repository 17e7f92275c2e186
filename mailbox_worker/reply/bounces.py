"""What a delivery report means for the mail of ours that it names.

Receives reports that intake has put down, tied to a mail by the Message-ID they quote; hands on a bounced mail or a
question to a colleague. A report can be forged, so that an answer is only taken for lost by a clerk's word (THREATS: a
forged bounce); and no report ever causes mail to the address that it is about (F52). A delay is not a failure (F56).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import change_arrivals, raw_of
from mailbox_worker.ledger.outbox import find, round_of
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, outbox
from mailbox_worker.ledger.vocabulary import REQUESTS, Audience, Disposition, MailKind, OutboxState
from mailbox_worker.mail.delivery_reports import DeliveryReport, Outcome, delivery_report
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.settling import settle
from mailbox_worker.reply.telling import tell

FAILURES = (Outcome.SOFT, Outcome.HARD)


def handle_bounces(desk: Desk, now: datetime) -> None:
    """Handle every report that nobody has handled yet, oldest first."""
    request = select(outbox.c.id).where(outbox.c.id == arrivals.c.outbox, outbox.c.kind.in_(REQUESTS))
    query = select(arrivals.c.id, arrivals.c.outbox).where(
        arrivals.c.disposition == Disposition.BOUNCE, arrivals.c.handled_at.is_(None), ~request.exists()
    )
    with desk.ledger.read() as connection:
        waiting = connection.execute(query.order_by(arrivals.c.id)).all()
        reports = {row.id: _report(raw_of(connection, row.id)) for row in waiting}
    for row in waiting:
        report = reports[row.id]
        about: Row[Any] | None = None
        with desk.ledger.write(now) as writer:
            if row.outbox is not None and report is not None:
                about = find(writer.connection, row.outbox)
                _mark(writer, about, report)
        if about is not None and report is not None:
            _tell(desk, now, row.id, about, report)
        with desk.ledger.write(now) as writer:
            change_arrivals(writer, [row.id], handled_at=now)


def _report(raw: bytes) -> DeliveryReport | None:
    return delivery_report(read_mail(raw), raw) if raw else None


def _mark(writer: Writer, about: Row[Any], report: DeliveryReport) -> None:
    """Take down what needs no word: anything but a reply bounces by the report alone; a delivery settles a doubt."""
    said = f"{report.action} {report.status}".strip()
    if report.outcome is Outcome.DELIVERED and about.state in (OutboxState.UNKNOWN, OutboxState.HELD):
        settle(writer, about, OutboxState.ACCEPTED, f"a delivery report: {said}")
    elif report.outcome is Outcome.HARD and about.kind != MailKind.REPLY and about.state == OutboxState.ACCEPTED:
        settle(writer, about, OutboxState.BOUNCED, f"a delivery report: {said}")


def _tell(desk: Desk, now: datetime, arrival: int, about: Row[Any], report: DeliveryReport) -> None:
    if report.outcome not in FAILURES:
        return
    if about.kind == MailKind.REPLY:
        reason = "reply-bounced"
    elif about.audience == Audience.STAFF:
        reason = "staff-bounced"
    else:
        reason = "writer-bounced"
    # One matter a sending: a server that reports twice, or a forger who does, is told of once.
    tell(desk, now, f"bounce:{round_of(about)}", reason, about, arrival=arrival, status=report.status)
