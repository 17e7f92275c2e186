"""A ledger of some years: letters that were closed long ago with all that they left behind, and a few that are open.

Receives a desk and how many letters; hands on rows put in by the thousand, past the code but not past the guards. And a
pass without the IMAP server, for whoever asks what it costs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from mailbox_worker.ledger.letters import NAMES
from mailbox_worker.ledger.tables import arrivals, letters, nudges, outbox, requests
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.loop import tick
from tests.mailbox_worker.desk_at_work import NOW, WRITER
from tests.mailbox_worker.ledger.office_with_a_letter import as_letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Table

    from mailbox_worker.desk import Desk

BATCH = 2_000
LEFT_BEHIND = (  # by each letter: kind, audience, person
    (MailKind.ACKNOWLEDGEMENT, "writer", None),
    (MailKind.DRAFT_REQUEST, "staff", "wang-fang"),
    (MailKind.SIGN_OFF_REQUEST, "staff", "chen-jing"),
    (MailKind.REMINDER, "staff", "wang-fang"),
    (MailKind.SURVEY, "writer", None),
)
ONE_REFUSED_IN = 200


def grow(desk: Desk, closed: int, open_: int) -> None:
    """Put letters into an empty ledger: some open, the others closed long ago."""
    for start in range(0, closed + open_, BATCH):
        turns = range(start, min(start + BATCH, closed + open_))
        with desk.ledger.write(NOW) as writer:
            rows: dict[Table, list[dict[str, Any]]] = {
                arrivals: [_arrival(turn) for turn in turns],
                letters: [_letter(desk, turn, closed=turn < closed) for turn in turns],
                outbox: [row for turn in turns for row in _mails(turn, closed=turn < closed)],
                requests: [row for turn in turns for row in _requests(turn, closed=turn < closed)],
                nudges: [_nudge(turn) for turn in turns if turn < closed],
            }
            for table, some in rows.items():
                if some:
                    writer.connection.execute(insert(table), some)
            for turn in turns:
                writer.record("letter-logged", letter=_number(turn))


def one_pass(desk: Desk, now: datetime) -> None:
    """Do a pass; the desk's IMAP server cannot be reached, which costs next to nothing."""
    tick(desk, now)


def _number(turn: int) -> str:
    return f"2025-{turn:06}"


def _arrival(turn: int) -> dict[str, Any]:
    return {
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


def _letter(desk: Desk, turn: int, *, closed: bool) -> dict[str, Any]:
    letter = as_letter(
        _number(turn),
        turn + 1,
        state=LetterState.CLOSED if closed else LetterState.DRAFTING,
        answered_at=NOW if closed else None,
        workday_table=desk.content.workdays.version,
        text="我的车险被拒赔。" * 40,
    )
    values = {name: getattr(letter, name) for name in NAMES}
    return {**values, "restricted": [], "greeted": [], "urgent": []}


def _mails(turn: int, *, closed: bool) -> Iterator[dict[str, Any]]:
    for kind, audience, person in LEFT_BEHIND if closed else LEFT_BEHIND[:2]:
        refused = kind is MailKind.DRAFT_REQUEST and turn % ONE_REFUSED_IN == 0
        yield {
            "key": f"{kind}:{turn}",
            "kind": kind,
            "audience": audience,
            "letter": _number(turn),
            "person": person,
            "recipient": WRITER if person is None else f"{person}@bureau.example",
            "arguments": {},
            "state": "refused" if refused else "accepted",
            "message_id": f"<{kind}.{turn}@bureau.example>",
            "planned_at": NOW,
            "not_before": NOW,
            "handed_over_at": NOW,
            "settled_at": NOW,
            "attempts": 1,
            "unknowns": 0,
        }


def _requests(turn: int, *, closed: bool) -> Iterator[dict[str, Any]]:
    for kind in (MailKind.DRAFT_REQUEST, MailKind.SIGN_OFF_REQUEST) if closed else (MailKind.DRAFT_REQUEST,):
        yield {
            "kind": kind,
            "about": "draft",
            "letter": _number(turn),
            "person": "wang-fang",
            "token_digest": f"{kind}{turn:040}",
            "message_id": f"<{kind}.{turn}@bureau.example>",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=60),
            "closed_at": NOW if closed else None,
            "closed_by": "decided" if closed else None,
        }


def _nudge(turn: int) -> dict[str, Any]:
    return {"letter": _number(turn), "action": "remind", "on": NOW.date(), "person": "wang-fang", "at": NOW}
