"""Ask people: the sign-off request to whoever is in charge, a new draft request to the clerk."""

from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, newest_draft
from mailbox_worker.ledger.outbox import Plan, close_requests, plan, plan_alarm
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.states import AWAITING
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
    if not who_may_see(letter.restricted, asked):
        _tell_that_nobody_may(case, letter)
    return asked


def ask_another_leader(case: Case) -> None:
    """Ask again where this person, who may not see the letter any more, was to sign it off."""
    asked = newest_asked(case.writer.connection, case.letter.number)
    if case.letter.state is AWAITING and asked is not None and asked.person == case.person.id:
        about, version = asked.arguments["about"], asked.arguments["version"]
        ask_for_sign_off(case, case.letter, about=about, version=version)


def newest_asked(connection: Connection, number: str) -> Row[Any, Any] | None:
    """Give the last mail that asked a leader about a letter: about what, and whom; its category is another question."""
    query = select(outbox.c.person, outbox.c.arguments).where(
        outbox.c.letter == number, outbox.c.kind == MailKind.SIGN_OFF_REQUEST
    )
    rows = connection.execute(query.order_by(outbox.c.id.desc()))
    return next((row for row in rows if row.arguments["about"] != ABOUT_CATEGORY), None)


def _tell_that_nobody_may(case: Asking, letter: Letter) -> None:
    """Tell whoever drafts that every leader is kept from the letter: it must not lie there unseen."""
    clerk = case.desk.clerk_of(letter)
    key = f"nobody-may-sign:{letter.number}:{case.arrival}"
    plan_alarm(case.writer, key, clerk.id, "nobody-may-sign", letter=letter.number)


def ask_for_another_draft(case: Case, because: str, comment: str = "", *, but: frozenset[str] = frozenset()) -> str:
    """Plan a new draft request to who drafted the letter, with what the deputy said; gives who is asked."""
    letter, draft = case.letter, newest_draft(case.writer.connection, case.letter.number)
    clerk = case.desk.clerk_of(letter, but=but, drafted_by=draft.author if draft is not None else None)
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
