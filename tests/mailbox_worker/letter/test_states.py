"""Every pair of state and step, by name: which are possible, and that the page about them says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.letter.states import OPEN, TAKEN_BACK, TRANSITIONS, NotAllowed, Step, after
from mailbox_worker.mail.words import words

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "letter-states.md"
POSSIBLE = {
    ("drafting", "draft-received", "awaiting_sign_off"),
    ("drafting", "set-aside-proposed", "awaiting_sign_off"),
    ("unanswerable", "draft-received", "awaiting_sign_off"),
    ("unanswerable", "set-aside-proposed", "awaiting_sign_off"),
    ("awaiting_sign_off", "signed-for-delivery", "awaiting_delivery"),
    ("awaiting_delivery", "sign-off-undone", "drafting"),
    ("awaiting_delivery", "delivered", "answered"),
    ("awaiting_sign_off", "draft-replaced", "awaiting_sign_off"),
    ("awaiting_sign_off", "draft-edited", "awaiting_sign_off"),
    ("awaiting_sign_off", "draft-withdrawn", "drafting"),
    ("awaiting_sign_off", "returned", "drafting"),
    ("awaiting_sign_off", "signed-off", "approved"),
    ("awaiting_sign_off", "extension-lapsed", "drafting"),
    ("approved", "extension-lapsed", "drafting"),
    ("awaiting_sign_off", "set-aside-agreed", "set_aside"),
    ("approved", "sign-off-undone", "drafting"),
    ("approved", "reply-accepted", "answered"),
    ("approved", "part-accepted", "drafting"),
    ("held", "part-accepted", "drafting"),
    ("approved", "reply-failed", "held"),
    ("held", "reply-accepted", "answered"),
    ("held", "reply-again", "approved"),
    ("answered", "reply-bounced", "held"),
    ("held", "readdressed", "awaiting_sign_off"),
    ("answered", "closed", "closed"),
}
CONTRACT = ["drafting", "awaiting_sign_off", "approved", "answered", "closed"]
CONTRACT += ["awaiting_delivery", "set_aside", "unanswerable", "held"]


def test_the_states_are_those_of_the_contract() -> None:
    assert [str(state) for state in LetterState] == CONTRACT


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", LetterState)
def test_every_pair_leads_where_it_should_or_is_refused_by_name(state: LetterState, step: Step) -> None:
    leads_to = [end for start, taken, end in POSSIBLE if (start, taken) == (state, step)]
    if leads_to:
        assert [after(state, step)] == leads_to
    else:
        with pytest.raises(NotAllowed, match=f"^{step} is not possible while a letter is {state}$"):
            after(state, step)
        assert words("refusals")[f"while-{state}"], "whoever tried is told why"


def test_only_a_signed_letter_can_become_answered_and_only_a_sign_off_approves() -> None:
    into = {
        end: {(str(start), str(step)) for (start, step), to in TRANSITIONS.items() if to.to is end}
        for end in LetterState
    }
    by_mail = {("approved", "reply-accepted"), ("held", "reply-accepted")}
    assert into[LetterState.ANSWERED] == by_mail | {("awaiting_delivery", "delivered")}
    assert into[LetterState.AWAITING_DELIVERY] == {("awaiting_sign_off", "signed-for-delivery")}
    assert into[LetterState.APPROVED] == {("awaiting_sign_off", "signed-off"), ("held", "reply-again")}
    assert into[LetterState.SET_ASIDE] == {("awaiting_sign_off", "set-aside-agreed")}


def test_nothing_leads_out_of_what_is_done() -> None:
    done = {LetterState.CLOSED, LetterState.SET_ASIDE}
    assert not [state for state, _ in TRANSITIONS if state in done]
    assert not done & (OPEN | TAKEN_BACK)


def table_of(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows if not re.fullmatch(r"[\s-]*", "".join(row))]


def test_the_pages_table_of_steps_is_the_codes_table() -> None:
    (_, *states), *rows = table_of("What may happen in each")
    written = {
        (state, step, cell) for step, *cells in rows for state, cell in zip(states, cells, strict=True) if cell != "—"
    }
    assert written == {(str(state), str(step), str(end.to)) for (state, step), end in TRANSITIONS.items()}
    assert states == [str(state) for state in LetterState]
    assert [row[0] for row in rows] == [str(step) for step in Step]


def test_the_page_tells_what_every_state_and_step_means() -> None:
    assert [row[0] for row in table_of("What each state means")[1:]] == [str(state) for state in LetterState]
    assert [row[0] for row in table_of("What each step is")[1:]] == [str(step) for step in Step]


def test_every_state_has_a_chinese_word_which_the_page_uses() -> None:
    for state, chinese, *_ in table_of("What each state means")[1:]:
        assert words("states")[state].startswith(chinese)


def test_the_page_names_the_mail_that_follows_from_each_step() -> None:
    written = {(step, state): kinds for step, state, kinds in table_of("The mail that follows")[1:]}
    planned = {(str(step), str(state)): ", ".join(end.plans) for (state, step), end in TRANSITIONS.items() if end.plans}
    assert written == planned
