"""What waits for whom: the open letters that a colleague may see, and what stands in the way of sending.

Receives the ledger and a person; hands on plain values for the daily digest and for the word 待办. Changes nothing. It
stands beside the stages because two of them ask: who watches deadlines, and who writes mails.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from bureau.office import Person
from bureau.promise import is_late
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letters_in
from mailbox_worker.ledger.standing import HOLD, THROTTLED, all_standing, stands
from mailbox_worker.ledger.tables import arrivals, heads, requests
from mailbox_worker.ledger.vocabulary import REQUESTS, LetterState, MailKind
from mailbox_worker.letter.rights import somebody_may_sign_off, who_may_see, who_signs_off

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
    """What a colleague should know today; `kept` of the letters are kept from somebody, and are only counted."""

    letters: tuple[OpenLetter, ...]
    kept: int
    held: tuple[str, ...]  # numbers of letters whose answer needs a word
    to_deliver: tuple[str, ...]  # numbers of letters whose signed answer a colleague has to bring
    quarantined: tuple[int, ...]
    in_inbox: int  # logged mails that could not be moved yet
    brakes: tuple[str, ...]
    alarms: tuple[str, ...]
    entries: int
    head: str

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.letters or self.kept or self.quarantined or self.brakes or self.alarms)


def to_do(desk: Desk, connection: Connection, person: Person, now: datetime) -> ToDo:
    """Gather what one colleague should know, by role and right; the most urgent letter first."""
    today = desk.day(now)
    letters = [letter for letter in letters_in(connection, UNANSWERED) if who_may_see(letter.restricted, person.id)]
    turns = whose_turns(desk, connection, letters)
    letters = [letter for letter in letters if _concerns(desk, letter, turns[letter.number], person)]
    lines = [
        OpenLetter(letter, turns[letter.number], is_late(letter.due_on, None, today))
        for letter in letters
        if not letter.restricted
    ]
    lines.sort(key=lambda line: (line.letter.work_by, line.letter.number))
    # What reached the office but is no letter yet can name anybody: it is the clerks' and the director's.
    reads_all = person.post != "deputy-director"
    quarantined = select(arrivals.c.id).where(arrivals.c.quarantined.is_(True)).order_by(arrivals.c.id)
    head = connection.execute(select(heads)).one()
    return ToDo(
        letters=tuple(lines),
        kept=len(letters) - len(lines),
        held=tuple(letter.number for letter in letters if letter.state is LetterState.HELD),
        to_deliver=tuple(letter.number for letter in letters if letter.state is LetterState.AWAITING_DELIVERY),
        quarantined=tuple(connection.execute(quarantined).scalars()) if reads_all else (),
        in_inbox=_not_filed(connection),
        brakes=tuple(name for name in (HOLD, THROTTLED) if stands(connection, name) is not None),
        alarms=tuple(all_standing(connection, ALARMS)),
        entries=head.seq,
        head=head.hash[:16],
    )


def whose_turns(desk: Desk, connection: Connection, letters: Collection[Letter]) -> dict[str, Person | None]:
    """Find, by number, who holds each letter's newest open request: it may have been passed on to another."""
    query = select(requests.c.letter, requests.c.kind, requests.c.person).where(
        requests.c.letter.in_([letter.number for letter in letters]),
        requests.c.kind.in_(REQUESTS),
        requests.c.closed_at.is_(None),
    )
    newest = {(row.letter, row.kind): str(row.person) for row in connection.execute(query.order_by(requests.c.id))}
    return {letter.number: _turn(desk, letter, newest) for letter in letters}


def _turn(desk: Desk, letter: Letter, newest: Mapping[tuple[str, str], str]) -> Person | None:
    staff, away = desk.content.staff, desk.config.away
    if letter.state is LetterState.APPROVED:
        return None
    # Where every leader is kept from it, it is the clerk who has to hand it to the office outside.
    awaiting = letter.state is LetterState.AWAITING_SIGN_OFF and somebody_may_sign_off(staff, letter.restricted)
    asked = newest.get((letter.number, MailKind.SIGN_OFF_REQUEST if awaiting else MailKind.DRAFT_REQUEST))
    if asked in staff.people and asked not in away and who_may_see(letter.restricted, asked):
        return staff.people[asked]
    return owner(desk, letter) if awaiting else desk.clerk_of(letter)


def owner(desk: Desk, letter: Letter) -> Person:
    """Give the leader who answers for a letter: whoever signs it off."""
    return who_signs_off(desk.content.staff, letter.category, letter.restricted, desk.config.away)


def is_workweeks_first_day(desk: Desk, today: date) -> bool:
    """Tell whether no day of this week before today was a workday."""
    workdays = desk.content.workdays
    if not workdays.counts_as_workday(today):
        return False
    return workdays.subtract_workdays(today, 1).isocalendar()[:2] != today.isocalendar()[:2]


def _concerns(desk: Desk, letter: Letter, turn: Person | None, person: Person) -> bool:
    """Tell whether a letter is a person's business: a deputy's are those in charge of, or whose turn it is."""
    return person.post != "deputy-director" or person in (turn, owner(desk, letter))


def _not_filed(connection: Connection) -> int:
    query = select(func.count()).select_from(arrivals).where(arrivals.c.filed_at.is_(None))
    return int(connection.execute(query).scalar_one())
