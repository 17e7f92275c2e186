"""Where a letter stands and what may happen to it: one table, (state, step) -> state.

A pair that is not in the table is refused by name; docs/letter-states.md is tested against it.
"""

from enum import StrEnum

from mailbox_worker.ledger.vocabulary import LetterState

DRAFTING, AWAITING, APPROVED = LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF, LetterState.APPROVED
ANSWERED, CLOSED, HELD = LetterState.ANSWERED, LetterState.CLOSED, LetterState.HELD
SET_ASIDE = LetterState.SET_ASIDE


class Step(StrEnum):
    """What can happen to a letter."""

    DRAFT_RECEIVED = "draft-received"
    DRAFT_REPLACED = "draft-replaced"
    SET_ASIDE_PROPOSED = "set-aside-proposed"
    DRAFT_WITHDRAWN = "draft-withdrawn"
    RETURNED = "returned"
    SIGNED_OFF = "signed-off"
    SET_ASIDE_AGREED = "set-aside-agreed"
    SIGN_OFF_UNDONE = "sign-off-undone"
    REPLY_ACCEPTED = "reply-accepted"
    REPLY_FAILED = "reply-failed"
    REPLY_AGAIN = "reply-again"
    REPLY_BOUNCED = "reply-bounced"
    CLOSED = "closed"


TRANSITIONS: dict[tuple[LetterState, Step], LetterState] = {
    (DRAFTING, Step.DRAFT_RECEIVED): AWAITING,
    (DRAFTING, Step.SET_ASIDE_PROPOSED): AWAITING,
    (AWAITING, Step.DRAFT_REPLACED): AWAITING,
    (AWAITING, Step.DRAFT_WITHDRAWN): DRAFTING,
    (AWAITING, Step.RETURNED): DRAFTING,
    (AWAITING, Step.SIGNED_OFF): APPROVED,
    (AWAITING, Step.SET_ASIDE_AGREED): SET_ASIDE,
    (APPROVED, Step.SIGN_OFF_UNDONE): DRAFTING,
    (APPROVED, Step.REPLY_ACCEPTED): ANSWERED,
    (APPROVED, Step.REPLY_FAILED): HELD,
    (HELD, Step.REPLY_ACCEPTED): ANSWERED,  # an unknown send that turned out well
    (HELD, Step.REPLY_AGAIN): APPROVED,
    (ANSWERED, Step.REPLY_BOUNCED): HELD,
    (ANSWERED, Step.CLOSED): CLOSED,
}
OPEN = frozenset({DRAFTING, AWAITING, APPROVED, HELD})
TAKEN_BACK = frozenset({DRAFTING, AWAITING, APPROVED, HELD, LetterState.UNANSWERABLE})  # a follow-up joins these


class NotAllowed(ValueError):  # noqa: N818 - a refusal by name
    """This step cannot be taken from this state."""

    def __init__(self, state: LetterState, step: Step) -> None:
        self.state, self.step = state, step
        super().__init__(f"{step} is not possible while a letter is {state}")


def after(state: LetterState, step: Step) -> LetterState:
    """Give the state that a step leads to; raises NotAllowed."""
    try:
        return TRANSITIONS[(state, step)]
    except KeyError:
        raise NotAllowed(state, step) from None
