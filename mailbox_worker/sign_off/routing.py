"""Ask people: the sign-off request to whoever is in charge, a new draft request to the clerk."""

from typing import Any, Protocol

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.outbox import Plan, close_requests, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.rights import who_drafts
from mailbox_worker.sign_off.absences import who_is_asked
from mailbox_worker.sign_off.case import Case

ABOUT_DRAFT, ABOUT_SET_ASIDE, ABOUT_CATEGORY = "draft", "set-aside", "category"


class Asking(Protocol):
    """Whoever asks: the answer that is handled, or the word, in its open transaction."""

    @property
    def desk(self) -> Desk:
        """The desk."""
        ...

    @property
    def writer(self) -> Writer:
        """The open transaction."""
        ...

    @property
    def arrival(self) -> int:
        """The mail that asked for it."""
        ...


def ask_for_sign_off(
    case: Asking,
    letter: Letter,
    *,
    about: str,
    version: int | None,
    person: str | None = None,
    but: frozenset[str] = frozenset(),
    **more: Any,
) -> str:
    """Plan the sign-off request and close the older ones; gives the id of the person who is asked."""
    close_requests(case.writer, letter.number, "superseded", [MailKind.SIGN_OFF_REQUEST])
    asked = person or who_is_asked(case.writer.connection, case.desk, letter, case.writer.now, but)
    plan(
        case.writer,
        Plan(
            f"sign-off-request:{letter.number}:{about}:{version or case.arrival}:{asked}:{case.arrival}",
            MailKind.SIGN_OFF_REQUEST,
            letter=letter.number,
            person=asked,
            arguments={"about": about, "version": version, **more},
        ),
    )
    return asked


def ask_for_another_draft(case: Case, because: str, comment: str = "", *, but: frozenset[str] = frozenset()) -> str:
    """Plan a new draft request to the clerk on duty, with what the deputy said; gives who is asked."""
    staff, letter = case.desk.content.staff, case.letter
    clerk = who_drafts(staff, letter.restricted, case.desk.config.away | but)
    plan(
        case.writer,
        Plan(
            f"draft-request:{letter.number}:{case.arrival}",
            MailKind.DRAFT_REQUEST,
            letter=letter.number,
            person=clerk.id,
            arguments={"because": because, "comment": comment, "said_by": case.person.id},
        ),
    )
    return clerk.id
