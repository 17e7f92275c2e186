"""Every pair of state and step is allowed or refused by name, and docs/letter-states.md says the same."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.letter.states import TRANSITIONS, NotAllowed, Step, after
from mailbox_worker.mail.words import words

PAPER = Path(__file__).parents[3] / "docs" / "letter-states.md"
PAIRS = list(product(LetterState, Step))


def cell(state: LetterState, step: Step) -> str:
    """Write what the paper says of one pair: the state that follows, or that it is refused."""
    transition = TRANSITIONS.get((state, step))
    return f"{transition.to}" if transition is not None else "refused"


def table() -> list[str]:
    """Write the whole table as the paper has it."""
    rows = [f"| step | {' | '.join(LetterState)} |", f"|{'---|' * (len(LetterState) + 1)}"]
    return rows + [f"| {step} | {' | '.join(cell(state, step) for state in LetterState)} |" for step in Step]


@pytest.mark.parametrize(("state", "step"), PAIRS, ids=lambda part: str(part))
def test_each_pair_is_allowed_or_refused_by_name(state: LetterState, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        assert after(state, step) is TRANSITIONS[(state, step)].to
        return
    with pytest.raises(NotAllowed) as refusal:
        after(state, step)
    assert refusal.value.reason == f"while-{state}"
    assert words("refusals")[refusal.value.reason], "the person who tried is told why"


def test_the_paper_lists_every_pair_as_the_code_has_it() -> None:
    paper = PAPER.read_text(encoding="utf-8")
    assert "\n".join(table()) in paper, "docs/letter-states.md should say:\n" + "\n".join(table())


def test_the_paper_names_the_mail_that_follows_from_each_step() -> None:
    paper = PAPER.read_text(encoding="utf-8")
    for (state, step), transition in TRANSITIONS.items():
        if transition.plans:
            assert f"| {step} | {state} | {', '.join(transition.plans)} |" in paper


def test_only_a_signed_off_letter_is_answered() -> None:
    before_answered = {state for (state, _), transition in TRANSITIONS.items() if transition.to == "answered"}
    assert before_answered == {LetterState.APPROVED, LetterState.HELD}
    assert [step for (_, step), transition in TRANSITIONS.items() if transition.to == "approved"] == [Step.SIGNED_OFF]
