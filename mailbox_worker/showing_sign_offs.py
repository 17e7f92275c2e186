"""Each sign-off of a letter as `mail show` tells it: who, by which proof, and whether what went out is what was signed.

Receives the open ledger; hands on plain documents and lines. The digest is reckoned anew from the bytes in the outbox.
"""

from typing import Any

from sqlalchemy import Connection, Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Draft, drafts_of
from mailbox_worker.ledger.tables import outbox, sign_offs
from mailbox_worker.letter.sent_bytes import digest_of_bytes
from mailbox_worker.mail.words import words


def sign_offs_of(desk: Desk, connection: Connection, number: str) -> list[dict[str, Any]]:
    """Give a letter's sign-offs, oldest first; `sent` are the replies made from each."""
    drafts = {draft.digest: draft for draft in drafts_of(connection, number)}
    query = select(sign_offs).where(sign_offs.c.letter == number).order_by(sign_offs.c.id)
    return [
        {
            "version": row.draft_version,
            "sha256": row.digest,
            "by": row.person,
            "at": row.at.astimezone(desk.zone).isoformat(),
            "recipient": row.recipient,
            "proof": row.proof,
            "evidence": row.evidence,
            "header": row.header,
            "sent": [_sent(reply, drafts[row.digest]) for reply in _replies(connection, row.id)],
        }
        for row in connection.execute(query)
    ]


def told(sign_off: dict[str, Any]) -> list[str]:
    """Write a sign-off for people: what was signed, by whom, what proved it, and what became of the text."""
    says = words("shown")
    lines = [says["sign-off"].format(**sign_off)]
    if sign_off["header"]:
        lines.append(says["header"].format(header=" ".join(sign_off["header"].split())))
    if not sign_off["sent"]:
        lines.append(says["not-made"])
    sent = (says["as-signed" if reply["as_signed"] else "not-as-signed"].format(**reply) for reply in sign_off["sent"])
    return [*lines, *sent]


def _replies(connection: Connection, sign_off: int) -> list[Row[Any]]:
    query = select(outbox).where(outbox.c.sign_off == sign_off, outbox.c.raw.is_not(None)).order_by(outbox.c.id)
    return list(connection.execute(query).all())


def _sent(reply: Row[Any], draft: Draft) -> dict[str, Any]:
    digest = digest_of_bytes(reply.raw, reply.letter, reply.purpose, draft.text)
    return {
        "message_id": reply.message_id,
        "state": reply.state,
        "sha256": digest,
        "as_signed": digest == draft.digest,
    }
