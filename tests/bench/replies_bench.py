"""Replies per second against bare aiosmtplib on one kept connection, and what a pass costs with many closed letters.

Receives nothing; hands on lines. Both measurements are ratios to a floor of the same run, on SQLite in a folder of its
own and a local SMTP server.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from aiosmtplib import SMTP
from sqlalchemy import insert

from mailbox_worker.deadlines.watching import watch
from mailbox_worker.ledger.outbox import in_states
from mailbox_worker.ledger.tables import arrivals, letters
from mailbox_worker.ledger.vocabulary import LetterState, OutboxState
from mailbox_worker.reply.bounces import handle_bounces
from mailbox_worker.reply.making import make_planned
from mailbox_worker.reply.sending import send_due, take_up_after_crash
from mailbox_worker.reply.settling import settle_unknown
from mailbox_worker.reply.silence import ring_for_urgent, watch_over_silence
from mailbox_worker.sign_off.answers import handle_answers
from mailbox_worker.statistics.publishing import publish
from tests.mailbox_worker.desk_at_work import NOW, RAW, WRITER, approved_reply, open_desk
from tests.mailbox_worker.ledger.office_with_a_letter import as_letter
from tests.servers.certificates import throw_away_tls
from tests.servers.failing_smtp import HOST, FailingSmtp
from tests.servers.postfix import Postfix

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailbox_worker.desk import Desk
    from tenday.demonstration.mail_town import Tls

REPLIES = 200
OPEN, FEW, MANY = 200, 1_000, 100_000
ROUNDS = 5
BATCH = 2_000


def main() -> list[str]:
    """Measure; gives one line a measurement."""
    return [*_replies(), _passes(FEW, MANY)]


def _replies() -> list[str]:
    """Send the same bytes to the same two recipients on one connection, bare and with all that the worker does.

    The bar is for a real server: Postfix over TLS, which like our ledger has a mail on disk before it says so. The
    other line is the program alone, in memory, against a server that keeps nothing and answers at once.
    """
    memory = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108 - nothing secret, and gone at the end
    with FailingSmtp({}) as sink:
        alone = _sent("replies, in memory to a server that keeps nothing", sink.port, memory)
        try:
            with throw_away_tls() as tls, Postfix(sink.port, tls, onward_tls=False) as postfix:
                real = _sent("replies, on disk to Postfix over TLS", postfix.port, None, tls)
        except pytest.skip.Exception as lacking:
            return [f"replies to Postfix: not measured ({lacking})", alone]
    return [f"{real}; at least 0.3", alone]


def _sent(what: str, port: int, place: Path | None, tls: Tls | None = None) -> str:
    with TemporaryDirectory(dir=place) as folder, open_desk(Path(folder), port, timeout=60, tls=tls) as desk:
        for turn in range(REPLIES):
            approved_reply(desk, message_id=f"<{turn}@bureau.example>", not_before=NOW)
        asyncio.run(_bare(port, tls))  # the server's processes are up then, for both
        bare = _seconds(lambda: asyncio.run(_bare(port, tls)))
        ours = _seconds(lambda: send_due(desk, NOW))
        with desk.ledger.read() as connection:
            assert len(in_states(connection, [OutboxState.ACCEPTED])) == REPLIES
    ratio = f"{bare / ours:.2f} of bare aiosmtplib ({REPLIES / bare:.0f} a second)"
    return f"{what}: {REPLIES / ours:.0f} a second, {ratio}"


async def _bare(port: int, tls: Tls | None) -> None:
    context = None if tls is None else tls.for_clients()
    client = SMTP(hostname=HOST, port=port, start_tls=tls is not None, tls_context=context)
    await client.connect()
    for _ in range(REPLIES):
        await client.sendmail("director@bureau.example", [WRITER, "director@bureau.example"], RAW)
    await client.quit()


def _passes(few: int, many: int) -> str:
    with TemporaryDirectory() as folder:
        costs = []
        for closed in (few, many):
            (Path(folder) / str(closed)).mkdir()
            with open_desk(Path(folder) / str(closed)) as desk:
                _fill(desk, closed)
                now = NOW + timedelta(hours=2)
                one_pass(desk, now)
                costs.append(min(_seconds(lambda: one_pass(desk, now)) for _ in range(ROUNDS)))  # noqa: B023
    ratio = f"{costs[1] / costs[0]:.2f} times one with {few:,}"
    return f"a pass with {many:,} closed and {OPEN} open letters: {costs[1] * 1000:.1f} ms, {ratio} (at most 1.3)"


def one_pass(desk: Desk, now: datetime) -> None:
    """Run every stage but the IMAP one: nothing has arrived."""
    take_up_after_crash(desk, now)
    handle_answers(desk, now)
    handle_bounces(desk, now)
    settle_unknown(desk, now)
    watch(desk, now)
    ring_for_urgent(desk, now)
    make_planned(desk, now)
    send_due(desk, now)
    publish(desk, now)
    watch_over_silence(desk, now, [])


def _fill(desk: Desk, closed: int) -> None:
    """Put letters into a ledger: some open, the others closed long ago."""
    version = desk.content.workdays.version
    with desk.ledger.write(NOW) as writer:
        rows: list[dict[str, object]] = []
        wanted: list[dict[str, object]] = []
        for turn in range(closed + OPEN):
            done = turn < closed
            rows.append(
                {
                    "id": turn + 1,
                    "sha256": f"{turn:064}",
                    "internaldate": NOW,
                    "size": 1,
                    "logged_at": NOW,
                    "attempts": 1,
                    "quarantined": False,
                    "disposition": "letter",
                    "filed_at": NOW,
                }
            )
            letter = as_letter(
                f"2025-{turn:06}",
                turn + 1,
                state=LetterState.CLOSED if done else LetterState.DRAFTING,
                answered_at=NOW if done else None,
                workday_table=version,
                text="我的车险被拒赔。" * 40,
            )
            values = {name: getattr(letter, name) for name in letters.columns.keys()}  # noqa: SIM118 - not a dict
            lists: dict[str, object] = {"restricted": [], "greeted": [], "urgent": []}
            wanted.append({**values, **lists})
            if len(rows) == BATCH or turn == closed + OPEN - 1:
                writer.connection.execute(insert(arrivals), rows)
                writer.connection.execute(insert(letters), wanted)
                rows.clear()
                wanted.clear()
        for turn in range(closed + OPEN):
            writer.record("letter-logged", letter=f"2025-{turn:06}")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
