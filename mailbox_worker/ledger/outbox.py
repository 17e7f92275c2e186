"""Outgoing mail in the ledger: planned once, made once, marked before each step that cannot be undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, cast, func, insert, literal, select, update

from mailbox_worker.ledger.letters import state_of
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import outbox, requests
from mailbox_worker.ledger.vocabulary import Audience, LetterState, MailKind, OutboxState, Word

WRITERS_KINDS = frozenset({MailKind.ACKNOWLEDGEMENT, MailKind.REPLY, MailKind.SURVEY})
NEW_MAILS = insert(outbox)
# A row without its bytes, which may be many: `bytes_of` gives them.
ROW = tuple(column for column in outbox.c if column.name != "raw")
_FIND = select(*ROW).where(outbox.c.id == bindparam("mail"))
_BYTES = select(outbox.c.raw).where(outbox.c.id == bindparam("mail"))
_CHANGE = update(outbox).where(outbox.c.id == bindparam("mail"))

_ALARM = outbox.alias()
_ROUND = cast(outbox.c.id, String) + "." + cast(outbox.c.words_again, String)
_ALARMS = [literal(f"alarm:{matter}:") + _ROUND for matter in ("held", "refused")]
_UNTOLD = (
    select(*ROW)
    .where(
        outbox.c.state.in_(bindparam("states", expanding=True)),
        outbox.c.kind.in_(bindparam("kinds", expanding=True)),
        ~select(_ALARM.c.id).where(_ALARM.c.key.in_(_ALARMS)).exists(),
    )
    .order_by(outbox.c.id)
)

WAITING = (OutboxState.PLANNED, OutboxState.LATER)
# From which states a person's word takes a mail on; a word that comes too late changes nothing and is recorded.
UNSURE = (OutboxState.UNKNOWN, OutboxState.HELD, OutboxState.REFUSED)
WORD_FITS = {
    Word.SENT: (*UNSURE, OutboxState.BOUNCED),
    Word.AGAIN: (*UNSURE, OutboxState.BOUNCED),
    Word.BOUNCED: (OutboxState.ACCEPTED,),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A mail to be made. `key` says what it is for: planning the same key twice plans one mail.

    `arguments` is JSON; for mail to a writer it never holds text that a person typed.
    """

    key: str
    kind: MailKind
    letter: str | None = None
    person: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    sign_off: int | None = None
    digest: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


def plan(writer: Writer, mail: Plan) -> bool:
    """Plan a mail; gives False when its key is planned already."""
    if writer.connection.execute(select(outbox.c.id).where(outbox.c.key == mail.key)).first() is not None:
        return False
    plan_new(writer, [mail])
    return True


def plan_alarm(writer: Writer, key: str, person: str, reason: str, *, letter: str | None = None, **facts: Any) -> None:
    """Plan an alarm about something of this moment; `reason` is a key of the catalog's alarms."""
    arguments = {"reason": reason, "at": writer.now.isoformat(), **facts}
    plan(writer, Plan(key, MailKind.ALARM, letter, person, arguments=arguments))


def plan_new(writer: Writer, mails: Sequence[Plan]) -> None:
    """Plan mails that nobody can have planned before, because what their keys name came about in this transaction."""
    writer.connection.execute(NEW_MAILS, [_planned(writer, mail) for mail in mails])


def _planned(writer: Writer, mail: Plan) -> dict[str, Any]:
    return {
        "key": mail.key,
        "kind": mail.kind,
        "purpose": mail.purpose,
        "audience": Audience.WRITER if mail.kind in WRITERS_KINDS else Audience.STAFF,
        "letter": mail.letter,
        "person": mail.person,
        "recipient": mail.recipient,
        "sign_off": mail.sign_off,
        "digest": mail.digest,
        "arguments": mail.arguments,
        "state": OutboxState.PLANNED,
        "planned_at": writer.now,
        "not_before": mail.not_before or writer.now,
        "attempts": 0,
        "words_again": 0,
        "unknowns": 0,
    }


def round_of(row: Row[Any]) -> str:
    """Name one sending of a mail: what a person sends anew can go wrong anew, and is told of anew."""
    return f"{row.id}.{row.words_again}"


def in_states(connection: Connection, states: Collection[OutboxState]) -> Sequence[Row[Any]]:
    """List outgoing mail in some states, oldest plan first."""
    query = select(*ROW).where(outbox.c.state.in_([str(state) for state in states])).order_by(outbox.c.id)
    return connection.execute(query).all()


def stopped_and_untold(
    connection: Connection, states: Collection[OutboxState], kinds: Collection[MailKind]
) -> Sequence[Row[Any]]:
    """List mail of some kinds in some states about which no alarm was planned since a person last sent them."""
    values = {"states": [str(state) for state in states], "kinds": list(kinds)}
    return connection.execute(_UNTOLD, values).all()


