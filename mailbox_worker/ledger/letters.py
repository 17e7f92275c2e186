"""Letters in the ledger: found by number or state, moved from state to state."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import drafts, letters
from mailbox_worker.ledger.vocabulary import LetterState


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's row as it stands; instants are UTC, days are the office's."""

    number: str
    arrival: int
    channel: str
    deliver_by: str
    category: str
    restricted: tuple[str, ...]
    state: LetterState
    received_at: datetime
    promise: str
    due_on: date
    work_by: date
    provisional: bool
    workday_table: str
    writer_name: str
    writer_address: str | None
    message_id: str | None
    subject: str
    text: str
    fields: dict[str, str]
    follows: str | None
    answered_at: datetime | None
    nature: str | None = None
    repeats: str | None = None
    greeted: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    people: int = 1
    code_digest: str | None = None
    extended_days: int = 0
    late_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's row: never changed, a correction is the next version."""

    letter: str
    version: int
    author: str
    purpose: str
    recipient: str
    subject: str
    text: str
    attachments: tuple[str, ...]
    digest: str
    arrival: int | None
    created_at: datetime
    summary: str = ""
    opinion: str = ""
    extension_days: int = 0


NAMES = tuple(field.name for field in fields(Letter))
LISTS = ("restricted", "greeted", "urgent")  # JSON in the ledger, tuples here
NEW_LETTER = insert(letters)
DRAFT_NAMES = tuple(field.name for field in fields(Draft))
_STATE = select(letters.c.state).where(letters.c.number == bindparam("of"))
_CHANGE = update(letters).where(letters.c.number == bindparam("of"))


def _letter(row: Row[Any]) -> Letter:
    values = {name: getattr(row, name) for name in NAMES}
    values |= {name: tuple(values[name]) for name in LISTS}
    values["state"] = LetterState(values["state"])
    return Letter(**values)


def _draft(row: Row[Any]) -> Draft:
    values = {name: getattr(row, name) for name in DRAFT_NAMES}
    return Draft(**{**values, "attachments": tuple(values["attachments"])})


def add_letter(writer: Writer, letter: Letter) -> None:
    """Log a letter; its number must come from writer.next_number in the same transaction."""
    values = {name: getattr(letter, name) for name in NAMES}
    lists = {name: list(values[name]) for name in LISTS}
    writer.connection.execute(NEW_LETTER, values | lists)


def find_letter(connection: Connection, number: str) -> Letter | None:
    """Find a letter by number."""
    row = connection.execute(select(letters).where(letters.c.number == number)).one_or_none()
    return None if row is None else _letter(row)


def letter_by_number(connection: Connection, number: str) -> Letter:
    """Give a letter that must be there, because another row refers to it."""
    return _letter(connection.execute(select(letters).where(letters.c.number == number)).one())


def state_of(connection: Connection, number: str) -> LetterState:
    """Give the state of a letter that must be there; its text may be long."""
    return LetterState(connection.execute(_STATE, {"of": number}).scalar_one())


def letters_in(connection: Connection, states: Collection[str] | None = None) -> list[Letter]:
    """List letters in the order of logging, of some states or all."""
    query = select(letters).order_by(letters.c.arrival)
    if states is not None:
        query = query.where(letters.c.state.in_([str(state) for state in states]))
    return [_letter(row) for row in connection.execute(query)]


def change_letter(writer: Writer, number: str, **values: Any) -> None:
    """Set columns of a letter; the caller records the event that says why."""
    writer.connection.execute(_CHANGE, {"of": number, **values})


def add_draft(writer: Writer, draft: Draft) -> None:
    """Log a draft as the next version of its letter."""
    values = {name: getattr(draft, name) for name in DRAFT_NAMES}
    writer.connection.execute(insert(drafts).values(**{**values, "attachments": list(draft.attachments)}))


def drafts_of(connection: Connection, number: str) -> list[Draft]:
    """List a letter's drafts, oldest version first."""
    query = select(drafts).where(drafts.c.letter == number).order_by(drafts.c.version)
    return [_draft(row) for row in connection.execute(query)]


def newest_draft(connection: Connection, number: str) -> Draft | None:
    """Give a letter's newest draft."""
    found = drafts_of(connection, number)
    return found[-1] if found else None
