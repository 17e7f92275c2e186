"""Why a mail is what it is: the rule that decided, the header line that it went by, and what else hit.

Receives the number of a letter or of a mail; hands on plain values, and text for people. Changes nothing.
"""

from typing import Any

from sqlalchemy import select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.vocabulary import QUARANTINED, Disposition
from mailbox_worker.mail.words import words

WAITING = (QUARANTINED, Disposition.TO_PERSON)  # for a person's word


def explain(desk: Desk, which: str) -> list[dict[str, Any]]:
    """Tell which rule, and which header line, made a mail what it is: the mail of this number, or all of a letter."""
    wanted = arrivals.c.id == int(which) if which.isdecimal() else arrivals.c.letter == which
    with desk.ledger.read() as connection:
        rows = connection.execute(select(arrivals).where(wanted).order_by(arrivals.c.id)).all()
    return [
        {
            "arrival": row.id,
            "at": (row.received_at or row.internaldate).astimezone(desk.zone).isoformat(),
            "message_id": row.message_id,
            "letter": row.letter,
            "disposition": QUARANTINED if row.quarantined else row.disposition,
            "rule": row.rule,
            "headers": row.headers or [],
            "hits": row.hits or [],
            "reason": row.reason,
        }
        for row in rows
    ]


def explanation_of(explained: list[dict[str, Any]]) -> str:
    """Write `mail explain` for people."""
    say, blocks = words("explain"), []
    for row in explained:
        kind = say["dispositions"].get(row["disposition"], say["unsorted"])
        lines = [say["mail"].format(number=row["arrival"], at=row["at"][:16].replace("T", " "), kind=kind)]
        if row["rule"] is not None:
            lines.append(say["rule"].format(rule=row["rule"], meaning=say["rules"][row["rule"]]))
        lines += [say["header"].format(line=line) for line in row["headers"]]
        others = [name for name in row["hits"] if name != row["rule"]]
        lines += [say["also"].format(rules="、".join(others))] if others else []
        lines += [say["quarantined"].format(reason=row["reason"])] if row["disposition"] == QUARANTINED else []
        lines += [say["release"].format(number=row["arrival"])] if row["disposition"] in WAITING else []
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
