"""Where a letter stands and what may happen to it: one table, (state, step) -> state and the mail that follows.

Pure. A pair that is not in the table is refused by the name of its state; docs/letter-states.md lists every pair and is
tested against this file.
"""

from dataclasses import dataclass
from enum import StrEnum

from mailbox_worker.ledger.vocabulary import LetterState, MailKind

DRAFTING, AWAITING, APPROVED = LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF, LetterState.APPROVED
ANSWERED, CLOSED, HELD = LetterState.ANSWERED, LetterState.CLOSED, LetterState.HELD
SET_ASIDE, UNANSWERABLE = LetterState.SET_ASIDE, LetterState.UNANSWERABLE
AWAITING_DELIVERY = LetterState.AWAITING_DELIVERY
ASKED, RECEIPT, DRAFT, REPLY = MailKind.SIGN_OFF_REQUEST, MailKind.RECEIPT, MailKind.DRAFT_REQUEST, MailKind.REPLY


class Step(StrEnum):
    """What can happen to a letter."""

    DRAFT_RECEIVED = "draft-received"
    DRAFT_REPLACED = "draft-replaced"
    DRAFT_EDITED = "draft-edited"
    SET_ASIDE_PROPOSED = "set-aside-proposed"
    DRAFT_WITHDRAWN = "draft-withdrawn"
    RETURNED = "returned"
    SIGNED_OFF = "signed-off"
    SIGNED_FOR_DELIVERY = "signed-for-delivery"  # the writer has no e-mail: a clerk brings it by post, phone or visit
    DELIVERED = "delivered"
    EXTENSION_LAPSED = "extension-lapsed"  # 延期告知 that is not out on the due date does not go out
    SET_ASIDE_AGREED = "set-aside-agreed"
    SIGN_OFF_UNDONE = "sign-off-undone"
    REPLY_ACCEPTED = "reply-accepted"
    PART_ACCEPTED = "part-accepted"  # 阶段答复, 延期告知, 补正告知: sent, but the letter is not answered
    REPLY_FAILED = "reply-failed"
    REPLY_AGAIN = "reply-again"
    REPLY_BOUNCED = "reply-bounced"
    READDRESSED = "readdressed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Transition:
    """The state that a step leads to, and the kinds of mail that are planned with it."""

    to: LetterState
    plans: tuple[MailKind, ...] = ()


TRANSITIONS: dict[tuple[LetterState, Step], Transition] = {
    (DRAFTING, Step.DRAFT_RECEIVED): Transition(AWAITING, (ASKED, RECEIPT)),
    (DRAFTING, Step.SET_ASIDE_PROPOSED): Transition(AWAITING, (ASKED, RECEIPT)),
    (UNANSWERABLE, Step.DRAFT_RECEIVED): Transition(AWAITING, (ASKED, RECEIPT)),
    (UNANSWERABLE, Step.SET_ASIDE_PROPOSED): Transition(AWAITING, (ASKED, RECEIPT)),
    (AWAITING, Step.DRAFT_REPLACED): Transition(AWAITING, (ASKED, RECEIPT)),
    (AWAITING, Step.DRAFT_EDITED): Transition(AWAITING, (ASKED,)),  # by the deputy, who signs it off as such
    (AWAITING, Step.DRAFT_WITHDRAWN): Transition(DRAFTING, (RECEIPT,)),
    (AWAITING, Step.RETURNED): Transition(DRAFTING, (DRAFT, RECEIPT)),
    (AWAITING, Step.EXTENSION_LAPSED): Transition(DRAFTING, (DRAFT, RECEIPT)),
    (APPROVED, Step.EXTENSION_LAPSED): Transition(DRAFTING, (DRAFT, RECEIPT)),
    (AWAITING, Step.SIGNED_OFF): Transition(APPROVED, (REPLY, RECEIPT)),
    (AWAITING, Step.SET_ASIDE_AGREED): Transition(SET_ASIDE, (RECEIPT,)),
    (AWAITING, Step.SIGNED_FOR_DELIVERY): Transition(AWAITING_DELIVERY, (RECEIPT,)),
    (AWAITING_DELIVERY, Step.SIGN_OFF_UNDONE): Transition(DRAFTING, (DRAFT, RECEIPT)),
    (AWAITING_DELIVERY, Step.DELIVERED): Transition(ANSWERED),
    (APPROVED, Step.SIGN_OFF_UNDONE): Transition(DRAFTING, (DRAFT, RECEIPT)),
    (APPROVED, Step.REPLY_ACCEPTED): Transition(ANSWERED),
    (APPROVED, Step.PART_ACCEPTED): Transition(DRAFTING),
    (APPROVED, Step.REPLY_FAILED): Transition(HELD),
    (HELD, Step.REPLY_ACCEPTED): Transition(ANSWERED),  # an unknown send that turned out well
    (HELD, Step.PART_ACCEPTED): Transition(DRAFTING),
    (HELD, Step.REPLY_AGAIN): Transition(APPROVED),
    (ANSWERED, Step.REPLY_BOUNCED): Transition(HELD),
    (HELD, Step.READDRESSED): Transition(AWAITING, (ASKED,)),  # to another address, which needs another sign-off
    (ANSWERED, Step.CLOSED): Transition(CLOSED),
}
OPEN = frozenset({DRAFTING, AWAITING, APPROVED, HELD})
TAKEN_BACK = frozenset({DRAFTING, AWAITING, APPROVED, HELD, UNANSWERABLE})  # a follow-up joins these


class NotAllowed(ValueError):  # noqa: N818 - a refusal by name
    """This step cannot be taken from this state; `reason` is a key of the refusals' catalog."""

    def __init__(self, state: LetterState, step: Step) -> None:
        self.state, self.step = state, step
        self.reason = f"while-{state}"
        super().__init__(f"{step} is not possible while a letter is {state}")


def after(state: LetterState, step: Step) -> LetterState:
    """Give the state that a step leads to; raises NotAllowed."""
    try:
        return TRANSITIONS[(state, step)].to
    except KeyError:
        raise NotAllowed(state, step) from None
