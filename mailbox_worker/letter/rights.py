"""Who may see a letter, and who is asked to sign it off. One question with one answer, asked by every mail composed."""

from collections.abc import Collection
from datetime import date

from bureau.office import Person, Staff


def who_may_see(restricted: Collection[str], person: str) -> bool:
    """Tell whether a person may get any mail about a letter; `restricted` are the ids it is kept from (回避)."""
    return person not in restricted


def who_signs_off(staff: Staff, category: str, restricted: Collection[str], away: Collection[str]) -> Person:
    """Find who is asked: the deputy in charge, the stand-in, or, if neither is there, the director.

    A letter that is kept from anybody is the director's (回避); one that is kept from the director, a deputy's. An
    unknown category (content has changed since) is the default one's. Who is away is asked before who may not see it.
    """
    in_charge = staff.people[staff.categories.get(category, staff.default_category).deputy]
    deputies = (in_charge, staff.people.get(in_charge.stand_in or ""))
    others = _of_post(staff, "deputy-director") if restricted else ()
    order = (staff.director, *deputies, *others) if restricted else (*deputies, staff.director)
    return _first(order, restricted, away) or _first((staff.director, *order), restricted, ()) or staff.director


def somebody_may_sign_off(staff: Staff, restricted: Collection[str]) -> bool:
    """Tell whether any leader may see a letter; where none may, the office outside must take it."""
    leaders = (staff.director, *_of_post(staff, "deputy-director"))
    return any(who_may_see(restricted, leader.id) for leader in leaders)


def may_sign_off(person: Person, today: date) -> bool:
    """Tell whether somebody may decide today: a deputy director or the director, in office."""
    return person.post_on(today) in ("director", "deputy-director")


def who_drafts(staff: Staff, restricted: Collection[str], away: Collection[str], first: Collection[str] = ()) -> Person:
    """Find the clerk who may see the letter, those of `first` before others; else the director, or a deputy.

    `first` are ids: whoever has drafted it so far, whoever is on duty. A deputy drafts what names the director.
    """
    clerks = _of_post(staff, "clerk")
    preferred = (clerk for identity in first for clerk in clerks if clerk.id == identity)
    order = (*preferred, *clerks, staff.director, *_of_post(staff, "deputy-director"))
    return _first(order, restricted, away) or _first((staff.director, *order), restricted, ()) or staff.director


def _of_post(staff: Staff, post: str) -> tuple[Person, ...]:
    return tuple(person for person in staff.people.values() if person.post == post and person.until is None)


def _first(order: Collection[Person | None], restricted: Collection[str], away: Collection[str]) -> Person | None:
    there = (person for person in order if person is not None and person.id not in away)
    return next((person for person in there if who_may_see(restricted, person.id)), None)
