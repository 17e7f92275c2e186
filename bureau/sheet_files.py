"""The files that are no more than a list: people.yml, categories.yml, promises.yml."""

from typing import Annotated

from pydantic import Field

from bureau.office import Category, Person
from bureau.promise import Promise
from bureau.sheet import Sheet


class People(Sheet):
    """All of people.yml."""

    people: Annotated[tuple[Person, ...], Field(min_length=1)]


class Categories(Sheet):
    """All of categories.yml."""

    categories: Annotated[tuple[Category, ...], Field(min_length=1)]


class Promises(Sheet):
    """All of promises.yml."""

    promises: Annotated[tuple[Promise, ...], Field(min_length=1)]
