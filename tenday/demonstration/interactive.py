"""The demonstration in which whoever watches signs off: the request appears, an answer is typed, and what came of it.

Receives the story, an open office and the terminal; sends what is typed as that leader's own mail. All other people
play themselves: the clerk drafts again after a return, whoever else is asked agrees. Ends with the reply, or at Ctrl-D.
"""

from datetime import datetime, timedelta
from typing import Any

from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from tenday.demonstration.story import Answers, Story
from tenday.demonstration.story_office import Office
from tenday.demonstration.story_play import Play
from tenday.demonstration.terminal import Terminal
from tenday.demonstration.writing import header, plain_text

ABOUT = "car"
STEP, HOLD = timedelta(minutes=1), timedelta(minutes=11)
DIGITS = 16  # of a digest that are shown


def sign_off_yourself(story: Story, office: Office, terminal: Terminal) -> None:
    """Play until the citizen has the reply, or there is nothing more to read from the keyboard."""
    Seat(story, office, terminal).play()


class Seat:
    """The leader's seat; everything that is typed goes through the office's own servers."""

    def __init__(self, story: Story, office: Office, terminal: Terminal) -> None:
        self._story, self._play, self._terminal = story.interactive, Play(story, office), terminal
        self._words, self._you = story.interactive.words, story.interactive.you
        self._clerk = next(scene.answers.by for scene in self._story.day.scenes if scene.answers)
        self._people = {person: known.name for person, known in office.desk.content.staff.people.items()}
        self._staff = story.staff
        self._people |= {key: citizen.name for key, citizen in story.citizens.items()}
        day = story.interactive.day.date
        self._now = datetime.combine(day, story.interactive.first_answer, office.desk.zone)
        self._asked, self._asked_back = self._you, False

    def play(self) -> None:
        """Show how the draft came, then take turns."""
        for scene in self._story.day.scenes:
            told = self._play.scene(self._story.day, scene)
            self._terminal.scene(f"{scene.at:%H:%M}", scene.tell or "", told.standing, late=told.late)
        self._show(self._you, self._play.newest(self._you, MailKind.SIGN_OFF_REQUEST, ABOUT))
        while (letter := self._play.standing(ABOUT))["state"] != LetterState.ANSWERED:
            if not self._turn(letter):
                self._terminal.paragraph(self._words["stopped"])
                return
        self._sum_up(letter)

    def _turn(self, letter: dict[str, Any]) -> bool:
        """Let whoever is to act do it; tells whether the play goes on."""
        state = letter["state"]
        if state == LetterState.DRAFTING:
            self._terminal.paragraph(self._words["redrafted"])
            self._answer(self._clerk, MailKind.DRAFT_REQUEST, self._story.redraft)
        elif state == LetterState.APPROVED:
            return self._wait_or_stop()
        elif self._asked != self._you:
            self._terminal.paragraph(self._words["elsewhere"].format(name=self._people[self._asked]))
            self._answer(self._asked, MailKind.SIGN_OFF_REQUEST, self._words["agrees"])
            self._pass(HOLD)
        else:
            return self._decide()
        return True

    def _decide(self) -> bool:
        typed = self._read("prompt")
        if typed is None:
            return False
        if not typed:
            self._terminal.paragraph(self._words["empty"])
        else:
            self._answer(self._you, MailKind.SIGN_OFF_REQUEST, typed)
        return True

    def _wait_or_stop(self) -> bool:
        typed = self._read("hold")
        if typed:
            self._answer(self._you, MailKind.RECEIPT, typed)
        else:  # at the end of the input too: what was agreed to goes out
            self._terminal.paragraph(self._words["passed"])
            self._pass(HOLD)
        return True

    def _answer(self, person: str, kind: MailKind, text: str) -> None:
        self._pass(STEP, Answers(by=person, to=kind, text=text))

    def _pass(self, span: timedelta, answers: Answers | None = None) -> None:
        """Let time go by, send what is answered, let the worker do a pass, and open what came of it."""
        self._now += span
        new = self._play.turn(self._now, ABOUT, answers)
        if not new:
            self._terminal.paragraph(self._words["silent"])
        for person in sorted(new, key=lambda person: person != self._you):  # yours first
            for mail in new[person]:
                kind = header(mail, "X-Tenday-Kind")
                if kind == MailKind.SIGN_OFF_REQUEST:
                    self._asked = person
                self._asked_back |= kind == MailKind.NOT_UNDERSTOOD
                self._show(person, mail)

    def _show(self, person: str, mail: bytes) -> None:
        """Open a mail: yours and the citizen's whole, of the others' the subject."""
        colleague = person in self._staff and person != self._you
        owner = self._words["yours"] if person == self._you else self._words["theirs"]
        lines = [header(mail, "Subject"), *([] if colleague else ["", *plain_text(mail).splitlines()])]
        self._terminal.heading(f"{self._now:%H:%M}　{owner.format(name=self._people[person])}")
        self._terminal.mail(tuple(lines), phone=False)

    def _read(self, prompt: str) -> str | None:
        """Read one line; None at the end of the input."""
        try:
            return input(f"\n{self._words[prompt]}").strip()
        except EOFError:
            return None

    def _sum_up(self, letter: dict[str, Any]) -> None:
        """Say what the ledger proves of it."""
        self._terminal.heading(self._words["ledger"])
        signed = letter["sign_offs"][-1]
        self._terminal.paragraph(self._words["answered"])
        by = self._people[signed["by"]]
        proof = self._words["proof"].format(by=by, evidence=signed["evidence"], digest=signed["sha256"][:DIGITS])
        self._terminal.paragraph(proof)
        if not self._asked_back:
            self._terminal.paragraph(self._words["unasked"])
