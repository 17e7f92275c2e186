"""The hotline: its days, numbers and rota, the insurers' rotas beside it, and the days as held."""

from collections.abc import Collection, Sequence
from datetime import date

from bureau.checks.ids import doubles, stranger
from bureau.checks.rotas import Plan, Shared, check_changes, check_gaps, check_order, known_until
from bureau.faults import Fault
from bureau.files import Files
from bureau.hotline import HotlineDay, HotlineRule, due_days, hotline_days
from bureau.hotline_record import HeldDay, HeldFile
from bureau.insurers import Insurer
from bureau.office import Person
from bureau.reading import Read
from bureau.rota import Rota
from bureau.source import Loc, Source
from bureau.workdays import Workdays

LEADERS = ("director", "deputy-director")


def due_dates(rule: HotlineRule, insurers: Sequence[Insurer], workdays: Workdays) -> list[date]:
    """List the hotline days since the first rota, over all announced years and as far as content names days."""
    starts = [rota.start for rota in (*rule.rotas, *(insurer.rota for insurer in insurers))]
    named = [one.day for one in rule.cancelled]
    shared: list[Shared] = [rule, *insurers]
    for one in shared:
        named += [change.day for change in one.exceptions]
        named += [day for swap in one.swaps for day in swap.days]
    last = max([known_until(workdays.years) or min(starts), *named])
    return [one.day for one in due_days(rule, workdays, min(starts), last)]


def check_hotline(read: Read[HotlineRule], files: Files, days: Sequence[date]) -> list[Fault]:
    """Check hotline.yml against the people, the office's numbers and the calendar."""
    rule, source, known = read.sheet, read.source, files.person_by_id
    faults = doubles(source, ("days_of_month",), rule.days_of_month, lambda day: day, field=None)
    if files.office:
        office = files.office.sheet
        if rule.number not in {office.phone, *(one.number for one in office.numbers)}:
            faults.append(source.fault(("number",), "number_in_no_list", found=rule.number))
    faults += check_gaps(source, ("rota", "start"), rule.rotas, days)
    off = [(index, one) for index, one in enumerate(rule.cancelled) if one.day not in days]
    faults += [source.fault(("cancelled", index, "day"), "no_due_day", found=one.day) for index, one in off]
    if known:
        faults += _check_rotas(rule, source, known)
        faults += check_changes(source, (), rule, Plan(rule.rotas, days, known, "people.yml"))
        faults += _check_in_office(rule, source, known, files.calendar)
    return faults


def _check_rotas(rule: HotlineRule, source: Source, known: dict[str, Person]) -> list[Fault]:
    faults = []
    named: list[tuple[Loc, str]] = [
        (("exceptions", index, "person"), change.person) for index, change in enumerate(rule.exceptions)
    ]
    for where, rota in _rotas(rule):
        faults += check_order(source, where, rota, known, "people.yml")
        named += [((*where, "order", turn), name) for turn, name in enumerate(rota.order)]
    for where, name in named:
        person = known.get(name)
        if person and person.post not in LEADERS:
            faults.append(source.fault(where, "wrong_office", found=name, where=" / ".join(LEADERS)))
    return faults


def _check_in_office(rule: HotlineRule, source: Source, known: dict[str, Person], workdays: Workdays) -> list[Fault]:
    last = known_until(workdays.years)
    if last is None:
        return []
    faults: dict[str, Fault] = {}
    for one in hotline_days(rule, workdays, min(rota.start for rota in rule.rotas), last):
        person = known.get(one.answered_by)
        if person is None or person.id in faults or person.post not in LEADERS:
            continue  # a stranger, somebody told of already, and somebody who never leads: each has a fault
        if person.post_on(one.day) not in LEADERS:
            where = _place_in_rota(rule, one)
            faults[person.id] = source.fault(where, "not_in_office", found=person.id, day=one.day)
    return list(faults.values())


def _place_in_rota(rule: HotlineRule, day: HotlineDay) -> Loc:
    changed = next((index for index, change in enumerate(rule.exceptions) if change.day == day.day), None)
    if changed is not None:
        return ("exceptions", changed, "person")
    for where, rota in reversed(_rotas(rule)):
        if rota.start <= day.day and day.answered_by in rota.order:
            return (*where, "order", rota.order.index(day.answered_by))
    return ("swaps",)


def _rotas(rule: HotlineRule) -> list[tuple[Loc, Rota]]:
    past: list[tuple[Loc, Rota]] = [(("earlier_rotas", turn), rota) for turn, rota in enumerate(rule.earlier_rotas)]
    return [*past, (("rota",), rule.rota)]


def check_held(files: Sequence[Read[HeldFile]], days: Collection[date], insurers: Collection[str]) -> list[Fault]:
    """Check the days as held: each a hotline day, once, by known insurers."""
    faults: list[Fault] = []
    seen: set[date] = set()
    for sheet, source in files:
        for index, record in enumerate(sheet.held):
            where = ("held", index)
            if record.day in seen:
                faults.append(source.fault((*where, "day"), "duplicate_id", found=record.day))
            elif record.day not in days:
                faults.append(source.fault((*where, "day"), "no_due_day", found=record.day))
            seen.add(record.day)
            faults += _check_record(source, where, record, insurers)
    return faults


def _check_record(source: Source, where: Loc, record: HeldDay, insurers: Collection[str]) -> list[Fault]:
    faults = []
    for insurer in record.insurers:
        faults += stranger(source, (*where, "insurers", insurer), insurer, insurers, "insurers.yml")
    if record.settled_at_once is not None and record.settled_at_once > (record.calls or 0):
        facts = {"found": record.settled_at_once, "whole": record.calls or 0}
        faults.append(source.fault((*where, "settled_at_once"), "part_exceeds_whole", **facts))
    return faults
