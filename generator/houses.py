"""The insurers and the counties as readers look for them: whom to call, where to go, who answered in whose place.

Receives the content, the hotline calendar and today's date; hands on frozen values. Joins, and decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bureau.content import Content
from bureau.insurers import Branch, Insurer, Leader, Place
from bureau.roster import Answerer
from generator.hotline_year import Hotline, Turn
from generator.receptions import ReceptionPlan, reception_plan


@dataclass(frozen=True, slots=True)
class House:
    """One insurer: its turns on the hotline (the day, and who answers for it), its reception days, its branches."""

    insurer: Insurer
    turns: tuple[tuple[Turn, Answerer], ...]
    reception: ReceptionPlan | None
    branches: tuple[tuple[Branch, Place], ...]

    @property
    def general_manager(self) -> Leader:
        """Who receives people on the reception day."""
        return self.insurer.leader(self.insurer.general_manager)


@dataclass(frozen=True, slots=True)
class Locality:
    """A city with its counties, or a county: the branches there, each with its insurer."""

    place: Place
    within: Place | None
    branches: tuple[tuple[Insurer, Branch, Place], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody answers in place of somebody else."""

    turn: Turn
    answerer: Answerer
    before: str  # the name of the person whose turn it was


def assemble_houses(content: Content, hotline: Hotline, today: date) -> tuple[House, ...]:
    """Give every insurer with what concerns it."""
    places = {place.id: place for place in content.places}
    return tuple(
        House(
            insurer=insurer,
            turns=tuple((turn, one) for turn in hotline.named for one in turn.answerers if one.insurer == insurer.id),
            reception=reception_plan(insurer.reception, content.workdays, today) if insurer.reception else None,
            branches=tuple((branch, places[branch.place]) for branch in insurer.branches),
        )
        for insurer in content.insurers
    )


def assemble_localities(content: Content) -> tuple[Locality, ...]:
    """Give every city and county that has a branch, cities before their counties, in the order of places.yml."""
    places = {place.id: place for place in content.places}
    found = (_locality(place, places, content.insurers) for place in _in_order(content.places))
    return tuple(locality for locality in found if locality.branches)


def assemble_changes(content: Content, hotline: Hotline) -> tuple[Change, ...]:
    """List who answers in whose place, the oldest day first, the bureau before the insurers."""
    insurers = {insurer.id: insurer for insurer in content.insurers}
    changes = []
    for turn in hotline.named:
        for one in turn.answerers:
            whose = one.turn.in_place_of
            if whose is None:
                continue
            before = insurers[one.insurer].leader(whose).name if one.insurer else content.staff.people[whose].name
            changes.append(Change(turn, one, before))
    return tuple(changes)


def _in_order(places: Iterable[Place]) -> list[Place]:
    every = list(places)
    cities = [place for place in every if place.kind == "city"]
    return [one for city in cities for one in (city, *(place for place in every if place.within == city.id))]


def _locality(place: Place, places: dict[str, Place], insurers: Iterable[Insurer]) -> Locality:
    here = {place.id, *(one.id for one in places.values() if one.within == place.id)}
    return Locality(
        place=place,
        within=places.get(place.within) if place.kind == "county" and place.within else None,
        branches=tuple(
            (insurer, branch, places[branch.place])
            for insurer in insurers
            for branch in insurer.branches
            if branch.place in here
        ),
    )
