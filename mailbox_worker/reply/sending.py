"""Hand mail over, one at a time, with a committed mark before each step that cannot be undone.

Receives rows with bytes; hands on rows settled as accepted, later, refused or unknown. `claimed` after a crash
is planned again; `handing_over` after a crash is unknown: the server may have the mail. An unknown reply is
never sent again by itself. Brakes: a person's hold stops mail to writers, a server that wants us slower stops all,
a day's budget stops what is beyond it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import change, due_now, find, handed_over_since, in_states
from mailbox_worker.ledger.standing import HOLD, SENT, THROTTLED, put, stands, take_away
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import Audience, MailKind, OutboxState
from mailbox_worker.mail.smtp import Ending, Outcome, SmtpLogin, Transport
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.budgets import Budget
from mailbox_worker.reply.patience import ATTEMPTS, pause_after
from mailbox_worker.reply.settling import settle

FIRST, LAST = 0, 2  # answers that people signed go first, what a machine writes to writers last
CLAIMED_AT_ONCE = 20


def take_up_after_crash(desk: Desk, now: datetime) -> None:
    """Put right what a killed run left: a claim is planned again, a hand-over is unknown."""
    with desk.ledger.read() as connection:
        left = in_states(connection, [OutboxState.CLAIMED, OutboxState.HANDING_OVER])
    if not left:
        return
    with desk.ledger.write(now) as writer:
        for row in left:
            if row.state == OutboxState.CLAIMED:
                change(writer, row.id, state=OutboxState.PLANNED)
            else:
                settle(writer, row, OutboxState.UNKNOWN, "the run ended during the hand-over")


def send_due(
    desk: Desk, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> tuple[Counter[str], ServerTrouble | None]:
    """Send every mail that is made and due; counts the endings, and gives the trouble that stopped it, if any.

    `stopping` is asked between two mails: when it says so, the rest waits for the next pass.
    """
    with desk.ledger.read() as connection:
        todo = _in_order(connection, now)
        if not todo:
            return Counter(), None
        budget = Budget.of(handed_over_since(connection, _midnight(desk, now)))
    return asyncio.run(_Round(desk, now, budget, stopping).send(todo))


def _in_order(connection: Connection, now: datetime) -> list[Row[Any]]:
    """List what may go: nothing while the server wants us slower, nothing to writers while a person holds it back."""
    throttled = stands(connection, THROTTLED)
    if throttled is not None and throttled.until is not None and throttled.until > now:
        return []
    held = stands(connection, HOLD) is not None
    made = [row for row in due_now(connection, now) if row.message_id is not None]
    return sorted((row for row in made if not (held and row.audience == Audience.WRITER)), key=_rank)


def _rank(row: Row[Any]) -> int:
    if row.kind == MailKind.REPLY:
        return FIRST
    return FIRST + 1 if row.audience == Audience.STAFF else LAST


def _midnight(desk: Desk, now: datetime) -> datetime:
    return datetime.combine(desk.day(now), time(), desk.zone)


class _Round:
    """One pass over what is due, on one kept connection."""

    def __init__(self, desk: Desk, now: datetime, budget: Budget, stopping: Callable[[], bool]) -> None:
        self.desk, self.now, self.budget, self.stopping = desk, now, budget, stopping
        self.counted: Counter[str] = Counter()
        self.transport = Transport(_login(desk))
        self.slower = self.well = False

    async def send(self, todo: list[Row[Any]]) -> tuple[Counter[str], ServerTrouble | None]:
        """Send in order until all is done, the server has had enough, or the run is to stop."""
        claimed: list[Row[Any]] = []
        try:
            for start in range(0, len(todo), CLAIMED_AT_ONCE):
                claimed = self._claim(todo[start : start + CLAIMED_AT_ONCE])
                while claimed:
                    if self.slower or self.stopping():
                        return self.counted, None
                    self.counted[await self._send_one(claimed[0])] += 1
                    claimed.pop(0)
        except ServerTrouble as trouble:
            return self.counted, trouble
        finally:
            self._give_back(claimed)
            await self.transport.close()
        return self.counted, None

    def _claim(self, rows: list[Row[Any]]) -> list[Row[Any]]:
        """Mark mails as being tried, all but those beyond today's budget."""
        claimed = []
        with self.desk.ledger.write(self.now) as writer:
            for row in rows:
                if self.budget.allows(row.kind, row.audience, row.recipient):
                    self.budget.spend(row.kind, row.audience, row.recipient)
                    claimed.append(find(writer.connection, row.id))
                    change(writer, row.id, state=OutboxState.CLAIMED, claimed_at=self.now)
                else:
                    tomorrow = _midnight(self.desk, self.now + timedelta(days=1))
                    change(writer, row.id, not_before=tomorrow)
                    writer.record("mail-over-budget", outbox=row.id, mail=row.kind)
        return claimed

    def _give_back(self, rows: list[Row[Any]]) -> None:
        """Plan again what was claimed and not tried: it counts as no attempt."""
        if rows:
            with self.desk.ledger.write(self.now) as writer:
                for row in rows:
                    if find(writer.connection, row.id).state == OutboxState.CLAIMED:
                        change(writer, row.id, state=row.state)

    async def _send_one(self, row: Row[Any]) -> str:
        mailbox = self.desk.config.mailbox.address
        witness = mailbox if row.audience == Audience.WRITER else None
        opened = await self.transport.address(mailbox, row.recipient, witness)
        if isinstance(opened, Outcome):
            return self._conclude(row, opened)
        with self.desk.ledger.write(self.now) as writer:
            change(writer, row.id, state=OutboxState.HANDING_OVER, handed_over_at=self.now)
        return self._conclude(row, await self.transport.data(row.raw, witnessed=opened))

    def _conclude(self, row: Row[Any], outcome: Outcome) -> str:
        attempts = row.attempts + 1
        state = OutboxState(outcome.ending)
        if outcome.ending is Ending.LATER and attempts >= ATTEMPTS:
            state = OutboxState.REFUSED
        said = f"{outcome.phase}: {outcome.answer}"
        with self.desk.ledger.write(self.now) as writer:
            row = find(writer.connection, row.id)
            change(writer, row.id, attempts=attempts)
            if outcome.throttled:
                self._go_slower(writer, said)
            elif outcome.ending is Ending.ACCEPTED and not self.well:
                take_away(writer, THROTTLED)
                put(writer, SENT)
                self.well = True
            if state is OutboxState.LATER:
                change(writer, row.id, state=state, not_before=self.now + pause_after(attempts), answer=said)
                writer.record("mail-later", letter=row.letter, outbox=row.id, answer=said)
            else:
                settle(writer, row, state, said)
        return state

    def _go_slower(self, writer: Writer, said: str) -> None:
        """Wait longer each time that the server asks for it in a row."""
        before = stands(writer.connection, THROTTLED)
        times = 1 + (int(before.detail) if before is not None else 0)
        put(writer, THROTTLED, until=self.now + pause_after(times), detail=str(times))
        writer.record("sending-throttled", answer=said, minutes=pause_after(times).total_seconds() // 60)
        self.slower = True


def _login(desk: Desk) -> SmtpLogin:
    smtp = desk.config.mailbox.smtp
    return SmtpLogin(
        smtp.host, smtp.port, smtp.security, smtp.username, smtp.password, smtp.ca_file, smtp.timeout_seconds
    )
