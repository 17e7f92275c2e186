"""What waits for whom: the open letters that a colleague may see, and what stands in the way of sending.

Receives the ledger and a person; hands on plain values for the daily digest and for the word 待办. Changes nothing. It
stands beside the stages because two of them ask: who watches deadlines, and who writes mails.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from bureau.office import Person
from bureau.promise import is_late
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letters_in
from mailbox_worker.ledger.outbox import in_states
from mailbox_worker.ledger.standing import HOLD, THROTTLED, all_standing, stands
from mailbox_worker.ledger.tables import arrivals, heads, requests
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, OutboxState
from mailbox_worker.letter.rights import who_drafts, who_may_see, who_signs_off

UNANSWERED = (
    LetterState.DRAFTING,
    LetterState.AWAITING_SIGN_OFF,
    LetterState.APPROVED,
    LetterState.HELD,
    LetterState.AWAITING_DELIVERY,
    LetterState.UNANSWERABLE,
)
ALARMS = "alarm:"  # what standing rows of alarms that are not over begin with


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """One line of the digest; `waits_for` is whose turn it is, None while the worker itself is at it."""

    letter: Letter
    waits_for: Person | None
    late: bool


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a colleague should know today."""

    letters: tuple[OpenLetter, ...]
    held: tuple[str, ...]  # numbers of letters whose answer needs a word
    quarantined: tuple[int, ...]
    in_inbox: int  # logged mails that could not be moved yet
    brakes: tuple[str, ...]
    alarms: tuple[str, ...]
    entries: int
    head: str

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.letters or self.quarantined or self.brakes or self.alarms)


def to_do(desk: Desk, connection: Connection, person: Person, now: datetime) -> ToDo:
    """Gather what one colleague should know, by role and right; the most urgent letter first."""
    today = desk.day(now)
    seen = [letter for letter in letters_in(connection, UNANSWERED) if _concerns(desk, connection, letter, person)]
    lines = [
        OpenLetter(letter, whose_turn(desk, connection, letter), is_late(letter.due_on, None, today)) for letter in seen
    ]
    lines.sort(key=lambda line: (line.letter.work_by, line.letter.number))
    numbers = {letter.number for letter in seen}
    held = {str(row.letter) for row in in_states(connection, [OutboxState.HELD, OutboxState.REFUSED]) if row.letter}
    # What reached the office but is no letter yet can name anybody: it is the clerks' and the director's.
    reads_all = person.post != "deputy-director"
    quarantined = select(arrivals.c.id).where(arrivals.c.quarantined.is_(True)).order_by(arrivals.c.id)
    head = connection.execute(select(heads)).one()
    return ToDo(
        letters=tuple(lines),
        held=tuple(sorted(held & numbers)),
        quarantined=tuple(connection.execute(quarantined).scalars()) if reads_all else (),
        in_inbox=_not_filed(connection),
        brakes=tuple(name for name in (HOLD, THROTTLED) if stands(connection, name) is not None),
        alarms=tuple(all_standing(connection, ALARMS)),
        entries=head.seq,
        head=head.hash[:16],
    )


def whose_turn(desk: Desk, connection: Connection, letter: Letter) -> Person | None:
    """Find who holds the newest open request: a letter may have been passed on to another clerk or leader."""
    staff, away = desk.content.staff, desk.config.away
    if letter.state is LetterState.APPROVED:
        return None
    awaiting = letter.state is LetterState.AWAITING_SIGN_OFF
    query = select(requests.c.person).where(
        requests.c.letter == letter.number,
        requests.c.kind == (MailKind.SIGN_OFF_REQUEST if awaiting else MailKind.DRAFT_REQUEST),
        requests.c.closed_at.is_(None),
    )
    asked = connection.execute(query.order_by(requests.c.id.desc())).scalars().first()
    if asked in staff.people and asked not in away and who_may_see(letter.restricted, asked):
        return staff.people[asked]
    return owner(desk, letter) if awaiting else who_drafts(staff, letter.restricted, away)


def owner(desk: Desk, letter: Letter) -> Person:
    """Give the leader who answers for a letter: whoever signs it off."""
    return who_signs_off(desk.content.staff, letter.category, letter.restricted, desk.config.away)


def is_workweeks_first_day(desk: Desk, today: date) -> bool:
    """Tell whether no day of this week before today was a workday."""
    workdays = desk.content.workdays
    if not workdays.counts_as_workday(today):
        return False
    return workdays.subtract_workdays(today, 1).isocalendar()[:2] != today.isocalendar()[:2]


def _concerns(desk: Desk, connection: Connection, letter: Letter, person: Person) -> bool:
    if not who_may_see(letter.restricted, person.id):
        return False
    if person.post != "deputy-director" or owner(desk, letter).id == person.id:
        return True
    turn = whose_turn(desk, connection, letter)
    return turn is not None and turn.id == person.id


def _not_filed(connection: Connection) -> int:
    query = select(func.count()).select_from(arrivals).where(arrivals.c.filed_at.is_(None))
    return int(connection.execute(query).scalar_one())
