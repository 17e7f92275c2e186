"""The story as written in story.yml: who lives in it, what happens at which hour, and what must come of it.

Hands on a frozen Story. Refuses a file that is not one, with every fault; knows nothing of mail or ledger.
"""

from datetime import date
from pathlib import Path

from bureau.sheet import Id, Sheet, Text, TimeOfDay
from bureau.yaml_source import read_sheet

STORY = Path(__file__).with_name("story.yml")


class Citizen(Sheet):
    """Somebody outside the office."""

    name: Text
    email: Text


class Writes(Sheet):
    """A citizen's letter: free words, or the site's form filled in; `labelled` may not be how it is `encoded`."""

    by: Id
    subject: Text
    text: str = ""
    form: dict[Id, Text] | None = None
    labelled: Id = "utf-8"
    encoded: Id = "utf-8"


class Answers(Sheet):
    """A colleague's answer to the newest mail of that kind about the scene's letter."""

    by: Id
    to: Id
    text: Text


class MachineAnswers(Answers):
    """What a mail program answers while its owner is away."""

    subject: Text


class Forwards(Sheet):
    """A colleague passes the sign-off request on, with its token."""

    by: Id
    to: Id
    text: Text


class Forges(Sheet):
    """Somebody outside answers the forwarded request under a colleague's address."""

    by: Id
    posing_as: Id
    text: Text


class Mail(Sheet):
    """A mail of the worker's that must arrive; `shows` are the beginnings of the lines that are told."""

    to: Id
    kind: Id
    shows: tuple[Text, ...] = ()
    phone_lines: int = 0  # instead: so many from the top, as on a telephone


class Then(Sheet):
    """What the ledger must say afterwards: of the scene's letter, of an event at that moment, of the worker's pass."""

    state: Text | None = None
    category: Id | None = None
    late: bool | None = None
    fields: dict[Id, Text] | None = None
    text_has: tuple[Text, ...] = ()
    event: Id | None = None
    because: Id | None = None  # the reason that the event carries
    counts: dict[str, int] | None = None


class Scene(Sheet):
    """One pass of the worker after at most one mail; `mails` are all that it sends. Without `tell` it plays unseen."""

    at: TimeOfDay
    about: Id | None = None
    tell: Text | None = None
    writes: Writes | None = None
    answers: Answers | None = None
    machine_answers: MachineAnswers | None = None
    forwards: Forwards | None = None
    forges: Forges | None = None
    mails: tuple[Mail, ...] = ()
    then: Then


class Day(Sheet):
    """A day of the story."""

    date: date
    scenes: tuple[Scene, ...]


class Interactive(Sheet):
    """The play in which whoever watches is `you`, a leader; `first_answer` is when the first answer is sent."""

    title: Text
    opening: Text
    you: Id
    day: Day
    first_answer: TimeOfDay
    redraft: Text
    words: dict[str, Text]


class Story(Sheet):
    """The whole story."""

    title: Text
    opening: Text
    staff: dict[Id, Text]
    citizens: dict[Id, Citizen]
    days: tuple[Day, ...]
    interactive: Interactive
    figures: dict[Id, int | float]
    words: dict[str, Text]
    faults: dict[str, Text]
    what: dict[str, Text]


def read_story() -> Story:
    """Read story.yml; raises FaultyFiles."""
    return read_sheet(STORY, Story)[0]
