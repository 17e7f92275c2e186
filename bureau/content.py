"""Read the whole content folder into one frozen Content, or say everything that is wrong with it at once.

Receives a folder; hands on Content. Refuses to hand on half of it: one fault anywhere and nothing is built or sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bureau.catalog import fault
from bureau.checks.rules import MAILBOX_PROMISE
from bureau.checks.whole import check
from bureau.desk import DutyRota, Snippet, Urgent
from bureau.faults import FaultyFiles
from bureau.fieldwork import Campaign, Visit
from bureau.figures import FigureSet
from bureau.files import Files, read_files
from bureau.forms import Form
from bureau.hotline import HotlineRule
from bureau.hotline_record import HeldDay
from bureau.insurers import Insurer, Place
from bureau.notices import Notice
from bureau.office import Office, Staff
from bureau.organisations import Organisations
from bureau.promise import Promise, rule_in_force
from bureau.reception import Receptions
from bureau.releases import Releases
from bureau.withdrawn import Withdrawn
from bureau.workdays import WorkdayNotice, Workdays


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an office says of itself, checked. What an office may leave out has a default."""

    office: Office
    staff: Staff
    hotline: HotlineRule
    promises: tuple[Promise, ...]
    workdays: Workdays
    workday_notices: tuple[WorkdayNotice, ...]
    figures: tuple[FigureSet, ...]  # as people entered them
    published: tuple[FigureSet, ...]  # as the worker counted them
    letter_form: Form
    notices: tuple[Notice, ...]  # the newest first
    hotline_held: tuple[HeldDay, ...] = ()  # the oldest first
    places: tuple[Place, ...] = ()
    insurers: tuple[Insurer, ...] = ()
    organisations: Organisations = field(default_factory=Organisations)
    receptions: Receptions | None = None
    visits: tuple[Visit, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    duty: DutyRota | None = None
    snippets: tuple[Snippet, ...] = ()
    urgent: Urgent | None = None
    releases: Releases | None = None
    withdrawn: Withdrawn = field(default_factory=Withdrawn)

    @property
    def mailbox_promise(self) -> Promise:
        """The promise that every letter to the director's mailbox is under."""
        return next(promise for promise in self.promises if promise.id == MAILBOX_PROMISE)

    def rule(self, clock: str, day: date) -> Promise | None:
        """Find the rule of a clock, or of this id, that holds on a day."""
        return rule_in_force(self.promises, clock, day)


def load_content(folder: Path) -> Content:
    """Read and check a content folder; raises FaultyFiles with the faults of all files."""
    if not folder.is_dir():
        raise FaultyFiles([fault(folder, 1, "", "no_folder")])
    files, faults = read_files(folder)
    faults += check(files)
    if faults:
        raise FaultyFiles(faults)
    return _assemble(files)


def _assemble(files: Files) -> Content:
    people, categories, form = files.people, files.categories, files.letter_form
    office, hotline, promises = files.office, files.hotline, files.promises
    if not (office and people and categories and hotline and promises and form):
        raise AssertionError("a file that every office has was neither read nor found faulty")
    return Content(
        office=office.sheet,
        staff=Staff(files.person_by_id, {category.id: category for category in categories.sheet.categories}),
        hotline=hotline.sheet,
        promises=promises.sheet.promises,
        workdays=files.calendar,
        workday_notices=tuple(read.sheet for read in files.workdays),
        figures=tuple(read.sheet for read in files.figures),
        published=tuple(read.sheet for read in files.published),
        letter_form=form.sheet,
        notices=_newest_first(notice for read in files.notices for notice in read.sheet.notices),
        hotline_held=tuple(sorted((day for one in files.held for day in one.sheet.held), key=lambda held: held.day)),
        places=files.places.sheet.places if files.places else (),
        insurers=files.every_insurer,
        organisations=files.organisations.sheet if files.organisations else Organisations(),
        receptions=files.receptions.sheet if files.receptions else None,
        visits=files.visits.sheet.visits if files.visits else (),
        campaigns=files.campaigns.sheet.campaigns if files.campaigns else (),
        duty=files.duty.sheet if files.duty else None,
        snippets=files.snippets.sheet.snippets if files.snippets else (),
        urgent=files.urgent.sheet if files.urgent else None,
        releases=files.releases.sheet if files.releases else None,
        withdrawn=files.withdrawn.sheet if files.withdrawn else Withdrawn(),
    )


def _newest_first(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(sorted(notices, key=lambda notice: (notice.published, notice.id), reverse=True))
