"""The leading group, the social bodies, reception days and the clerks' duty rota."""

from collections.abc import Collection
from datetime import date

from bureau.checks.ids import doubles, stranger, strangers
from bureau.checks.insurers import check_reception_rule
from bureau.checks.rotas import Plan, check_changes, check_order
from bureau.desk import DutyRota, turn_days
from bureau.faults import Fault
from bureau.office import Person
from bureau.organisations import Organisations
from bureau.reading import Read
from bureau.reception import Receptions
from bureau.rota import turns
from bureau.source import Loc, Source
from bureau.workdays import Workdays


def check_organisations(read: Read[Organisations], people: Collection[str]) -> list[Fault]:
    """Check organisations.yml: members who exist, each a person or a unit."""
    sheet, source = read.sheet, read.source
    faults = doubles(source, ("social_bodies",), sheet.social_bodies, lambda body: body.id)
    for index, member in enumerate(sheet.leading_group.members if sheet.leading_group else ()):
        where = ("leading_group", "members", index)
        if (member.person is None) == (member.unit is None):
            faults.append(source.fault(where, "one_of", found="person, unit"))
        faults += stranger(source, (*where, "person"), member.person, people, "people.yml")
    return faults


def check_receptions(read: Read[Receptions], people: Collection[str]) -> list[Fault]:
    """Check reception.yml: who receives exists, and no more cases were settled than heard."""
    sheet, source = read.sheet, read.source
    faults = strangers(source, ("who",), sheet.who, people, "people.yml")
    faults += check_reception_rule(source, ("rule",), sheet.rule)
    for index, held in enumerate(sheet.held):
        where = ("held", index)
        faults += stranger(source, (*where, "who"), held.who, people, "people.yml")
        if held.settled > held.cases:
            facts = {"found": held.settled, "whole": held.cases}
            faults.append(source.fault((*where, "settled"), "part_exceeds_whole", **facts))
    return faults


def check_duty(read: Read[DutyRota], known: dict[str, Person], workdays: Workdays) -> list[Fault]:
    """Check duty.yml: clerks who are in office, swaps and exceptions on days that have a turn."""
    duty, source = read.sheet, read.source
    faults = check_order(source, ("rota",), duty.rota, known, "people.yml")
    named: list[tuple[Loc, str]] = [(("rota", "order", turn), name) for turn, name in enumerate(duty.rota.order)]
    named += [(("exceptions", index, "person"), change.person) for index, change in enumerate(duty.exceptions)]
    for where, name in named:
        person = known.get(name)
        if person and person.post != "clerk":
            faults.append(source.fault(where, "wrong_office", found=name, where="clerk"))
        elif person and person.until and where[0] == "rota":
            faults.append(source.fault(where, "has_left", found=name, until=person.until))
    days = [change.day for change in duty.exceptions] + [day for swap in duty.swaps for day in swap.days]
    if days:
        faults += _check_duty_changes(source, duty, turn_days(duty, workdays, max(days)), known)
    return faults


def _check_duty_changes(source: Source, duty: DutyRota, days: list[date], known: dict[str, Person]) -> list[Fault]:
    plan = Plan((duty.rota,), days, known, "people.yml")
    if duty.turn == "workday":
        return check_changes(source, (), duty, plan)
    faults = check_changes(source, (), duty.model_copy(update={"exceptions": ()}), plan)
    for index, change in enumerate(duty.exceptions):  # a single day within somebody's week
        where = ("exceptions", index)
        faults += stranger(source, (*where, "person"), change.person, known, "people.yml")
        weeks = [day for day in days if day <= change.day]
        turn = turns(plan.rotas, days, duty.swaps).get(max(weeks)) if weeks else None
        if turn is None:
            faults.append(source.fault((*where, "day"), "no_due_day", found=change.day))
        elif turn.person != change.in_place_of:
            facts = {"found": change.in_place_of, "day": change.day, "expected": turn.person}
            faults.append(source.fault((*where, "in_place_of"), "not_their_turn", **facts))
    return faults
