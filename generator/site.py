"""Everything that the pages say, decided once, before any page is written.

Receives checked Content and today's date at the office; hands on one frozen Site. Reads no disk and no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bureau.content import Content
from bureau.figures import FigureSet
from bureau.forms import Form, form_text
from bureau.notices import Notice
from bureau.office import Category, Office, Person
from bureau.promise import Promise
from bureau.workdays import WorkdayNotice
from generator.hotline_year import Hotline, assemble_hotline
from generator.kept import Kept, assemble_kept


@dataclass(frozen=True, slots=True)
class InCharge:
    """A person of the office and the kinds of letters that this person is in charge of."""

    person: Person
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """The whole portal as values; `today` is the day of the build and never stands in for a document's own date."""

    office: Office
    today: date
    promise: Promise  # the one that letters to the director are under
    promises: tuple[Promise, ...]
    hotline: Hotline
    kept: Kept | None  # None: the worker has not published yet
    figures: tuple[FigureSet, ...]  # as people entered them
    letter_form: Form
    empty_letter: str  # the form's text, ready to be copied and filled in
    notices: tuple[Notice, ...]  # newest first
    organisation: tuple[InCharge, ...]
    default_category: Category
    workday_notices: tuple[WorkdayNotice, ...]
    content: Content  # every row, for calendars, open data and notices for the wall


def assemble(content: Content, today: date) -> Site:
    """Decide what the portal says on this day."""
    notices = tuple(notice for notice in content.notices if notice.published <= today)
    return Site(
        office=content.office,
        today=today,
        promise=content.mailbox_promise,
        promises=content.promises,
        hotline=assemble_hotline(
            content.hotline, content.workdays, content.workday_notices, content.staff.people, today
        ),
        kept=assemble_kept(content.published, content.mailbox_promise),
        figures=content.figures,
        letter_form=content.letter_form,
        empty_letter=form_text(content.letter_form, {}),
        # What is dated ahead is not public yet; the nightly build shows it on its day.
        notices=notices,
        organisation=_organisation(content.staff.people, content.staff.categories),
        default_category=content.staff.default_category,
        workday_notices=content.workday_notices,
        content=replace(content, notices=notices),
    )


def _organisation(people: Mapping[str, Person], categories: Mapping[str, Category]) -> tuple[InCharge, ...]:
    return tuple(
        InCharge(person, tuple(category for category in categories.values() if category.deputy == person.id))
        for person in people.values()
    )
