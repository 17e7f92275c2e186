"""Replies per second against bare aiosmtplib on one kept connection.

Receives nothing; hands on lines. The measurements are ratios to a floor of the same run, on SQLite in a folder of its
own and a local SMTP server.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from aiosmtplib import SMTP

from mailbox_worker.ledger.outbox import in_states
from mailbox_worker.ledger.vocabulary import OutboxState
from mailbox_worker.reply.sending import send_due
from tests.mailbox_worker.desk_at_work import NOW, RAW, WRITER, approved_reply, open_desk
from tests.servers.certificates import throw_away_tls
from tests.servers.failing_smtp import HOST, FailingSmtp
from tests.servers.postfix import Postfix

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenday.demonstration.mail_town import Tls

REPLIES = 200
ROUNDS = 5
BATCH = 2_000


def main() -> list[str]:
    """Measure; gives one line a measurement."""
    return [*_replies()]


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


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
