"""Keep one narrow row a letter for the figures, and the sums of them.

Receives the events since the last count; hands on a Summary. A letter is looked at again only when something has
happened to it, and what that changes is carried into the sums, so that a hundred thousand closed ones cost nothing.
Rows and sums are derived: without the mark up to where they are true, both are made again from the letters.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bureau.promise import due
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.standing import put, stands
from mailbox_worker.ledger.tables import events, heads, letters, outbox, sums, tallies, votes
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, OutboxState, Outcome

TALLIED = "tallied"  # up to which event the rows are true
PUBLISHED = "published"  # up to which event, and for which day, the figures were written
BATCH = 500
ALIKE = ("outcome", "days", "surveyed", "vote")  # letters that are the same in these are one row of the sums
ANSWERED = (Outcome.ON_TIME, Outcome.PUT_OFF, Outcome.LATE)


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
            if done is None:
                writer.connection.execute(delete(tallies))
                writer.connection.execute(delete(sums))
            for start in range(0, len(numbers), BATCH):
                tally(writer.connection, _rows(desk, writer.connection, numbers[start : start + BATCH]))
            put(writer, TALLIED, detail=str(seq))


def outcome_of(promised_on: date, due_on: date, answered_on: date | None, *, set_aside: bool) -> Outcome:
    """Tell what became of a letter; put off (延期) is what was answered in time only because of that."""
    if set_aside:
        return Outcome.SET_ASIDE
    if answered_on is None:
        return Outcome.OPEN
    if answered_on <= promised_on:
        return Outcome.ON_TIME
    return Outcome.PUT_OFF if answered_on <= due_on else Outcome.LATE


def tally(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of what was tallied of the same letters, and carry the difference into the sums."""
    if not rows:
        return
    same = tallies.c.letter.in_([row["letter"] for row in rows])
    before = connection.execute(select(tallies).where(same)).mappings().all()
    connection.execute(delete(tallies).where(same))
    connection.execute(insert(tallies), rows)
    count_, people = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for sign, some in ((-1, before), (1, rows)):
        for row in some:
            alike = tuple(row[name] for name in ALIKE)
            count_[alike] += sign
            people[alike] += sign * row["people"]
    for alike in count_:
        if count_[alike] or people[alike]:
            _add(connection, dict(zip(ALIKE, alike, strict=True)), count_[alike], people[alike])


def summary(connection: Connection, today: date) -> Summary | None:
    """Give the sums; None when there is no letter. Only open letters are asked for one by one."""
    rows = connection.execute(select(sums).where(sums.c.letters > 0)).all()
    since = connection.execute(select(func.min(tallies.c.received_on))).scalar_one()
    if not rows or since is None:
        return None
    became, took, cast = Counter[str](), Counter[int](), Counter[str]()
    for row in rows:
        became[row.outcome] += row.letters
        cast[row.vote] += row.letters
        if row.outcome in ANSWERED:
            took[row.days] += row.letters
    waiting = select(tallies.c.received_on, tallies.c.due_on).where(tallies.c.outcome == Outcome.OPEN)
    open_ = connection.execute(waiting).all()
    return Summary(
        received=became.total(),
        people=sum(row.people for row in rows),
        set_aside=became[Outcome.SET_ASIDE],
        answered=took.total(),
        on_time=became[Outcome.ON_TIME],
        put_off=became[Outcome.PUT_OFF],
        overdue_open=sum(row.due_on < today for row in open_),
        since=since,
        oldest_open=min((row.received_on for row in open_), default=None),
        took=tuple(sorted(took.items())),
        surveys=sum(row.letters for row in rows if row.surveyed),
        votes=cast.total() - cast[""],
        satisfied=cast["satisfied"],
    )


def _add(connection: Connection, alike: Mapping[str, Any], count_: int, people: int) -> None:
    change = update(sums).where(*(sums.c[name] == value for name, value in alike.items()))
    changed = connection.execute(change.values(letters=sums.c.letters + count_, people=sums.c.people + people))
    if changed.rowcount == 0:
        connection.execute(insert(sums).values(**alike, letters=count_, people=people))


def _now_is(connection: Connection, today: date) -> str:
    return f"{connection.execute(select(heads.c.hash)).scalar_one()} {today}"


def _rows(desk: Desk, connection: Connection, numbers: Sequence[str]) -> list[dict[str, Any]]:
    names = ("number", "received_at", "promise", "due_on", "extended_days", "answered_at", "state", "people")
    query = select(*[letters.c[name] for name in names]).where(letters.c.number.in_(numbers))
    surveys = select(outbox.c.letter).where(
        outbox.c.letter.in_(numbers), outbox.c.kind == MailKind.SURVEY, outbox.c.state == OutboxState.ACCEPTED
    )
    surveyed = set(connection.execute(surveys).scalars())
    cast_by = select(votes.c.letter, votes.c.vote).where(votes.c.letter.in_(numbers)).order_by(votes.c.arrival)
    by_vote = connection.execute(cast_by)  # of several votes of a letter the last one stays
    voted = {str(number): str(vote) for number, vote in by_vote}
    return [
        _row(desk, row) | {"surveyed": row.number in surveyed, "vote": voted.get(row.number, "")}
        for row in connection.execute(query)
    ]


def _row(desk: Desk, row: Row[Any]) -> dict[str, Any]:
    received = desk.day(row.received_at)
    answered = desk.day(row.answered_at) if row.answered_at is not None else None
    promised = row.due_on
    if row.extended_days:
        promised = due(row.received_at, desk.promise(row.promise), desk.content.workdays, desk.zone).due_on
    aside = row.state == LetterState.SET_ASIDE
    return {
        "letter": row.number,
        "received_on": received,
        "due_on": row.due_on,
        "outcome": outcome_of(promised, row.due_on, answered, set_aside=aside),
        "days": (answered - received).days if answered is not None else 0,
        "people": row.people,
    }
