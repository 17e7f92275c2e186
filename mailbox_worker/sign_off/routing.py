"""Ask people: the sign-off request to whoever is in charge, a new draft request to the clerk."""

from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.outbox import Plan, close_requests, plan
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.rights import who_drafts, who_signs_off
from mailbox_worker.sign_off.case import Case

ABOUT_DRAFT, ABOUT_SET_ASIDE = "draft", "set-aside"


def ask_for_sign_off(case: Case, letter: Letter, *, about: str, version: int | None, person: str | None = None) -> str:
    """Plan the sign-off request and close the older ones; gives the id of the person who is asked."""
    close_requests(case.writer, letter.number, "superseded", [MailKind.SIGN_OFF_REQUEST])
    staff = case.desk.content.staff
    asked = person or who_signs_off(staff, letter.category, letter.restricted, case.desk.config.away).id
    plan(
        case.writer,
        Plan(
            f"sign-off-request:{letter.number}:{about}:{version or case.arrival}:{asked}:{case.arrival}",
            MailKind.SIGN_OFF_REQUEST,
            letter=letter.number,
            person=asked,
            arguments={"about": about, "version": version},
        ),
    )
    return asked


def ask_for_another_draft(case: Case, because: str, comment: str = "") -> None:
    """Plan a new draft request to the clerk on duty, with what the deputy said."""
    staff, letter = case.desk.content.staff, case.letter
    clerk = who_drafts(staff, letter.restricted, case.desk.config.away)
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