def due_now(connection: Connection, now: datetime) -> list[Row[Any]]:
    """List what may be made or sent now, oldest plan first; without the bytes, of which there may be many."""
    columns = (outbox.c.id, outbox.c.key, outbox.c.kind, outbox.c.audience, outbox.c.recipient, outbox.c.message_id)
    query = select(*columns).where(outbox.c.state.in_(WAITING), outbox.c.not_before <= now).order_by(outbox.c.id)
    return list(connection.execute(query))


def find(connection: Connection, mail: int) -> Row[Any]:
    """Give an outgoing mail that must be there, without its bytes."""
    return connection.execute(_FIND, {"mail": mail}).one()


def find_all(connection: Connection, mails: Collection[int]) -> dict[int, Row[Any]]:
    """Give outgoing mails that must be there, without their bytes."""
    return {row.id: row for row in connection.execute(select(*ROW).where(outbox.c.id.in_(list(mails))))}


def bytes_of(connection: Connection, mail: int) -> bytes:
    """Give the bytes of a mail that is made."""
    return bytes(connection.execute(_BYTES, {"mail": mail}).scalar_one())


def handed_over_since(connection: Connection, since: datetime) -> list[Row[Any]]:
    """Count the mails handed over since then, by kind, audience and recipient."""
    columns = (outbox.c.kind, outbox.c.audience, outbox.c.recipient)
    query = select(*columns, func.count().label("mails")).where(outbox.c.handed_over_at >= since).group_by(*columns)
    return list(connection.execute(query))


def word_fits(connection: Connection, row: Row[Any], word: Word) -> bool:
    """Tell whether a word can still be about this mail; never `again` for a letter that goes another way by now."""
    if row.state not in WORD_FITS[word]:
        return False
    return word is not Word.AGAIN or state_of(connection, row.letter) in (LetterState.APPROVED, LetterState.HELD)


def say(writer: Writer, mail: int, word: Word, by: str) -> None:
    """Put down what a person says became of a mail; the sending stage acts on it at its next turn."""
    change(writer, mail, word=str(word), word_by=by)


def with_a_word(connection: Connection) -> Sequence[Row[Any]]:
    """List the mails that a person has said something about, which nobody has acted on yet."""
    return connection.execute(select(*ROW).where(outbox.c.word.is_not(None)).order_by(outbox.c.id)).all()


def newest_reply(connection: Connection, letter: str) -> Row[Any] | None:
    """Give the reply of a letter that a word can be about: the newest one that was not withdrawn."""
    query = select(*ROW).where(
        outbox.c.letter == letter, outbox.c.kind == MailKind.REPLY, outbox.c.state != OutboxState.WITHDRAWN
    )
    return connection.execute(query.order_by(outbox.c.id.desc())).first()


def withdraw_reply(writer: Writer, letter: str) -> int | None:
    """Take the reply that waits out of the outbox; None where there is none to be taken: it may be on its way."""
    query = select(outbox.c.id).where(
        outbox.c.letter == letter, outbox.c.kind == MailKind.REPLY, outbox.c.state.in_(WAITING)
    )
    waiting: int | None = writer.connection.execute(query).scalar_one_or_none()
    if waiting is not None:
        change(writer, waiting, state=OutboxState.WITHDRAWN, settled_at=writer.now)
    return waiting


def change(writer: Writer, mail: int, **values: Any) -> None:
    """Set columns of an outgoing mail; what may never change, the database refuses."""
    writer.connection.execute(_CHANGE, {"mail": mail, **values})


def change_all(writer: Writer, mails: Collection[int], **values: Any) -> None:
    """Set columns of several outgoing mails alike."""
    writer.connection.execute(update(outbox).where(outbox.c.id.in_(list(mails))).values(**values))


def by_message_id(connection: Connection, message_ids: Collection[str]) -> Sequence[Row[Any]]:
    """Find mails of ours by Message-ID, or by the one that a server put in its place (F66)."""
    if not message_ids:
        return []
    ids = list(message_ids)
    known = outbox.c.message_id.in_(ids) | outbox.c.rewritten_id.in_(ids)
    return connection.execute(select(*ROW).where(known)).all()


def rewritten(connection: Connection, numbers: Collection[str], body: str) -> Row[Any] | None:
    """Find the mail of ours about one of these letters that has this body, whatever its Message-ID is by now."""
    query = select(*ROW).where(outbox.c.letter.in_(list(numbers)), outbox.c.body_digest == body)
    return connection.execute(query.order_by(outbox.c.id.desc())).first() if numbers else None


def close_requests(writer: Writer, letter: str, closed_by: str, kinds: Collection[MailKind] | None = None) -> None:
    """Close a letter's open requests: their tokens are used up."""
    query = update(requests).where(requests.c.letter == letter, requests.c.closed_at.is_(None))
    if kinds is not None:
        query = query.where(requests.c.kind.in_([str(kind) for kind in kinds]))
    writer.connection.execute(query.values(closed_at=writer.now, closed_by=closed_by))
