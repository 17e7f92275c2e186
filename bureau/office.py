"""The office and its people: who is who, who held which office on which day, who stands in, who is in charge of what.

Public facts only, from content/; addresses and absences are private and belong to the worker's configuration.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bureau.sheet import Hours, Id, MailAddress, Phone, Sheet, Text, TimeZone, WebAddress

Post = Literal["director", "deputy-director", "clerk"]


class NamedNumber(Sheet):
    """A telephone number and what it is for."""

    number: Phone
    label: Text


class SecurityContact(Sheet):
    """Where to report a weak point of the site (security.txt, RFC 9116); `expires` is when the office looks again."""

    contact: MailAddress
    expires: date


class DataLicence(Sheet):
    """Under which terms others may use the open data, and where these terms stand."""

    name: Text
    address: WebAddress


class Office(Sheet):
    """The office as citizens know it; every number it answers at is `phone` or stands in `numbers`."""

    id: Id
    name: Text
    portal_title: Text
    slogan: Text
    introduction: Text
    origin: WebAddress  # where the site is published, https://…/
    time_zone: TimeZone
    mailbox: MailAddress
    phone: Phone
    numbers: tuple[NamedNumber, ...] = ()
    postal_address: Text
    office_hours: Hours
    security: SecurityContact | None = None
    data_licence: DataLicence | None = None
    demonstration: Text | None = None  # said on every page when facts are invented


class Term(Sheet):
    """An office that a person held before the present one; both days included."""

    post: Post
    title: Text
    since: date
    until: date


class Person(Sheet):
    """Somebody of the office; `aliases` are what people write instead of the name (陈局, 陈副局长).

    `post` and `title` are the present ones, or the last ones of somebody who left on `until`.
    """

    id: Id
    name: Text
    post: Post
    title: Text
    aliases: tuple[Text, ...] = ()
    stand_in: Id | None = None
    duties: Text
    since: date | None = None
    until: date | None = None
    earlier: tuple[Term, ...] = ()

    def post_on(self, day: date) -> Post | None:
        """Tell which post the person held on a day, both ends included; None: not in office."""
        if (self.since is None or self.since <= day) and (self.until is None or day <= self.until):
            return self.post
        return next((term.post for term in self.earlier if term.since <= day <= term.until), None)


class PastCharge(Sheet):
    """A deputy who was in charge of a category until a day, that day included."""

    deputy: Id
    until: date


class Category(Sheet):
    """A kind of letter; on every day exactly one deputy is in charge of it."""

    id: Id
    name: Text
    deputy: Id
    keywords: tuple[Text, ...] = ()
    default: bool = False
    earlier: tuple[PastCharge, ...] = ()

    def deputy_on(self, day: date) -> str:
        """Tell who was in charge on a day; before the first entry it was the first deputy named."""
        past = sorted(self.earlier, key=lambda charge: charge.until)
        return next((charge.deputy for charge in past if day <= charge.until), self.deputy)


@dataclass(frozen=True, slots=True)
class Staff:
    """People and categories, looked up by id; references were checked when content was read."""

    people: dict[str, Person]
    categories: dict[str, Category]

    @property
    def default_category(self) -> Category:
        """The category of a letter that names no other."""
        return next(category for category in self.categories.values() if category.default)

    @property
    def director(self) -> Person:
        """The person whose mailbox it is: the one who has not left."""
        directors = [person for person in self.people.values() if person.post == "director"]
        return next((person for person in directors if person.until is None), directors[0])

    def named(self, words: str) -> Person | None:
        """Find a person by id, name or alias, exactly as written; of namesakes, the one who has not left."""
        found = [person for person in self.people.values() if words in (person.id, person.name, *person.aliases)]
        return next((person for person in found if person.until is None), found[0] if found else None)

    def holders(self, post: Post, day: date) -> tuple[Person, ...]:
        """Everybody who held a post on a day, in the order of people.yml."""
        return tuple(person for person in self.people.values() if person.post_on(day) == post)

    def stand_in_of(self, person: str, day: date) -> Person | None:
        """Who stands in for a person on a day: the one named, if in office that day."""
        named = self.people[person].stand_in
        return self.people[named] if named is not None and self.people[named].post_on(day) else None
