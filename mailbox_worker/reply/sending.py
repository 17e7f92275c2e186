"""Hand mail over, one at a time, with a committed mark before each step that cannot be undone.

Receives rows with bytes; hands on rows settled as accepted, later, refused or unknown. `claimed` after a crash
is planned again; `handing_over` after a crash is unknown: the server may have the mail. An unknown reply is
never sent again by itself. One commit a mail: how the last one ended is written down together with the mark of the
next, or by itself when the server lets us wait; never does more than one mail stand as `handing_over`. Brakes: a
person's hold stops mail to writers, a server that wants us slower stops all, a day's budget stops what is beyond it,
and what is beyond a minute's pace waits for a later pass.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailbox_worker.condition import SMTP_CERTIFICATE
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import (
    bytes_of,
    change,
    change_all,
    due_now,
    find,
    find_all,
    handed_over_since,
    in_states,
)
from mailbox_worker.ledger.standing import HOLD, SENT, THROTTLED, put, stands, take_away
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import Audience, MailKind, OutboxState
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.mail.smtp_endings import Ending, Outcome
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.budgets import Budget
from mailbox_worker.reply.concluding import conclude, state_after
from mailbox_worker.reply.envelope import envelope_sender, smtp_login
from mailbox_worker.reply.settling import settle

FIRST, LAST = 0, 2  # answers that people signed go first, what a machine writes to writers last
CLAIMED_AT_ONCE = 20
MINUTE = timedelta(minutes=1)
PATIENCE = 0.5  # seconds that a known ending may wait for the next mail's mark


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
        todo = _in_order(connection, now)[: _pace(desk, connection, now)]
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


def _pace(desk: Desk, connection: Connection, now: datetime) -> int | None:
    """Give how many mails may go in this pass, so that no minute sees more than the server allows; None: any number."""
    allowed = desk.config.mailbox.smtp.mails_per_minute
    if allowed is None:
        return None
    lately = sum(int(row.mails) for row in handed_over_since(connection, now - MINUTE + timedelta.resolution))
    return max(0, allowed - lately)


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
        self.transport = Transport(smtp_login(desk.config.mailbox))
        self.ended: tuple[int, Outcome] | None = None  # how the last mail ended, not yet in the ledger
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
                    await self._send_one(claimed[0])
                    claimed.pop(0)
        except ServerTrouble as trouble:
            return self.counted, trouble
        except asyncio.CancelledError:  # the service is to stop at once: no goodbye to a server that does not answer
            self.transport.break_off()
            raise
        finally:
            try:
                self._give_back(claimed)
            finally:
                await self.transport.close()
        return self.counted, None

    def _claim(self, rows: list[Row[Any]]) -> list[Row[Any]]:
        """Mark mails as being tried, all but those beyond today's budget."""
        tomorrow = _midnight(self.desk, self.now + timedelta(days=1))
        with self._writing() as writer:
            within = [row.id for row in rows if self._may_go(row)]
            known = find_all(writer.connection, within)
            change_all(writer, within, state=OutboxState.CLAIMED, claimed_at=self.now)
            for row in rows:
                if row.id not in known:
                    change(writer, row.id, not_before=tomorrow)
                    writer.record("mail-over-budget", outbox=row.id, mail=row.kind)
        return [known[mail] for mail in within]

    def _may_go(self, row: Row[Any]) -> bool:
        allowed = self.budget.allows(row.kind, row.audience, row.recipient)
        if allowed:
            self.budget.spend(row.kind, row.audience, row.recipient)
        return allowed

    def _give_back(self, rows: list[Row[Any]]) -> None:
        """Write the last ending down, and plan again what was claimed and not tried: it counts as no attempt."""
        if rows or self.ended is not None:
            with self._writing() as writer:
                for row in rows:
                    if find(writer.connection, row.id).state == OutboxState.CLAIMED:
                        change(writer, row.id, state=row.state)

    async def _send_one(self, row: Row[Any]) -> None:
        mailbox = self.desk.config.mailbox.address
        witness = mailbox if row.audience == Audience.WRITER else None
        sender = envelope_sender(self.desk.config, row.kind, row.message_id)
        opened = await self._patiently(self.transport.address(sender, row.recipient, witness))
        if isinstance(opened, Outcome):
            outcome = opened
        else:
            with self._writing() as writer:
                change(writer, row.id, state=OutboxState.HANDING_OVER, handed_over_at=self.now)
                raw = bytes_of(writer.connection, row.id)
            outcome = await self.transport.data(raw, witnessed=opened)
        self._note(row, outcome)

    async def _patiently(self, opening: Coroutine[Any, Any, Outcome | bool]) -> Outcome | bool:
        """Wait for the server; a known ending does not wait with us for long."""
        if self.ended is None:
            return await opening
        task = asyncio.ensure_future(opening)
        if not (await asyncio.wait({task}, timeout=PATIENCE))[0]:
            self._give_back([])
        return await task

    def _note(self, row: Row[Any], outcome: Outcome) -> None:
        """Keep how a mail ended until the next commit, which is the next mail's mark or the round's end."""
        if self.ended is not None:  # the mail ended before it had a mark of its own
            self._give_back([])
        self.ended = (row.id, outcome)
        self.slower = self.slower or outcome.throttled
        self.counted[state_after(row, outcome)] += 1

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        """Open a transaction that also writes down how the last mail ended."""
        with self.desk.ledger.write(self.now) as writer:
            if self.ended is not None:
                mail, outcome = self.ended
                conclude(writer, mail, outcome)
                if outcome.ending is Ending.ACCEPTED and not self.well:
                    take_away(writer, THROTTLED)
                    put(writer, SENT)
                    if self.transport.certificate_until is not None:
                        put(writer, SMTP_CERTIFICATE, until=self.transport.certificate_until)
                    self.well = True
            yield writer
        self.ended = None
