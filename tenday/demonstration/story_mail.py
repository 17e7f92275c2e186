"""What the people of the story send, and what they find in their inboxes.

Receives a scene; hands its mail to the town's servers as that person's mail program would. Every mail that comes is
fetched by IMAP by its own recipient. Knows nothing of the ledger.
"""

from datetime import datetime
from email.parser import BytesParser
from email.policy import SMTP, default
from itertools import count

from bureau.content import Content
from bureau.forms import form_text
from tenday.demonstration.mail_town import Correspondent, MailTown
from tenday.demonstration.story import Answers, Forges, Forwards, MachineAnswers, Scene, Story, Writes
from tenday.demonstration.writing import answer, header, letter, plain_text


class Post:
    """The mail of the story's people; `received` keeps what they have fetched, oldest first."""

    def __init__(self, story: Story, content: Content, town: MailTown) -> None:
        self._town, self._content = town, content
        self._mailbox = content.office.mailbox
        people = content.staff.people
        self._address = dict(story.staff) | {key: citizen.email for key, citizen in story.citizens.items()}
        self._name = {person: people[person].name for person in story.staff}
        self._name |= {key: citizen.name for key, citizen in story.citizens.items()}
        self._ids = (f"<{number}@example.org>" for number in count(1))
        self._received: dict[str, list[bytes]] = {person: [] for person in self._address}

    def send(self, scene: Scene, number: str | None, at: datetime) -> None:
        """Send the scene's mail, if it has one; `number` is that of the letter it is about."""
        if scene.writes:
            self._write(scene.writes, at)
        elif scene.answers:
            self.answer(scene.answers, number, at)
        elif scene.machine_answers:
            self._answer_by_machine(scene.machine_answers, at)
        elif scene.forwards:
            self._forward(scene.forwards, number, at)
        elif scene.forges:
            self._forge(scene.forges, at)

    def fetch(self, person: str) -> list[bytes]:
        """Fetch what is new in a person's inbox."""
        new = self._of(person).new_mail()
        self._received[person] += new
        return new

    def fetch_all(self) -> dict[str, list[bytes]]:
        """Fetch what is new in everybody's inbox; gives who found something, and what."""
        return {person: new for person in self._address if (new := self.fetch(person))}

    def answer(self, answers: Answers, number: str | None, at: datetime) -> None:
        """Answer the newest mail of that kind about the letter, out of the person's own account."""
        request = self.newest(answers.by, answers.to, number)
        raw = answer(request, self._from(answers.by), answers.text, at=at, message_id=next(self._ids))
        self._of(answers.by).send(raw, self._mailbox)

    def newest(self, person: str, kind: str, number: str | None) -> bytes:
        """Give the newest mail of a kind that a person has fetched, about this letter where a number is given."""
        mails = [mail for mail in self._received[person] if header(mail, "X-Tenday-Kind") == kind]
        return [mail for mail in mails if (number or "") in header(mail, "Subject")][-1]

    def _of(self, person: str) -> Correspondent:
        return self._town.correspondent(self._address[person])

    def _from(self, person: str) -> str:
        return f"{self._name[person]} <{self._address[person]}>"

    def _write(self, writes: Writes, at: datetime) -> None:
        text = form_text(self._content.letter_form, writes.form) if writes.form else writes.text
        address, name = self._address[writes.by], self._name[writes.by]
        raw = letter(
            address,
            name,
            self._mailbox,
            writes.subject,
            text,
            at=at,
            message_id=next(self._ids),
            charset=writes.encoded,
        )
        claimed = raw.replace(f'charset="{writes.encoded}"'.encode(), f'charset="{writes.labelled}"'.encode())
        self._of(writes.by).send(claimed, self._mailbox)

    def _answer_by_machine(self, answers: MachineAnswers, at: datetime) -> None:
        received = self.newest(answers.by, answers.to, None)
        raw = answer(received, self._from(answers.by), answers.text, at=at, message_id=next(self._ids))
        note = BytesParser(policy=default).parsebytes(raw)
        note.replace_header("Subject", answers.subject)
        note["Auto-Submitted"] = "auto-replied"  # RFC 3834
        self._of(answers.by).send(note.as_bytes(policy=SMTP), self._mailbox)

    def _forward(self, forwards: Forwards, number: str | None, at: datetime) -> None:
        request = self.newest(forwards.by, "sign-off-request", number)
        raw = letter(
            self._address[forwards.by],
            self._name[forwards.by],
            self._address[forwards.to],
            f"Fwd: {header(request, 'Subject')}",
            f"{forwards.text}\n\n{plain_text(request)}",
            at=at,
            message_id=next(self._ids),
        )
        self._of(forwards.by).send(raw, self._address[forwards.to])
        self.fetch(forwards.to)

    def _forge(self, forges: Forges, at: datetime) -> None:
        stolen = self._received[forges.by][-1]
        raw = letter(
            self._address[forges.posing_as],
            self._name[forges.posing_as],
            self._mailbox,
            header(stolen, "Subject").replace("Fwd:", "Re:"),
            forges.text,
            at=at,
            message_id=next(self._ids),
        )
        self._town.forge(raw, self._mailbox)
