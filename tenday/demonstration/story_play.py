"""Play the story scene by scene, and hold it against the ledger.

Receives an open Office and the Story; hands on, for each scene, what there is to tell. A scene is one mail of a person,
one pass of the worker, the mails that came of it and the ledger's word. Raises Stop(70) where anything is not as told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bureau.exits import Exit, Stop
from bureau.figures import FigureSet
from bureau.yaml_source import read_sheet
from mailbox_worker import showing
from mailbox_worker.ledger.verify import verify
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.loop import tick
from mailbox_worker.mail.words import short_day, words
from mailbox_worker.statistics.publishing import publish
from tenday.demonstration.story import Answers, Day, Mail, Scene, Story, Then
from tenday.demonstration.story_mail import Post
from tenday.demonstration.story_office import Office
from tenday.demonstration.writing import header, plain_text

FOOTER = "\n\n-- \n"


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines of a mail as its recipient sees it; `phone` when on a small screen."""

    lines: tuple[str, ...]
    phone: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One scene as it came out; `standing` is the ledger's word on the letter, None without one."""

    scene: Scene
    standing: str | None
    late: bool
    shown: tuple[Shown, ...]


class Play:
    """A story on its way; scenes must be played in their order."""

    def __init__(self, story: Story, office: Office) -> None:
        self._story, self._office = story, office
        self._desk = office.desk
        self._post = Post(story, office.desk.content, office.town)
        self._numbers: dict[str, str] = {}  # the story's name of a letter -> its number
        self._when = ("", "")

    def scene(self, day: Day, scene: Scene) -> Told:
        """Play a scene."""
        now = datetime.combine(day.date, scene.at, self._desk.zone)
        self._when = (short_day(day.date), f"{scene.at:%H:%M}")
        self._office.clock.now = now
        self._post.send(scene, self._numbers.get(scene.about or ""), now)
        counts, troubles = tick(self._desk, now.astimezone(UTC))
        self._check("troubles", [], [str(trouble) for trouble in troubles])
        self._check("accepted", len(scene.mails), counts.accepted)
        if scene.then.counts is not None:
            told = {name: count for name, count in counts.as_json().items() if name in scene.then.counts}
            self._check("counts", scene.then.counts, told)
        if scene.writes and scene.about:
            self._numbers[scene.about] = self._newest_number()
        shown = tuple(view for mail in scene.mails if (view := self._open(mail)) is not None)
        letter = self._letter(scene, now)
        if letter is None:
            return Told(scene, None, late=False, shown=shown)
        self._check_replies(scene, letter)
        self._compare(scene.then, letter, now)
        standing = f"{letter['number']} {words('states')[letter['state']]}"
        return Told(scene, standing, late=letter["late"], shown=shown)

    def turn(self, now: datetime, about: str, answers: Answers | None) -> dict[str, list[bytes]]:
        """Send what is answered, if anything, let the worker do a pass, and give what each person found new."""
        self._office.clock.now = now
        if answers is not None:
            self._post.answer(answers, self._numbers[about], now)
        _, troubles = tick(self._desk, now.astimezone(UTC))
        self._check("troubles", [], [str(trouble) for trouble in troubles])
        return self._post.fetch_all()

    def newest(self, person: str, kind: str, about: str) -> bytes:
        """Give the newest mail of a kind about a letter that a person has."""
        return self._post.newest(person, kind, self._numbers[about])

    def standing(self, about: str) -> dict[str, Any]:
        """Give a letter as the ledger has it, by the story's name of it."""
        found = showing.show_letter(self._desk, self._numbers[about], self._office.clock.now)
        if found is None:
            raise self._not_as_told("number", about, None)
        return found

    def letters(self, day: Day) -> list[dict[str, Any]]:
        """Give every letter as the ledger lists it at the end of that day."""
        end = datetime.combine(day.date, datetime.max.time(), self._desk.zone)
        return showing.list_letters(self._desk, end)

    def figures(self) -> FigureSet:
        """Publish, and give the figures as they stand in the published file."""
        path = publish(self._desk, self._office.clock.now)
        if path is None:
            raise self._not_as_told("figures", list(self._story.figures), [])
        figures, _ = read_sheet(path, FigureSet)
        found = {name: figure.value for name in self._story.figures if (figure := figures.figure(name)) is not None}
        self._check("figures", self._story.figures, {name: float(value) for name, value in found.items()})
        return figures

    def verified(self) -> int:
        """Prove the ledger's chain; gives its length."""
        verdict = verify(self._desk.ledger)
        self._check("chain", [], list(verdict.problems))
        return verdict.entries

    def _newest_number(self) -> str:
        numbers = [row["number"] for row in showing.list_letters(self._desk, self._office.clock.now)]
        self._check("number", len(self._numbers) + 1, len(numbers))
        return str(numbers[-1])

    def _open(self, expected: Mail) -> Shown | None:
        """Open the mail that must have come; gives what is shown of it."""
        new = self._post.fetch(expected.to)
        mail = next((mail for mail in new if header(mail, "X-Tenday-Kind") == expected.kind), None)
        if mail is None:
            raise self._stop("no_mail", person=expected.to, kind=expected.kind)
        lines = [header(mail, "Subject"), *plain_text(mail).splitlines()]
        if expected.phone_lines:
            return Shown(tuple(lines[: expected.phone_lines]), phone=True)
        if not expected.shows:
            return None
        return Shown(tuple(self._line(expected, lines, start) for start in expected.shows), phone=False)

    def _line(self, expected: Mail, lines: list[str], start: str) -> str:
        found = next((line for line in lines if line.startswith(start)), None)
        if found is None:
            raise self._stop("no_line", kind=expected.kind, line=start)
        return found

    def _letter(self, scene: Scene, now: datetime) -> dict[str, Any] | None:
        number = self._numbers.get(scene.about or "")
        return None if number is None else showing.show_letter(self._desk, number, now)

    def _check_replies(self, scene: Scene, letter: dict[str, Any]) -> None:
        """Hold what went out against what was signed off: exactly that text, then the footer (contract)."""
        for mail in scene.mails:
            if mail.kind == MailKind.REPLY:
                signed = letter["drafts"][-1]["text"] + FOOTER
                sent = plain_text(self._post.newest(mail.to, mail.kind, letter["number"])).replace("\r\n", "\n")
                self._check("reply", signed, sent[: len(signed)])

    def _compare(self, then: Then, letter: dict[str, Any], now: datetime) -> None:
        for name in ("state", "category", "late"):
            expected = getattr(then, name)
            if expected is not None:
                self._check(name, expected, letter[name])
        if then.fields is not None:
            self._check("fields", then.fields, {name: letter["fields"].get(name) for name in then.fields})
        for words_ in then.text_has:
            self._check("text", words_, words_ if words_ in letter["text"] else letter["text"])
        if then.event is not None:
            happened = {event["kind"]: event for event in letter["events"] if event["at"] == now.isoformat()}
            self._check("event", then.event, then.event if then.event in happened else list(happened))
            data = happened[then.event]["data"]
            if then.because is not None:
                self._check("because", then.because, data.get("reason", data.get("doubt")))

    def _check(self, what: str, expected: object, found: object) -> None:
        if expected != found:
            raise self._not_as_told(what, expected, found)

    def _not_as_told(self, what: str, expected: object, found: object) -> Stop:
        return self._stop("not_as_told", what=self._story.what[what], expected=expected, found=found)

    def _stop(self, fault: str, **facts: object) -> Stop:
        date, at = self._when
        return Stop(Exit.OUR_FAULT, self._story.faults[fault].format(date=date, at=at, **facts))
