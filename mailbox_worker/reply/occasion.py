"""One mail that is being made: what its words are taken from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bureau.office import Category, Person
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.mail.words import words


@dataclass(frozen=True, slots=True)
class Occasion:
    """One mail that is being made: the plan's row, the letter it is about, the person it goes to."""

    desk: Desk
    connection: Connection
    row: Row[Any]
    now: datetime
    letter: Letter | None
    person: Person | None

    @property
    def about(self) -> Letter:
        """The letter of a mail that cannot be without one."""
        if self.letter is None:
            raise LookupError(f"a {self.row.kind} was planned without its letter")
        return self.letter

    @property
    def category(self) -> Category:
        """The letter's category."""
        return self.category_of(self.about)

    def category_of(self, letter: Letter) -> Category:
        """Give a letter's category, or the default one when content has changed since."""
        staff = self.desk.content.staff
        return staff.categories.get(letter.category, staff.default_category)

    @property
    def outside(self) -> str:
        """Name the office outside that takes what nobody here may sign off."""
        office = self.desk.content.organisations.outside_office
        return office.name if office is not None else str(words("outside"))

    def name_of(self, person: object) -> str:
        """Give a person's name for a text."""
        known = self.desk.content.staff.people.get(str(person))
        return known.name if known is not None else str(person)
