"""A colleague's word that answers no request: 待办, 查, 放行, 重发, 已发出, 退信属实, 改寄, 已送达 and others.

Receives an arrival that intake took for a staff word; hands on rows that the other stages act on, and a mail that reads
back what was done. Only a proved sender is obeyed; a refusal is told to the registered address, at most once an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from bureau.promise import is_late
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import change_arrivals
from mailbox_worker.ledger.letters import Letter, change_letter, find_letter
from mailbox_worker.ledger.outbox import Plan, newest_reply, plan, say, word_fits
from mailbox_worker.ledger.standing import hold_sending, resume_sending
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, nudges
from mailbox_worker.ledger.vocabulary import LetterState, MailKind, Word
from mailbox_worker.letter.rights import may_sign_off, who_may_see
from mailbox_worker.letter.staff_words import Said, StaffWord, staff_word
from mailbox_worker.letter.states import Step
from mailbox_worker.letter.steps import take_step
from mailbox_worker.sign_off.evidence import Verdict
from mailbox_worker.sign_off.opening import Opened, verdict_on
from mailbox_worker.sign_off.readdressing import readdress

DELIVERED_BY = {"邮寄": "post", "电话": "phone", "面告": "visit"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word while it is handled; `writer` is the open transaction."""

    desk: Desk
    writer: Writer
    arrival: int
    person: str
    word: StaffWord
    letter: Letter | None

    def answer(self, outcome: str, **facts: Any) -> None:
        """Plan the mail that says what was done, or why nothing was."""
        arguments = {"about": "word", "outcome": outcome, "number": self.word.number, **facts}
        number = self.letter.number if self.letter is not None else None
        plan(
            self.writer,
            Plan(f"word:{self.arrival}", MailKind.DIGEST, letter=number, person=self.person, arguments=arguments),
        )


def take_staff_word(desk: Desk, writer: Writer, opened: Opened) -> None:
    """Prove who said it, and do it."""
    person, word = opened.person, staff_word(opened.new.new)
    if person is None or word is None:
        return
    verdict = verdict_on(desk, writer, opened)
    if verdict.proved:
        obey(desk, writer, opened.row.id, person, word, verdict)
    else:
        _refuse(writer, opened.row.id, person, verdict)


def _refuse(writer: Writer, arrival: int, person: str, verdict: Verdict) -> None:
    writer.record("staff-word-refused", by=person, arrival=arrival, reason=verdict.reason, evidence=verdict.evidence)
    key = f"word-refused:{person}:{writer.now.strftime('%Y%m%d%H')}"
    arguments = {"about": "word", "outcome": "not-proved", "number": "", "reason": verdict.reason}
    plan(writer, Plan(key, MailKind.DIGEST, person=person, arguments=arguments))


def obey(desk: Desk, writer: Writer, arrival: int, person: str, word: StaffWord, verdict: Verdict) -> None:
    """Do what a proved sender said, wherever it stood: in a mail of its own, or in a reply to a receipt."""
    named = word.number if word.said is not Said.RELEASE else ""
    letter = find_letter(writer.connection, named) if named else None
    spoken = Spoken(desk, writer, arrival, person, word, letter)
    writer.record(
        "staff-word",
        letter=letter.number if letter is not None else None,
        by=person,
        arrival=arrival,
        word=word.said,
        argument=word.argument,
        proof=verdict.method,
        evidence=verdict.evidence,
    )
    if letter is not None:
        change_arrivals(writer, [arrival], letter=letter.number)
    if named and (letter is None or not who_may_see(letter.restricted, person)):
        # Whoever may not see a letter does not learn whether there is one.
        Spoken(desk, writer, arrival, person, word, None).answer("no-such-letter")
    else:
        ACTIONS[word.said](spoken)


def _to_do(spoken: Spoken) -> None:
    arguments = {"about": "day"}
    plan(
        spoken.writer,
        Plan(f"word:{spoken.arrival}", MailKind.DIGEST, person=spoken.person, arguments=arguments),
    )


def _look_up(spoken: Spoken) -> None:
    spoken.answer("looked-up")


