"""The office and its people: who is who, who stands in, which deputy is in charge of which category.

Public facts only, from content/; addresses and absences are private and belong to the worker's configuration.
"""

from dataclasses import dataclass
from typing import Literal

from bureau.sheet import Hours, Id, Sheet, Text, TimeZone

Post = Literal["director", "deputy-director", "clerk"]


class Office(Sheet):
    """The office as citizens know it."""

    id: Id
    name: Text
    portal_title: Text
    slogan: Text
    introduction: Text
    origin: Text  # where the site is published, https://…/
    time_zone: TimeZone
    mailbox: Text
    phone: Text
    postal_address: Text
    office_hours: Hours
    demonstration: Text | None = None  # said on every page when facts are invented


class Person(Sheet):
    """Somebody of the office; `aliases` are what people write instead of the name (陈局, 陈副局长)."""

    id: Id
    name: Text
    post: Post
    title: Text
    aliases: tuple[Text, ...] = ()
    stand_in: Id | None = None
    duties: Text


class Category(Sheet):
    """A kind of letter; exactly one deputy is in charge of it."""

    id: Id
    name: Text
    deputy: Id
    keywords: tuple[Text, ...] = ()
    default: bool = False


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
        """The person whose mailbox it is."""
        return next(person for person in self.people.values() if person.post == "director")

    def named(self, words: str) -> Person | None:
        """Find a person by id, name or alias, exactly as written."""
        for person in self.people.values():
            if words in (person.id, person.name, *person.aliases):
                return person
        return None
