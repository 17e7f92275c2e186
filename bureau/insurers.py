"""The insurers of the province: their leaders, numbers, branches and the counties where these stand.

Public facts from content/insurers.yml and content/places.yml; what was made up for a demonstration says so.
"""

from typing import Annotated, Literal

from pydantic import Field

from bureau.reception import ReceptionRule
from bureau.rota import OneDay, Rota, Swap
from bureau.sheet import Id, Phone, Sheet, Text


class Place(Sheet):
    """A city or county; `within` is the city that a county belongs to."""

    id: Id
    name: Text
    kind: Literal["province", "city", "county"]
    within: Id | None = None


class PlaceFile(Sheet):
    """The places that content may name."""

    places: tuple[Place, ...]


class Leader(Sheet):
    """Somebody who answers the hotline for an insurer; the id counts within the insurer."""

    id: Id
    name: Text
    title: Text


class Branch(Sheet):
    """A place of business with an own notice on its wall."""

    id: Id
    name: Text
    place: Id
    address: Text
    phone: Phone | None = None


class Insurer(Sheet):
    """One insurer; its leaders answer on the same hotline days as the bureau's."""

    id: Id
    name: Text
    short: Text
    aliases: tuple[Text, ...] = ()
    line: Literal["property", "life", "health", "pension"]
    number: Phone
    leaders: Annotated[tuple[Leader, ...], Field(min_length=1)]
    general_manager: Id
    rota: Rota
    swaps: tuple[Swap, ...] = ()
    exceptions: tuple[OneDay, ...] = ()
    reception: ReceptionRule | None = None
    branches: tuple[Branch, ...] = ()
    invented: bool = False

    def leader(self, leader_id: str) -> Leader:
        """Give the leader of this id; raises KeyError for a stranger, which checked content holds none of."""
        return {leader.id: leader for leader in self.leaders}[leader_id]


class InsurerFile(Sheet):
    """The insurers of content/insurers.yml."""

    insurers: tuple[Insurer, ...]
