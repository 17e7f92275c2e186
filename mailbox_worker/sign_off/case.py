"""One staff answer while it is handled: the request it answers, the letter, the person, the new text, the proof."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bureau.office import Person
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.steps import take_step
from mailbox_worker.mail.new_text import NewText
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.sign_off.evidence import Verdict

QUOTED_BACK = 200  # characters of an unclear answer that are read back


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a decision about one answer needs; `writer` is the open transaction."""

    desk: Desk
    writer: Writer
    arrival: int
    raw: bytes
    mail: ParsedMail
    new: NewText
    request: Row[Any]
    letter: Letter
    person: Person
    verdict: Verdict

    def step(self, step: Step, **facts: Any) -> None:
        """Take the letter a step further and record it; raises NotAllowed when the state forbids it."""
        take_step(self.writer, self.letter.number, self.letter.state, step, by=self.person.id, **self._proof(), **facts)

    def record(self, kind: str, **facts: Any) -> None:
        """Record an event by this person, with the proof that it was them."""
        self.writer.record(kind, letter=self.letter.number, by=self.person.id, **self._proof(), **facts)

    def receipt(self, outcome: str, **facts: Any) -> None:
        """Plan the mail that reads back what was understood."""
        self._answer(MailKind.RECEIPT, f"receipt:{self.arrival}", outcome, facts)

    def receipt_to(self, person: str, outcome: str, **facts: Any) -> None:
        """Plan the mail that tells a colleague what somebody else decided, and what is to be done now."""
        self._plan(MailKind.RECEIPT, f"receipt:{self.arrival}:{person}", person, {"outcome": outcome, **facts})

    def ask_back(self, doubt: str, said: str) -> None:
        """Say once a request what was not understood; nothing is sent, the token stays good."""
        key = f"not-understood:{self.request.id}"
        self._answer(MailKind.NOT_UNDERSTOOD, key, doubt, {"said": said[:QUOTED_BACK]})
        self.record("not-understood", doubt=doubt, request=self.request.id)

    def refuse(self, reason: str) -> None:
        """Refuse an answer: told to the registered address only, at most once an hour (THREATS: mail-bombing)."""
        hour = self.writer.now.strftime("%Y%m%d%H")
        self._answer(MailKind.REFUSAL, f"refusal:{self.person.id}:{hour}", reason, {})
        self.record("answer-refused", reason=reason, request=self.request.id)

    def tell_director(self, reason: str) -> None:
        """Tell the director once a request of an attempt in a colleague's name, and once a lock of codes."""
        arguments = {"reason": reason, "at": self.writer.now.isoformat(), "arrival": self.arrival}
        director = self.desk.content.staff.director.id
        key = f"{reason}:{self.request.id}"
        self._plan(MailKind.ALARM, key, director, {**arguments, "colleague": self.person.id})

    def _proof(self) -> dict[str, Any]:
        return {"arrival": self.arrival, "proof": self.verdict.method, "evidence": self.verdict.evidence}

    def _answer(self, kind: MailKind, key: str, outcome: str, facts: dict[str, Any]) -> None:
        arguments = {"outcome": outcome, "answers": self.mail.message_id, **facts}
        self._plan(kind, key, self.person.id, arguments)

    def _plan(self, kind: MailKind, key: str, person: str, arguments: dict[str, Any]) -> None:
        plan(self.writer, Plan(key, kind, letter=self.letter.number, person=person, arguments=arguments))