def _release(spoken: Spoken) -> None:
    query = select(arrivals.c.id).where(
        arrivals.c.id == int(spoken.word.number), arrivals.c.quarantined.is_(True), arrivals.c.disposition.is_(None)
    )
    found = spoken.writer.connection.execute(query).scalar_one_or_none()
    if found is None:
        spoken.answer("nothing-to-release")
        return
    # One attempt stays counted: it is read alone, so that it cannot take others along.
    change_arrivals(spoken.writer, [found], quarantined=False, attempts=1, reason=None)
    spoken.writer.record("released", by=spoken.person, arrival=found)
    spoken.answer("released")


def _about_reply(word: Word) -> Callable[[Spoken], None]:
    def act(spoken: Spoken) -> None:
        reply = newest_reply(spoken.writer.connection, spoken.word.number)
        if reply is None or reply.word is not None or not word_fits(spoken.writer.connection, reply, word):
            spoken.answer("no-such-reply")
            return
        say(spoken.writer, reply.id, word, spoken.person)
        spoken.answer(f"reply-{word}")

    return act


def _readdress(spoken: Spoken) -> None:
    to = readdress(spoken, spoken.letter, spoken.person) if spoken.letter is not None else None
    spoken.answer("readdressed" if to is not None else "no-other-address")


def _delivered(spoken: Spoken) -> None:
    letter = spoken.letter
    if letter is None or letter.state is not LetterState.AWAITING_DELIVERY:
        spoken.answer("nothing-to-deliver")
        return
    way = DELIVERED_BY[spoken.word.argument]
    take_step(
        spoken.writer,
        letter.number,
        letter.state,
        Step.DELIVERED,
        by=spoken.person,
        columns={"deliver_by": way, "answered_at": spoken.writer.now},
        deliver_by=way,
    )
    spoken.answer("delivered")


def _handled(spoken: Spoken) -> None:
    now = spoken.writer.now
    values = {"letter": spoken.word.number, "action": "handled", "on": spoken.desk.day(now), "person": spoken.person}
    query = select(nudges.c.letter).where(nudges.c.letter == spoken.word.number, nudges.c.action == "handled")
    if spoken.writer.connection.execute(query).first() is None:
        spoken.writer.connection.execute(insert(nudges).values(**values, at=now))
    spoken.answer("handled")


def _why_late(spoken: Spoken) -> None:
    """Take a leader's one line about a late letter; the newest counts, all of them stay among the events."""
    desk, letter, reason = spoken.desk, spoken.letter, spoken.word.argument
    if letter is None:
        return
    today = desk.day(spoken.writer.now)
    answered = desk.day(letter.answered_at) if letter.answered_at is not None else None
    if not may_sign_off(desk.content.staff.people[spoken.person], today):
        spoken.answer("not-a-leader")
    elif letter.state is LetterState.SET_ASIDE or not is_late(letter.due_on, answered, today):
        spoken.answer("not-late")
    else:
        change_letter(spoken.writer, letter.number, late_reason=reason)
        spoken.writer.record("late-reason", letter=letter.number, by=spoken.person, text=reason)
        spoken.answer("why-late", reason=reason)


def _hold(spoken: Spoken) -> None:
    spoken.answer("hold" if hold_sending(spoken.writer, spoken.person) else "held-already")


def _resume(spoken: Spoken) -> None:
    spoken.answer("resume" if resume_sending(spoken.writer, spoken.person) else "not-held")


ACTIONS: dict[Said, Callable[[Spoken], None]] = {
    Said.TO_DO: _to_do,
    Said.LOOK_UP: _look_up,
    Said.RELEASE: _release,
    Said.AGAIN: _about_reply(Word.AGAIN),
    Said.SENT: _about_reply(Word.SENT),
    Said.BOUNCED: _about_reply(Word.BOUNCED),
    Said.READDRESS: _readdress,
    Said.DELIVERED: _delivered,
    Said.HANDLED: _handled,
    Said.WHY_LATE: _why_late,
    Said.HOLD: _hold,
    Said.RESUME: _resume,
}
