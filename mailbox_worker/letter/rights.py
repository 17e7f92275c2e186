"""Who may see a letter, and who is asked to sign it off. One question with one answer, asked by every mail composed."""

from collections.abc import Collection
from datetime import date

from bureau.office import Person, Staff


def who_may_see(restricted: Collection[str], person: str) -> bool:
    """Tell whether a person may get any mail about a letter; `restricted` are the ids it is kept from (回避)."""
    return person not in restricted


def who_signs_off(staff: Staff, category: str, restricted: Collection[str], away: Collection[str]) -> Person:
    """Find who is asked: the deputy in charge, the stand-in, or, if neither may or is there, the director.

    An unknown category (content has changed since) is the default one's.
    """
    in_charge = staff.people[staff.categories.get(category, staff.default_category).deputy]
    stand_in = staff.people.get(in_charge.stand_in or "")
    # Beyond the director only where the director may not see it either: somebody must be asked.
    others = [person for person in staff.people.values() if person.post == "deputy-director" and person.until is None]
    for person in (in_charge, stand_in):
        if person is not None and person.id not in away and who_may_see(restricted, person.id):
            return person
    if who_may_see(restricted, staff.director.id):
        return staff.director
    return next((p for p in others if p.id not in away and who_may_see(restricted, p.id)), staff.director)


def may_sign_off(person: Person, today: date) -> bool:
    """Tell whether somebody may decide today: a deputy director or the director, in office."""
    return person.post_on(today) in ("director", "deputy-director")


def who_drafts(staff: Staff, restricted: Collection[str], away: Collection[str]) -> Person:
    """Find the clerk on duty who may see the letter; without one, the director."""
    for person in staff.people.values():
        if person.post == "clerk" and person.id not in away and who_may_see(restricted, person.id):
            return person
    return staff.director
