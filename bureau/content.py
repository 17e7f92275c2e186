"""Read the whole content folder into one frozen Content, or say everything that is wrong with it at once.

Receives a folder; hands on Content. Refuses to hand on half of it: one fault anywhere and nothing is built or sent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field as Limits

from bureau.faults import Fault, FaultyFiles
from bureau.figures import FigureSet, percentage
from bureau.forms import Form
from bureau.hotline import HotlineRule
from bureau.notices import Notice, NoticeFile
from bureau.office import Category, Office, Person, Staff
from bureau.promise import Promise
from bureau.sheet import Sheet
from bureau.source import Source
from bureau.workdays import WorkdayNotice, Workdays
from bureau.yaml_source import read_sheet

SheetT = TypeVar("SheetT", bound=Sheet)


class _People(Sheet):
    people: Annotated[tuple[Person, ...], Limits(min_length=1)]


class _Categories(Sheet):
    categories: Annotated[tuple[Category, ...], Limits(min_length=1)]


class _Promises(Sheet):
    promises: Annotated[tuple[Promise, ...], Limits(min_length=1)]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an office says of itself, checked."""

    office: Office
    staff: Staff
    hotline: HotlineRule
    promises: tuple[Promise, ...]
    workdays: Workdays
    workday_notices: tuple[WorkdayNotice, ...]
    figures: tuple[FigureSet, ...]  # as people entered them
    published: tuple[FigureSet, ...]  # as the worker counted them
    letter_form: Form
    notices: tuple[Notice, ...]

    @property
    def mailbox_promise(self) -> Promise:
        """The promise that every letter to the director's mailbox is under."""
        return next(promise for promise in self.promises if promise.id == MAILBOX_PROMISE)


MAILBOX_PROMISE = "mailbox"


