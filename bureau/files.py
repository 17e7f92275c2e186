"""The files of a content folder by name, each read into its sheet or None where it has a fault or is not there."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from bureau.desk import DutyRota, SnippetFile, Urgent
from bureau.faults import Fault
from bureau.fieldwork import CampaignFile, VisitFile
from bureau.figures import FigureSet
from bureau.forms import Form
from bureau.hotline import HotlineRule
from bureau.hotline_record import HeldFile
from bureau.insurers import Insurer, InsurerFile, PlaceFile
from bureau.notices import NoticeFile
from bureau.office import Office, Person
from bureau.organisations import Organisations
from bureau.reading import Folder, Read
from bureau.reception import Receptions
from bureau.releases import Releases
from bureau.sheet_files import Categories, People, Promises
from bureau.withdrawn import Withdrawn
from bureau.workdays import WorkdayNotice, Workdays


@dataclass(frozen=True, slots=True)
class Files:
    """What was read; the first six every office has, folders of files may be empty, the rest may be absent."""

    folder: Path
    office: Read[Office] | None
    people: Read[People] | None
    categories: Read[Categories] | None
    hotline: Read[HotlineRule] | None
    promises: Read[Promises] | None
    letter_form: Read[Form] | None
    workdays: list[Read[WorkdayNotice]]
    figures: list[Read[FigureSet]]
    published: list[Read[FigureSet]]
    notices: list[Read[NoticeFile]]
    held: list[Read[HeldFile]]
    places: Read[PlaceFile] | None
    insurers: Read[InsurerFile] | None
    organisations: Read[Organisations] | None
    receptions: Read[Receptions] | None
    visits: Read[VisitFile] | None
    campaigns: Read[CampaignFile] | None
    duty: Read[DutyRota] | None
    snippets: Read[SnippetFile] | None
    urgent: Read[Urgent] | None
    releases: Read[Releases] | None
    withdrawn: Read[Withdrawn] | None
    calendar: Workdays
    faulty: AbstractSet[str]  # names of files and folders/ that could not be read: nothing is checked against them

    @property
    def person_by_id(self) -> dict[str, Person]:
        """The people, as far as they could be read."""
        return {person.id: person for person in self.people.sheet.people} if self.people else {}

    @property
    def category_ids(self) -> AbstractSet[str]:
        """The ids of the categories."""
        return {category.id for category in self.categories.sheet.categories} if self.categories else set()

    @property
    def place_ids(self) -> AbstractSet[str]:
        """The ids of the places."""
        return {place.id for place in self.places.sheet.places} if self.places else set()

    @property
    def every_insurer(self) -> tuple[Insurer, ...]:
        """The insurers, none where there is no such file."""
        return self.insurers.sheet.insurers if self.insurers else ()


def read_files(folder: Path) -> tuple[Files, list[Fault]]:
    """Read every file of a content folder; the faults are those that a file has by itself."""
    read = Folder(folder)
    workdays = read.every("workdays", WorkdayNotice)
    files = Files(
        folder=folder,
        office=read.required("office.yml", Office),
        people=read.required("people.yml", People),
        categories=read.required("categories.yml", Categories),
        hotline=read.required("hotline.yml", HotlineRule),
        promises=read.required("promises.yml", Promises),
        letter_form=read.required("forms/letter.yml", Form),
        workdays=workdays,
        figures=read.every("figures", FigureSet),
        published=read.every("published", FigureSet),
        notices=read.every("notices", NoticeFile),
        held=read.every("hotline_held", HeldFile),
        places=read.optional("places.yml", PlaceFile),
        insurers=read.optional("insurers.yml", InsurerFile),
        organisations=read.optional("organisations.yml", Organisations),
        receptions=read.optional("reception.yml", Receptions),
        visits=read.optional("outreach.yml", VisitFile),
        campaigns=read.optional("campaigns.yml", CampaignFile),
        duty=read.optional("duty.yml", DutyRota),
        snippets=read.optional("snippets.yml", SnippetFile),
        urgent=read.optional("urgent.yml", Urgent),
        releases=read.optional("releases.yml", Releases),
        withdrawn=read.optional("withdrawn.yml", Withdrawn),
        calendar=Workdays.from_notices(sheet for sheet, _ in workdays),
        faulty=read.faulty,
    )
    return files, [*read.faults, *read.unread()]
