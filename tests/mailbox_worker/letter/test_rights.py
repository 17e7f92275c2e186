"""Who may see a letter, who is asked to draft it and who to sign it off."""

from __future__ import annotations

import pytest

from mailbox_worker.letter.rights import somebody_may_sign_off, who_drafts, who_may_see, who_signs_off
from tests.mailbox_worker.office import STAFF


def test_everybody_may_see_a_letter_but_those_it_is_kept_from() -> None:
    assert who_may_see((), "chen-jing")
    assert who_may_see(("li-ming",), "chen-jing")
    assert not who_may_see(("li-ming", "chen-jing"), "chen-jing")


@pytest.mark.parametrize(
    ("category", "restricted", "away", "asked"),
    [
        ("general", (), (), "chen-jing"),
        ("life", (), (), "li-ming"),
        ("no-longer-there", (), (), "chen-jing"),
        ("general", (), ("chen-jing",), "li-ming"),
        ("general", ("chen-jing",), (), "zhang-wei"),
        ("life", ("li-ming",), (), "zhang-wei"),
        ("general", ("chen-jing",), ("zhang-wei",), "li-ming"),
        ("general", ("zhang-wei",), (), "chen-jing"),
        ("general", ("zhang-wei", "chen-jing"), (), "li-ming"),
        ("general", ("wang-fang",), (), "zhang-wei"),
        ("general", ("chen-jing", "li-ming"), (), "zhang-wei"),
        ("general", (), ("chen-jing", "li-ming"), "zhang-wei"),
        ("general", (), ("zhang-wei", "wang-fang"), "chen-jing"),
        ("general", (), ("chen-jing", "li-ming", "zhang-wei"), "zhang-wei"),
        ("general", ("zhang-wei",), ("chen-jing", "li-ming"), "chen-jing"),  # away is better than kept from it
    ],
)
def test_the_deputy_in_charge_signs_off_and_the_director_what_is_kept_from_anybody(
    category: str, restricted: tuple[str, ...], away: tuple[str, ...], asked: str
) -> None:
    assert who_signs_off(STAFF, category, restricted, away).id == asked


@pytest.mark.parametrize(
    ("restricted", "away", "asked"),
    [
        ((), (), "wang-fang"),
        ((), ("wang-fang",), "zhao-min"),
        (("wang-fang",), (), "zhao-min"),
        (("wang-fang",), ("zhao-min",), "zhang-wei"),
        (("wang-fang", "zhang-wei"), ("zhao-min",), "chen-jing"),
        (("zhang-wei",), ("wang-fang", "zhao-min", "chen-jing", "li-ming"), "wang-fang"),
    ],
)
def test_the_first_clerk_who_is_there_and_may_see_it_drafts_or_else_the_director(
    restricted: tuple[str, ...], away: tuple[str, ...], asked: str
) -> None:
    assert who_drafts(STAFF, restricted, away).id == asked


@pytest.mark.parametrize(
    ("restricted", "away", "first", "asked"),
    [
        ((), (), ("zhao-min",), "zhao-min"),
        ((), (), ("zhao-min", "wang-fang"), "zhao-min"),
        ((), ("zhao-min",), ("zhao-min",), "wang-fang"),
        (("zhao-min",), (), ("zhao-min",), "wang-fang"),
        ((), (), ("chen-jing", "nobody"), "wang-fang"),  # a leader who changed the draft does not draft the next
    ],
)
def test_a_clerk_who_is_named_first_drafts_if_there_and_not_kept_from_it(
    restricted: tuple[str, ...], away: tuple[str, ...], first: tuple[str, ...], asked: str
) -> None:
    assert who_drafts(STAFF, restricted, away, first).id == asked


def test_a_letter_that_names_every_leader_can_be_signed_off_by_none() -> None:
    assert somebody_may_sign_off(STAFF, ())
    assert somebody_may_sign_off(STAFF, ("zhang-wei", "chen-jing"))
    assert not somebody_may_sign_off(STAFF, ("zhang-wei", "chen-jing", "li-ming"))
