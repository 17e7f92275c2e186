"""Hand mail over, one at a time, with a committed mark before each step that cannot be undone.

Receives rows with bytes; hands on rows settled as accepted, later, refused or unknown. `claimed` after a crash
is planned again; `handing_over` after a crash is unknown: the server may have the mail. An unknown reply is
never sent again by itself.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import change, due_now, in_states
from mailbox_worker.ledger.vocabulary import Audience, OutboxState
from mailbox_worker.mail.smtp import Ending, Outcome, SmtpLogin, Transport
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.settling import settle

PAUSES = (5, 15, 60, 240)  # minutes before the next try after the 1st, 2nd, … temporary failure
ATTEMPTS = 12  # some two days of trying; after that a person must look


def take_up_after_crash(desk: Desk, now: datetime) -> None:
    """Put right what a killed run left: a claim is planned again, a hand-over is unknown."""
    with desk.ledger.write(now) as writer:
        for row in in_states(writer.connection, [OutboxState.CLAIMED]):
            change(writer, row.id, state=OutboxState.PLANNED)
        for row in in_states(writer.connection, [OutboxState.HANDING_OVER]):
            settle(writer, row, OutboxState.UNKNOWN, "the run ended during the hand-over")


def send_due(desk: Desk, now: datetime) -> tuple[Counter[str], ServerTrouble | None]:
    """Send every mail that is made and due; counts the endings, and gives the trouble that stopped it, if any."""
    return asyncio.run(_send_due(desk, now))


async def _send_due(desk: Desk, now: datetime) -> tuple[Counter[str], ServerTrouble | None]:
    with desk.ledger.read() as connection:
        waiting = [row for row in due_now(connection, now) if row.raw is not None]
    counted: Counter[str] = Counter()
    if not waiting:
        return counted, None
    transport = Transport(_login(desk))
    try:
        for row in waiting:
            state = await _send_one(desk, transport, row, now)
            counted[state] += 1
    except ServerTrouble as trouble:
        return counted, trouble
    finally:
        await transport.close()
    return counted, None


async def _send_one(desk: Desk, transport: Transport, row: Row[Any], now: datetime) -> str:
    mailbox = desk.config.mailbox.address
    with desk.ledger.write(now) as writer:
        change(writer, row.id, state=OutboxState.CLAIMED, claimed_at=now, attempts=row.attempts + 1)
    witness = mailbox if row.audience == Audience.WRITER else None
    try:
        opened = await transport.address(mailbox, row.recipient, witness)
    except ServerTrouble:
        with desk.ledger.write(now) as writer:  # nothing was tried: it is planned as before, and not counted
            change(writer, row.id, state=row.state, attempts=row.attempts)
        raise
    if isinstance(opened, Outcome):
        return _conclude(desk, row, opened, now)
    with desk.ledger.write(now) as writer:
        change(writer, row.id, state=OutboxState.HANDING_OVER, handed_over_at=now)
    return _conclude(desk, row, await transport.data(row.raw, witnessed=opened), now)


def _conclude(desk: Desk, row: Row[Any], outcome: Outcome, now: datetime) -> str:
    attempts = row.attempts + 1
    state = OutboxState(outcome.ending)
    if outcome.ending is Ending.LATER and attempts >= ATTEMPTS:
        state = OutboxState.REFUSED
    with desk.ledger.write(now) as writer:
        if state is OutboxState.LATER:
            pause = timedelta(minutes=PAUSES[min(attempts, len(PAUSES)) - 1])
            change(writer, row.id, state=state, not_before=now + pause, answer=outcome.answer)
            writer.record("mail-later", letter=row.letter, outbox=row.id, answer=outcome.answer)
            return state
        settle(writer, row, state, outcome.answer)
    return state


def _login(desk: Desk) -> SmtpLogin:
    smtp = desk.config.mailbox.smtp
    return SmtpLogin(
        smtp.host, smtp.port, smtp.security, smtp.username, smtp.password, smtp.ca_file, smtp.timeout_seconds
    )
