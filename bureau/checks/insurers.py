"""Insurers and places: leaders who exist, branches that stand somewhere, rotas that cover the hotline days."""

from collections.abc import Collection, Sequence
from datetime import date

from bureau.checks.ids import doubles, stranger
from bureau.checks.rotas import Plan, check_changes, check_order
from bureau.faults import Fault
from bureau.insurers import InsurerFile, PlaceFile
from bureau.reading import Read
from bureau.reception import ReceptionRule
from bureau.source import Loc, Source


def check_places(read: Read[PlaceFile]) -> list[Fault]:
    """Check places.yml: no id twice, every county within a city that is there."""
    places, source = read.sheet.places, read.source
    kinds = {place.id: place.kind for place in places}
    faults = doubles(source, ("places",), places, lambda place: place.id)
    for index, place in enumerate(places):
        where = ("places", index, "within")
        faults += stranger(source, where, place.within, kinds, "places.yml")
        if place.kind == "county" and place.within is not None and kinds.get(place.within, "city") != "city":
            faults.append(source.fault(where, "wrong_office", found=place.within, where="city"))
    return faults


def check_insurers(read: Read[InsurerFile], places: Collection[str], days: Sequence[date]) -> list[Fault]:
    """Check insurers.yml against the places and the hotline days."""
    insurers, source = read.sheet.insurers, read.source
    faults = doubles(source, ("insurers",), insurers, lambda insurer: insurer.id)
    branches: set[str] = set()
    for index, insurer in enumerate(insurers):
        where = ("insurers", index)
        home = f"insurers.{index}.leaders"
        leaders = {leader.id for leader in insurer.leaders}
        faults += doubles(source, (*where, "leaders"), insurer.leaders, lambda leader: leader.id)
        faults += stranger(source, (*where, "general_manager"), insurer.general_manager, leaders, home)
        faults += check_order(source, (*where, "rota"), insurer.rota, leaders, home)
        faults += check_changes(source, where, insurer, Plan((insurer.rota,), days, leaders, home))
        if insurer.reception:
            faults += check_reception_rule(source, (*where, "reception"), insurer.reception)
        for turn, branch in enumerate(insurer.branches):
            place = (*where, "branches", turn)
            if branch.id in branches:
                faults.append(source.fault((*place, "id"), "duplicate_id", found=branch.id))
            branches.add(branch.id)
            faults += stranger(source, (*place, "place"), branch.place, places, "places.yml")
    return faults


def check_reception_rule(source: Source, where: Loc, rule: ReceptionRule) -> list[Fault]:
    """Check that a reception rule names its days in exactly one way."""
    if (rule.nth_weekday is None) != (not rule.days_of_month):
        return []
    return [source.fault(where, "one_of", found="nth_weekday, days_of_month")]
