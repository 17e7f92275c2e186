"""Whether the promise was kept: no figures, few letters, very late letters."""

from __future__ import annotations

from decimal import Decimal

from bureau.content import load_content
from bureau.figures import Point
from generator.kept import AnsweredAfter, assemble_kept, distribution
from tests.generator.office import ROOT


def points(counts: dict[str, int]) -> list[Point]:
    return [Point(label=label, value=Decimal(count)) for label, count in counts.items()]


def test_before_the_worker_has_published_there_is_nothing_to_show() -> None:
    content = load_content(ROOT / "content")
    assert assemble_kept((), content.mailbox_promise) is None
    assert assemble_kept(content.figures, content.mailbox_promise) is None


def test_days_without_letters_are_shown_as_nought_up_to_the_promise() -> None:
    shown = distribution(points({"2": 3}), 10)
    assert [after.days for after in shown] == list(range(1, 11))
    assert [after.letters for after in shown] == [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]
    assert not any(after.late for after in shown)


def test_a_letter_answered_on_the_day_of_receipt_has_its_own_place() -> None:
    assert distribution(points({"0": 1, "1": 2}), 3)[0] == AnsweredAfter(0, 1, late=False)


def test_the_day_after_the_promise_is_late() -> None:
    shown = distribution(points({"10": 1, "11": 1}), 10)
    assert [after.late for after in shown[-2:]] == [False, True]


def test_what_took_more_than_twice_the_promise_is_added_up() -> None:
    shown = distribution(points({"20": 1, "21": 2, "300": 3}), 10)
    assert len(shown) == 21
    assert shown[-1] == AnsweredAfter(21, 5, late=True, or_more=True)
    assert sum(after.letters for after in shown) == 6


def test_nothing_answered_is_an_empty_distribution() -> None:
    assert distribution([], 10) == ()
    assert distribution(points({"全年": 4}), 10) == ()
