"""What the ledger shows of letters: the JSON of `mail list` and `mail show` (contract), and tables for people.

Receives the ledger; hands on plain values. Changes nothing.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bureau.promise import is_late
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import raw_of, size_of
from mailbox_worker.ledger.letters import Letter, drafts_of, find_letter, letters_in
from mailbox_worker.ledger.tables import arrivals, event_data, events, outbox
from mailbox_worker.ledger.vocabulary import QUARANTINED, LetterState
from mailbox_worker.letter.rights import who_signs_off
from mailbox_worker.mail.read import read_mail
from mailbox_worker.mail.words import words
from mailbox_worker.showing_sign_offs import sign_offs_of, told


def listed(desk: Desk, letter: Letter, now: datetime) -> dict[str, Any]:
    """Give one row of `mail list`."""
    answered = desk.day(letter.answered_at) if letter.answered_at is not None else None
    aside = letter.state is LetterState.SET_ASIDE
    in_charge = who_signs_off(desk.content.staff, letter.category, letter.restricted, desk.config.away)
    return {
        "number": letter.number,
        "state": letter.state,
        "category": letter.category,
        "in_charge": in_charge.id,
        "received_at": letter.received_at.astimezone(desk.zone).isoformat(),
        "due_on": letter.due_on.isoformat(),
        "work_by": letter.work_by.isoformat(),
        "answered_at": letter.answered_at.astimezone(desk.zone).isoformat() if letter.answered_at else None,
        "late": not aside and is_late(letter.due_on, answered, desk.day(now)),
        "late_reason": letter.late_reason,
        "subject": letter.subject,
        "from": letter.writer_address,
        "people": letter.people,
    }


def list_letters(desk: Desk, now: datetime) -> list[dict[str, Any]]:
    """Give every letter, in the order of logging."""
    with desk.ledger.read() as connection:
        return [listed(desk, letter, now) for letter in letters_in(connection)]


def show_letter(desk: Desk, number: str, now: datetime) -> dict[str, Any] | None:
    """Give one letter's whole story; None when there is no such letter."""
    with desk.ledger.read() as connection:
        letter = find_letter(connection, number)
        if letter is None:
            return None
        return listed(desk, letter, now) | {
            "text": letter.text,
            "fields": letter.fields,
            **_read_again(connection, letter),
            "drafts": [
                {"version": d.version, "author": d.author, "purpose": d.purpose, "text": d.text, "sha256": d.digest}
                for d in drafts_of(connection, number)
            ],
            "sign_offs": sign_offs_of(desk, connection, number),
            "events": _events(desk, connection, number),
            "mails": _mails(desk, connection, number),
        }


def _read_again(connection: Connection, letter: Letter) -> dict[str, Any]:
    """Give what came with the letter, and how far its mail could be read; the ledger has all of its bytes."""
    raw = raw_of(connection, letter.arrival)
    size = size_of(connection, letter.arrival)
    mail = read_mail(raw)
    return {
        "attachments": [{"name": a.name, "size": a.size, "sha256": a.sha256} for a in mail.attachments],
        "size": size,
        "unread": max(size - len(raw), 0),
        "notes": list(mail.notes),
    }


def _events(desk: Desk, connection: Connection, number: str) -> list[dict[str, Any]]:
    query = (
        select(events, event_data.c.by, event_data.c.data)
        .select_from(events.outerjoin(event_data, events.c.seq == event_data.c.seq))
        .where(events.c.letter == number)
        .order_by(events.c.seq)
    )
    return [
        {
            "seq": row.seq,
            "at": row.at.astimezone(desk.zone).isoformat(),
            "kind": row.kind,
            "by": row.by,
            "data": json.loads(row.data) if row.data is not None else None,
        }
        for row in connection.execute(query)
    ]


def _mails(desk: Desk, connection: Connection, number: str) -> list[dict[str, Any]]:
    came = connection.execute(select(arrivals).where(arrivals.c.letter == number)).all()
    went = connection.execute(select(outbox).where(outbox.c.letter == number)).all()
    mails = [
        {
            "direction": "in",
            "kind": row.disposition,
            "purpose": None,
            "message_id": row.message_id,
            "state": QUARANTINED if row.quarantined else "logged",
            "at": row.received_at or row.internaldate,
        }
        for row in came
    ] + [
        {
            "direction": "out",
            "kind": row.kind,
            "purpose": row.purpose,
            "message_id": row.message_id,
            "state": row.state,
            "at": row.settled_at or row.not_before,
        }
        for row in went
    ]
    mails.sort(key=lambda mail: mail["at"])
    return [{**mail, "at": mail["at"].astimezone(desk.zone).isoformat()} for mail in mails]


def table_of(rows: list[dict[str, Any]]) -> list[str]:
    """Write `mail list` for people; states in the office's words, late letters marked."""
    line = words("show")["row"]
    return [line.format(**row | _said_of(row)) for row in rows]


def story_of(shown: dict[str, Any]) -> str:
    """Write `mail show` for people: the facts, the letter, the drafts, what happened, the mails."""
    say = words("show")
    lines = [
        *(line.format(**shown | _said_of(shown)) for line in say["facts"]),
        *([say["late-reason"].format(**shown)] if shown["late_reason"] else []),
        say["subject"].format(**shown),
        *_cut(shown),
        *(say["attachment"].format(name=a["name"], size=a["size"], digest=_begun(a)) for a in shown["attachments"]),
        "",
        shown["text"].strip(),
    ]
    for draft in shown["drafts"]:
        head = say["draft"].format(version=draft["version"], author=draft["author"], digest=_begun(draft))
        lines += ["", head, draft["text"]]
    for sign_off in shown["sign_offs"]:
        lines += ["", *told(sign_off)]
    lines += ["", *(f"{e['at'][:16]}  {e['kind']}  {e['by'] or '—'}" for e in shown["events"])]
    arrows = {"in": "→", "out": "←"}
    lines += ["", *(f"{m['at'][:16]}  {arrows[m['direction']]} {m['kind']}  {m['state']}" for m in shown["mails"])]
    return "\n".join(lines)


def _said_of(row: dict[str, Any]) -> dict[str, str]:
    return {
        "state": words("states")[row["state"]],
        "late": words("show")["late"] if row["late"] else "",
        "received": row["received_at"][:16],
        "from": row["from"] or "—",
    }


def _begun(file: dict[str, Any]) -> str:
    """Give as much of a digest as people compare."""
    return str(file["sha256"][:16])


def _cut(shown: dict[str, Any]) -> list[str]:
    if not shown["unread"]:
        return []
    sizes = {name: f"{shown[of] / 2**20:.1f} MiB" for name, of in (("whole", "size"), ("unread", "unread"))}
    return [words("show")["cut"].format(**sizes)]
