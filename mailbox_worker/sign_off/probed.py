"""What `doctor --probe` found out about the mail server and a person's proofs; written there, asked at each answer."""

from sqlalchemy import Connection, select

from mailbox_worker.ledger.tables import probes


def probed_position(connection: Connection, person: str) -> int | None:
    """Give where the pinned Authentication-Results stood in a genuine mail of this person; None before a probe."""
    query = select(probes.c.position).where(
        probes.c.person == person, probes.c.proof == "authentication-results", probes.c.holds.is_(True)
    )
    return connection.execute(query.order_by(probes.c.id.desc())).scalars().first()