class _Reader:
    """Collects the faults of many files; a file with a fault reads as None."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []

    def one(self, name: str, sheet: type[SheetT]) -> tuple[SheetT, Source] | None:
        """Read a file that must be there."""
        try:
            return read_sheet(self.folder / name, sheet)
        except FaultyFiles as faulty:
            self.faults += faulty.faults
            return None

    def every(self, folder: str, sheet: type[SheetT]) -> list[tuple[SheetT, Source]]:
        """Read every YAML file of a folder, in the order of names; none at all is for the caller to judge."""
        names = sorted(path.name for path in (self.folder / folder).glob("*.yml"))
        read = [self.one(f"{folder}/{name}", sheet) for name in names]
        return [pair for pair in read if pair is not None]


def load_content(folder: Path) -> Content:
    """Read and check a content folder; raises FaultyFiles with the faults of all files."""
    reader = _Reader(folder)
    office = reader.one("office.yml", Office)
    people = reader.one("people.yml", _People)
    categories = reader.one("categories.yml", _Categories)
    hotline = reader.one("hotline.yml", HotlineRule)
    promises = reader.one("promises.yml", _Promises)
    form = reader.one("forms/letter.yml", Form)
    workdays = reader.every("workdays", WorkdayNotice)
    figures = reader.every("figures", FigureSet)
    published = reader.every("published", FigureSet)
    notices = reader.every("notices", NoticeFile)

    if people and categories:
        reader.faults += _check_people(people, categories)
    if people and hotline:
        reader.faults += _check_rota(people[0], hotline)
    if promises:
        reader.faults += _check_promises(*promises)
    for sheet, source in workdays:
        reader.faults += _check_workdays(sheet, source)
    for figure_set, source in [*figures, *published]:
        reader.faults += _check_figures(figure_set, source)
    reader.faults += _check_notice_ids(notices)
    if reader.faults or not (office and people and categories and hotline and promises and form):
        raise FaultyFiles(reader.faults)
    return Content(
        office=office[0],
        staff=Staff(
            {person.id: person for person in people[0].people},
            {category.id: category for category in categories[0].categories},
        ),
        hotline=hotline[0],
        promises=promises[0].promises,
        workdays=Workdays.from_notices(sheet for sheet, _ in workdays),
        workday_notices=tuple(sheet for sheet, _ in workdays),
        figures=tuple(sheet for sheet, _ in figures),
        published=tuple(sheet for sheet, _ in published),
        letter_form=form[0],
        notices=tuple(
            sorted(
                (notice for sheet, _ in notices for notice in sheet.notices),
                key=lambda notice: (notice.published, notice.id),
                reverse=True,
            )
        ),
    )


def _duplicates(source: Source, field: str, records: Iterable[SheetT], key: Callable[[SheetT], object]) -> list[Fault]:
    seen: set[object] = set()
    faults = []
    for index, record in enumerate(records):
        if key(record) in seen:
            faults.append(source.fault((field, index, "id"), "duplicate_id", found=key(record)))
        seen.add(key(record))
    return faults


def _check_people(people: tuple[_People, Source], categories: tuple[_Categories, Source]) -> list[Fault]:
    sheet, source = people
    ids = {person.id: person for person in sheet.people}
    faults = _duplicates(source, "people", sheet.people, lambda person: person.id)
    for index, person in enumerate(sheet.people):
        if person.stand_in is not None and person.stand_in not in ids:
            where = ("people", index, "stand_in")
            faults.append(source.fault(where, "unknown_reference", found=person.stand_in, where="people.yml"))
    faults += [
        source.fault(("people",), "number_missing", found=post)
        for post in ("director", "clerk")
        if not any(person.post == post for person in sheet.people)
    ]
    return faults + _check_categories(ids, *categories)


def _check_categories(people: dict[str, Person], sheet: _Categories, source: Source) -> list[Fault]:
    faults = _duplicates(source, "categories", sheet.categories, lambda category: category.id)
    for index, category in enumerate(sheet.categories):
        where = ("categories", index, "deputy")
        deputy = people.get(category.deputy)
        if deputy is None:
            faults.append(source.fault(where, "unknown_reference", found=category.deputy, where="people.yml"))
        elif deputy.post != "deputy-director":
            faults.append(source.fault(where, "wrong_office", found=category.deputy, where="deputy-director"))
    defaults = sum(category.default for category in sheet.categories)
    if defaults != 1:
        faults.append(source.fault(("categories",), "default_category", found=defaults))
    return faults


def _check_rota(people: _People, hotline: tuple[HotlineRule, Source]) -> list[Fault]:
    rule, source = hotline
    ids = {person.id for person in people.people}
    return [
        source.fault(("rota", "order", turn), "unknown_reference", found=person, where="people.yml")
        for turn, person in enumerate(rule.rota.order)
        if person not in ids
    ]


def _check_promises(sheet: _Promises, source: Source) -> list[Fault]:
    faults = _duplicates(source, "promises", sheet.promises, lambda promise: promise.id)
    if not any(promise.id == MAILBOX_PROMISE for promise in sheet.promises):
        faults.append(source.fault(("promises",), "number_missing", found=MAILBOX_PROMISE))
    return faults


def _check_workdays(sheet: WorkdayNotice, source: Source) -> list[Fault]:
    return [
        source.fault(("workdays", index), "day_in_both_lists", found=day)
        for index, day in enumerate(sheet.workdays)
        if day in sheet.days_off
    ]


def _check_figures(sheet: FigureSet, source: Source) -> list[Fault]:
    faults = _duplicates(source, "figures", sheet.figures, lambda figure: figure.id)
    for index, figure in enumerate(sheet.figures):
        if figure.rate is None:
            continue
        parts = (sheet.figure(figure.rate.counted), sheet.figure(figure.rate.of))
        for part, name in zip(parts, ("counted", "of"), strict=True):
            if part is None:
                where = ("figures", index, "rate", name)
                found = getattr(figure.rate, name)
                faults.append(source.fault(where, "unknown_reference", found=found, where=source.path.name))
        counted, of = parts
        if counted and of and of.value:
            expected = percentage(counted.value, of.value, like=figure.value)
            if expected != figure.value:
                place = ("figures", index, "value")
                faults.append(source.fault(place, "rate_disagrees", found=figure.value, expected=expected))
    return faults


def _check_notice_ids(files: list[tuple[NoticeFile, Source]]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for sheet, source in files:
        for index, notice in enumerate(sheet.notices):
            if notice.id in seen:
                faults.append(source.fault(("notices", index, "id"), "duplicate_id", found=notice.id))
            seen.add(notice.id)
    return faults
