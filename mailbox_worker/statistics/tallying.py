"""Keep one narrow row a letter for the figures, and sum them up in SQL.

Receives the events since the last count; hands on a Summary. A letter is looked at again only when something has
happened to it, so that a hundred thousand closed ones cost one scan of narrow rows, once a change. The rows are
derived: they can be thrown away and are made again from the letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, select

from bureau.promise import due
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.standing import put, stands
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import events, heads, letters, outbox, tallies, votes
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, OutboxState

TALLIED = "tallied"  # up to which event the rows are true
PUBLISHED = "published"  # up to which event, and for which day, the figures were written
BATCH = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the figures are made of; `took` are (days, letters) of answered letters, in order of days."""

    received: int
    people: int
    set_aside: int
    answered: int
    on_time: int
    put_off: int
    overdue_open: int
    since: date
    oldest_open: date | None
    took: tuple[tuple[int, int], ...]
    surveys: int
    votes: int
    satisfied: int


def is_counted(desk: Desk, today: date) -> bool:
    """Tell whether the figures were written for this day and nothing has happened since."""
    with desk.ledger.read() as connection:
        written = stands(connection, PUBLISHED)
        return written is not None and written.detail == _now_is(connection, today)


def mark_counted(desk: Desk, now: datetime) -> None:
    """Remember what the figures were written from."""
    with desk.ledger.write(now) as writer:
        put(writer, PUBLISHED, detail=_now_is(writer.connection, desk.day(now)))


def bring_up_to_date(desk: Desk, now: datetime) -> None:
    """Tally every letter that something has happened to; all of them where rows are missing."""
    with desk.ledger.read() as connection:
        done = stands(connection, TALLIED)
        seq = int(connection.execute(select(heads.c.seq)).scalar_one())
        since = int(done.detail) if done is not None else 0
        touched = select(events.c.letter).where(events.c.seq > since, events.c.letter.is_not(None)).distinct()
        numbers = [str(number) for number in connection.execute(touched).scalars()]
    if numbers:
        with desk.ledger.write(now) as writer:
            _tally(desk, writer, numbers)
            put(writer, TALLIED, detail=str(seq))


def summary(connection: Connection, today: date) -> Summary | None:
    """Sum the rows up; None when there is no letter."""
    kept, open_ = tallies.c.set_aside.is_(False), tallies.c.answered_on.is_(None)
    in_time = tallies.c.answered_on <= tallies.c.promised_on  # never by putting it off (延期)
    row = connection.execute(
        select(
            func.count().label("received"),
            func.coalesce(func.sum(tallies.c.people), 0).label("people"),
            _sum(~kept).label("set_aside"),
            _sum(kept & ~open_).label("answered"),
            _sum(kept & ~open_ & in_time).label("on_time"),
            _sum(kept & ~open_ & ~in_time & (tallies.c.answered_on <= tallies.c.due_on)).label("put_off"),
            _sum(kept & open_ & (tallies.c.due_on < today)).label("overdue_open"),
            _sum(tallies.c.surveyed.is_(True)).label("surveys"),
            func.min(tallies.c.received_on).label("since"),
            func.min(case((kept & open_, tallies.c.received_on))).label("oldest_open"),
        )
    ).one()
    if not row.received:
        return None
    took = select(tallies.c.days, func.count()).where(kept, ~open_).group_by(tallies.c.days).order_by(tallies.c.days)
    by_vote = select(votes.c.vote, func.count()).group_by(votes.c.vote)
    cast = {str(vote): int(letters_) for vote, letters_ in connection.execute(by_vote)}
    return Summary(
        received=row.received,
        people=int(row.people),
        set_aside=row.set_aside,
        answered=row.answered,
        on_time=row.on_time,
        put_off=row.put_off,
        overdue_open=row.overdue_open,
        since=row.since,
        oldest_open=row.oldest_open,
        took=tuple((int(days), int(letters_)) for days, letters_ in connection.execute(took)),
        surveys=row.surveys,
        votes=sum(cast.values()),
        satisfied=cast.get("satisfied", 0),
    )


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _now_is(connection: Connection, today: date) -> str:
    return f"{connection.execute(select(heads.c.hash)).scalar_one()} {today}"


def _tally(desk: Desk, writer: Writer, numbers: Sequence[str]) -> None:
    names = ("number", "received_at", "promise", "due_on", "extended_days", "answered_at", "state", "people")
    columns = [letters.c[name] for name in names]
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        rows: list[Row[Any]] = list(writer.connection.execute(select(*columns).where(letters.c.number.in_(batch))))
        writer.connection.execute(delete(tallies).where(tallies.c.letter.in_(batch)))
        surveyed = _surveyed(writer.connection, batch)
        if rows:
            found = [_row(desk, row) | {"surveyed": row.number in surveyed} for row in rows]
            writer.connection.execute(insert(tallies), found)


def _surveyed(connection: Connection, numbers: Sequence[str]) -> set[str]:
    query = select(outbox.c.letter).where(
        outbox.c.letter.in_(numbers), outbox.c.kind == MailKind.SURVEY, outbox.c.state == OutboxState.ACCEPTED
    )
    return set(connection.execute(query).scalars())


def _row(desk: Desk, row: Row[Any]) -> dict[str, Any]:
    received = desk.day(row.received_at)
    answered = desk.day(row.answered_at) if row.answered_at is not None else None
    promised = row.due_on
    if row.extended_days:
        promised = due(row.received_at, desk.promise(row.promise), desk.content.workdays, desk.zone).due_on
    return {
        "letter": row.number,
        "received_on": received,
        "promised_on": promised,
        "due_on": row.due_on,
        "answered_on": answered,
        "days": (answered - received).days if answered is not None else None,
        "people": row.people,
        "set_aside": row.state == LetterState.SET_ASIDE,
    }
