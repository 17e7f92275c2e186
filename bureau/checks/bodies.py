"""The leading group, the social bodies, reception days and the clerks' duty rota."""

from collections.abc import Collection

from bureau.checks.ids import backwards, doubles, stranger, strangers
from bureau.checks.insurers import check_reception_rule
from bureau.checks.rotas import Plan, check_changes, check_order, every_day, known_until
from bureau.desk import DutyRota
from bureau.faults import Fault
from bureau.office import Person
from bureau.organisations import Organisations
from bureau.reading import Read
from bureau.reception import Receptions
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
    for turn, name in enumerate(duty.rota.order):
        person = known.get(name)
        if person and person.post != "clerk":
            faults.append(source.fault(("rota", "order", turn), "wrong_office", found=name, where="clerk"))
        elif person and person.until:
            faults.append(source.fault(("rota", "order", turn), "has_left", found=name, until=person.until))
    last = known_until(workdays.years)
    if duty.turn == "workday" and last and duty.rota.start <= last:
        days = [day for day in every_day(duty.rota.start, last) if workdays.counts_as_workday(day)]
        return faults + check_changes(source, (), duty, Plan((duty.rota,), days, known, "people.yml"))
    for index, change in enumerate(duty.exceptions):
        faults += stranger(source, ("exceptions", index, "person"), change.person, known, "people.yml")
        faults += backwards(source, ("exceptions", index, "day"), duty.rota.start, change.day)
    return faults
