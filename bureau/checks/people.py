"""People and categories: offices held, stand-ins, portfolios, names that mean one person."""

from collections import defaultdict
from itertools import combinations

from bureau.checks.ids import backwards, doubles, stranger
from bureau.faults import Fault
from bureau.office import Category, Person
from bureau.reading import Read
from bureau.sheet_files import Categories, People
from bureau.source import Source

DEPUTY = "deputy-director"


def check_people(read: Read[People]) -> list[Fault]:
    """Check people.yml by itself."""
    people, source = read.sheet.people, read.source
    known = {person.id: person for person in people}
    faults = doubles(source, ("people",), people, lambda person: person.id)
    for index, person in enumerate(people):
        where = ("people", index)
        faults += _check_stand_in(source, (*where, "stand_in"), person, known)
        faults += backwards(source, (*where, "until"), person.since, person.until)
        for turn, term in enumerate(person.earlier):
            faults += backwards(source, (*where, "earlier", turn, "until"), term.since, term.until)
            if person.since is None or term.until >= person.since:
                faults.append(source.fault((*where, "earlier", turn), "overlap", found=term.title))
    return faults + _check_posts(people, source) + _check_names(people, source)


def _check_stand_in(
    source: Source, where: tuple[str | int, ...], person: Person, known: dict[str, Person]
) -> list[Fault]:
    if person.stand_in == person.id:
        return [source.fault(where, "own_stand_in", found=person.id)]
    faults = stranger(source, where, person.stand_in, known, "people.yml")
    named = known.get(person.stand_in or "")
    if named and named.until and not person.until:
        faults.append(source.fault(where, "has_left", found=named.id, until=named.until))
    return faults


def _check_posts(people: tuple[Person, ...], source: Source) -> list[Fault]:
    present = [person for person in people if person.until is None]
    faults = [
        source.fault(("people",), "number_missing", found=post)
        for post in ("director", "clerk")
        if not any(person.post == post for person in present)
    ]
    directors = [(index, person) for index, person in enumerate(people) if person.post == "director"]
    for (_, one), (index, other) in combinations(directors, 2):
        begins = max(filter(None, (one.since, other.since)), default=None)
        ends = min(filter(None, (one.until, other.until)), default=None)
        if begins is None or ends is None or begins <= ends:
            faults.append(source.fault(("people", index, "post"), "two_directors", found=other.id, other=one.id))
    return faults


def _check_names(people: tuple[Person, ...], source: Source) -> list[Fault]:
    owners: dict[str, set[str]] = defaultdict(set)
    faults = []
    for index, person in enumerate(people):
        if person.until is not None:
            continue
        for words in {person.name, *person.aliases}:
            if owners[words]:
                other = next(iter(owners[words]))
                faults.append(source.fault(("people", index), "shared_name", found=words, other=other))
            owners[words].add(person.id)
    return faults


def check_categories(read: Read[Categories], people: Read[People]) -> list[Fault]:
    """Check categories.yml against the people."""
    categories, source = read.sheet.categories, read.source
    known = {person.id: person for person in people.sheet.people}
    faults = doubles(source, ("categories",), categories, lambda category: category.id)
    faults += doubles(source, ("categories",), categories, lambda category: category.name, field="name")
    owners: dict[str, str] = {}
    for index, category in enumerate(categories):
        faults += _check_deputies(source, index, category, known)
        for turn, word in enumerate(category.keywords):
            if word in owners:
                where = ("categories", index, "keywords", turn)
                faults.append(source.fault(where, "shared_keyword", found=word, other=owners[word]))
            owners.setdefault(word, category.id)
    defaults = sum(category.default for category in categories)
    if defaults != 1:
        faults.append(source.fault(("categories",), "default_category", found=defaults))
    return faults


def _check_deputies(source: Source, index: int, category: Category, known: dict[str, Person]) -> list[Fault]:
    where = ("categories", index, "deputy")
    faults = stranger(source, where, category.deputy, known, "people.yml")
    deputy = known.get(category.deputy)
    if deputy and deputy.post != DEPUTY:
        faults.append(source.fault(where, "wrong_office", found=deputy.id, where=DEPUTY))
    elif deputy and deputy.until:
        faults.append(source.fault(where, "has_left", found=deputy.id, until=deputy.until))
    for turn, past in enumerate(category.earlier):
        place = ("categories", index, "earlier", turn)
        faults += stranger(source, (*place, "deputy"), past.deputy, known, "people.yml")
        person = known.get(past.deputy)
        if person and person.post_on(past.until) != DEPUTY:
            faults.append(source.fault(place, "not_in_office", found=person.id, day=past.until))
    return faults
