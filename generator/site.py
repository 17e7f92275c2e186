"""Everything that the pages say, decided once, before any page is written.

Receives checked Content and today's date at the office; hands on one frozen Site. Reads no disk and no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bureau.content import Content
from bureau.figures import Figure, FigureSet
from bureau.forms import Form, form_text
from bureau.notices import Notice
from bureau.office import Category, Office, Person
from bureau.promise import Promise
from generator.hotline_year import Hotline, assemble_hotline
from generator.houses import Change, House, Locality, assemble_changes, assemble_houses, assemble_localities
from generator.kept import Kept, assemble_kept
from generator.papers import Archive, assemble_archive
from generator.receptions import ReceptionPlan, reception_plan
from generator.series import Series, assemble_series, series_paths


@dataclass(frozen=True, slots=True)
class InCharge:
    """A person of the office and the kinds of letters that this person is in charge of."""

    person: Person
    categories: tuple[Category, ...]
    in_office: bool


@dataclass(frozen=True, slots=True)
class Site:
    """The whole portal as values; `today` is the day of the build and never stands in for a document's own date.

    `content` is what the office entered, for what needs no decision; its notices, too, are those published by today.
    """

    content: Content
    today: date
    promise: Promise  # the one that letters to the director are under
    hotline: Hotline
    changes: tuple[Change, ...]
    houses: tuple[House, ...]
    localities: tuple[Locality, ...]
    reception: ReceptionPlan | None
    kept: Kept | None  # None: the worker has not published yet
    series: tuple[Series, ...]
    series_path: Mapping[tuple[str, str], str]
    empty_letter: str  # the form's text, ready to be copied and filled in
    notices: tuple[Notice, ...]  # those published by today, newest first
    archive: Archive
    organisation: tuple[InCharge, ...]

    @property
    def office(self) -> Office:
        """The office as citizens know it."""
        return self.content.office

    @property
    def letter_form(self) -> Form:
        """The form for a letter to the director."""
        return self.content.letter_form

    def figure_set(self, reference: str) -> FigureSet:
        """Find the set of a figure named as set/figure; references were checked when content was read."""
        wanted, _, _ = reference.partition("/")
        return next(one for one in (*self.content.figures, *self.content.published) if one.id == wanted)

    def figure(self, reference: str) -> Figure:
        """Find a published figure named as set/figure."""
        _, _, wanted = reference.partition("/")
        return next(one for one in self.figure_set(reference).figures if one.id == wanted)


def assemble(content: Content, today: date) -> Site:
    """Decide what the portal says on this day."""
    hotline = assemble_hotline(content, today)
    series = assemble_series((*content.published, *content.figures))
    receptions = content.receptions
    # What is dated ahead is not public yet; the nightly build shows it on its day.
    notices = tuple(notice for notice in content.notices if notice.published <= today)
    return Site(
        content=replace(content, notices=notices),
        today=today,
        promise=content.mailbox_promise,
        hotline=hotline,
        changes=assemble_changes(content, hotline),
        houses=assemble_houses(content, hotline, today),
        localities=assemble_localities(content),
        reception=reception_plan(receptions.rule, content.workdays, today) if receptions else None,
        kept=assemble_kept(content.published, content.mailbox_promise),
        series=series,
        series_path=series_paths(series),
        empty_letter=form_text(content.letter_form, {}),
        notices=notices,
        archive=assemble_archive(notices, today),
        organisation=_organisation(content.staff.people, content.staff.categories, today),
    )


def _organisation(
    people: Mapping[str, Person], categories: Mapping[str, Category], today: date
) -> tuple[InCharge, ...]:
    return tuple(
        InCharge(
            person=person,
            categories=tuple(one for one in categories.values() if one.deputy_on(today) == person.id),
            in_office=person.post_on(today) is not None,
        )
        for person in people.values()
    )
