"""Promises and workdays: rules that follow one another without overlap, and tables without contradiction."""

from collections.abc import Sequence
from itertools import combinations

from bureau.checks.ids import backwards, doubles
from bureau.faults import Fault
from bureau.promise import Promise
from bureau.reading import Read
from bureau.sheet_files import Promises
from bureau.source import Source
from bureau.workdays import SATURDAY, WorkdayNotice

MAILBOX_PROMISE = "mailbox"


def check_promises(read: Read[Promises]) -> list[Fault]:
    """Check promises.yml: the mailbox's promise is there, and of one clock at most one rule holds on any day."""
    promises, source = read.sheet.promises, read.source
    faults = doubles(source, ("promises",), promises, lambda promise: promise.id)
    if not any(promise.id == MAILBOX_PROMISE for promise in promises):
        faults.append(source.fault(("promises",), "number_missing", found=MAILBOX_PROMISE))
    for index, promise in enumerate(promises):
        where = ("promises", index, "in_force_until")
        faults += backwards(source, where, promise.in_force_from, promise.in_force_until)
    for (_, one), (index, other) in combinations(enumerate(promises), 2):
        if (one.clock or one.id) == (other.clock or other.id) and _overlap(one, other):
            where = ("promises", index, "in_force_from")
            faults.append(source.fault(where, "clocks_overlap", found=other.id, other=one.id))
    return faults


def _overlap(one: Promise, other: Promise) -> bool:
    first, last = sorted((one, other), key=lambda promise: promise.in_force_from)
    return first.in_force_until is None or last.in_force_from <= first.in_force_until


def check_workdays(files: Sequence[Read[WorkdayNotice]]) -> list[Fault]:
    """Check the calendar's tables, each by itself and against one another."""
    faults: list[Fault] = []
    said: dict[object, bool] = {}
    years: set[int] = set()
    for sheet, source in files:
        if sheet.year in years:
            faults.append(source.fault(("year",), "duplicate_id", found=sheet.year))
        years.add(sheet.year)
        if source.path.stem != str(sheet.year):
            faults.append(source.fault(("year",), "year_of_file", found=sheet.year, file=source.path.name))
            continue  # every date would be outside a year that is not meant
        faults += _check_notice(sheet, source)
        for name, works in (("days_off", False), ("workdays", True)):
            for index, day in enumerate(getattr(sheet, name)):
                if said.setdefault(day, works) != works and not (works and day in sheet.days_off):
                    faults.append(source.fault((name, index), "day_in_two_notices", found=day))
    return faults


def _check_notice(sheet: WorkdayNotice, source: Source) -> list[Fault]:
    faults = [
        source.fault(("workdays", index), "day_in_both_lists", found=day)
        for index, day in enumerate(sheet.workdays)
        if day in sheet.days_off
    ]
    faults += [
        source.fault(("workdays", index), "make_up_on_weekday", found=day)
        for index, day in enumerate(sheet.workdays)
        if day.weekday() < SATURDAY and day not in sheet.days_off
    ]
    for name in ("days_off", "workdays"):
        days = sheet.days_off if name == "days_off" else sheet.workdays
        faults += [
            source.fault((name, index), "duplicate_id", found=day)
            for index, day in enumerate(days)
            if day in days[:index]
        ]
        faults += [
            source.fault((name, index), "outside_notice", found=day, year=sheet.year)
            for index, day in enumerate(days)
            if not sheet.may_name(day)
        ]
    return faults
