"""What the watching mails say: reminders, escalations, alarms, the digest, the answer to a word, the survey.

Receives an Occasion; hands on the values of its template. Each letter that a mail to a colleague names is asked about
again here: who may not see it by now, does not see it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from mailbox_worker.ledger.letters import Letter, find_letter
from mailbox_worker.ledger.outbox import newest_reply
from mailbox_worker.ledger.tables import event_data, events
from mailbox_worker.ledger.vocabulary import LetterState, OutboxState
from mailbox_worker.letter.other_address import other_address
from mailbox_worker.letter.rights import somebody_may_sign_off, who_may_see
from mailbox_worker.mail.words import short_day, words
from mailbox_worker.reply.due_calendar import goes_to_calendar
from mailbox_worker.reply.occasion import Occasion
from mailbox_worker.todo import OpenLetter, ToDo, to_do, whose_turns

LONGEST = 40  # letters in a digest: what fits on a phone
LATE = ("press", "escalate", "why-late")  # what is only said of a letter whose due date is past
HISTORY = 12  # events shown for 查
ASKED = (LetterState.DRAFTING, LetterState.UNANSWERABLE, LetterState.AWAITING_SIGN_OFF)  # by a mail to reply to


def reminder(occasion: Occasion) -> dict[str, Any]:
    """Give the values of a reminder."""
    lines = list(_lines(occasion))
    theirs = [
        line.letter
        for line in lines
        if line.action in ("remind", "press")
        and occasion.person is not None
        and _turn(occasion, line.letter) == occasion.person.name
    ]
    return {
        "count": len({line.letter.number for line in lines}),
        "overdue": len({line.letter.number for line in lines if line.action in LATE}),
        "changed": [line.text for line in lines if line.action == "due-changed"],
        "pending": [line.text for line in lines if line.action == "remind"],
        "late": [line.text for line in lines if line.action == "press"],
        "why_late": [line for line in lines if line.action == "why-late"],
        "is_clerk": occasion.person is not None and occasion.person.post == "clerk",
        "waits_for_them": any(letter.state in ASKED and _can_be_signed(occasion, letter) for letter in theirs),
        "held": [letter.number for letter in theirs if letter.state is LetterState.HELD],
        "to_deliver": [letter.number for letter in theirs if letter.state is LetterState.AWAITING_DELIVERY],
    }


def escalation(occasion: Occasion) -> dict[str, Any]:
    """Give the values of an escalation; a director who is the leader in charge is asked for the reason in it."""
    lines = list(_lines(occasion))
    said = _gravest(lines)
    values: dict[str, Any] = {
        "lines": [line.text for line in said],
        "late": len([line for line in said if line.action in LATE]),
        "asked_why": [line.letter.number for line in lines if line.action == "why-late"],
    }
    if len(said) == 1:
        (letter,) = (line.letter for line in said)
        values |= {"letter": letter, "category": occasion.category_of(letter)}
        values |= {"state": _state(occasion, letter), "waits_for": _turn(occasion, letter)}
    return values


def alarm(occasion: Occasion) -> dict[str, Any]:
    """Give the values of an alarm; the advice says with which word it is settled."""
    arguments = occasion.row.arguments
    reason, letter = str(arguments["reason"]), occasion.letter
    facts = {
        "number": letter.number if letter is not None else "",
        "why": arguments.get("why", ""),
        "cause": _cause(str(arguments.get("status") or "")),
        "colleague": occasion.name_of(arguments.get("colleague", "")),
        "outside": occasion.outside,
    }
    return {
        "headline": words("alarms")[reason].format(**facts),
        "sender": arguments.get("from", ""),
        "at": datetime.fromisoformat(arguments["at"]).astimezone(occasion.desk.zone),
        "arrival": arguments.get("arrival"),
        "letter_number": letter.number if letter is not None else None,
        "quarantined": reason == "quarantined",
        "advice": "\n".join([words("advice").get(reason, "").format(**facts), *_other_way(occasion, reason)]).strip(),
    }


def _other_way(occasion: Occasion, reason: str) -> list[str]:
    """Offer the other address of the form for an answer that came back for certain."""
    letter = occasion.letter
    if letter is None or reason not in ("reply-held", "reply-bounced"):
        return []
    address = other_address(letter.fields, letter.writer_address)
    reply = newest_reply(occasion.connection, letter.number)
    if address is None or reply is None or reply.recipient == address:
        return []
    if reply.state in (OutboxState.UNKNOWN, OutboxState.HELD):
        return []  # in doubt: it may have arrived
    return [words("advice")["readdress"].format(number=letter.number, address=address)]


def survey(occasion: Occasion) -> dict[str, Any]:
    """Give the values of the survey: the letter alone, nothing that a person typed."""
    del occasion
    return {}


def digest(occasion: Occasion) -> dict[str, Any]:
    """Give the values of the daily digest, or of the answer to a word."""
    return _answer_to_word(occasion) if occasion.row.arguments["about"] == "word" else _day(occasion)


def _day(occasion: Occasion) -> dict[str, Any]:
    person = occasion.person
    if person is None:
        raise LookupError("a digest was planned for nobody")
    found = to_do(occasion.desk, occasion.connection, person, occasion.now)
    text = words("digest")
    late = len([line for line in found.letters if line.late])
    return {
        "about": "day",
        "subject": _subject(found, late),
        "notices": [text["brakes"][brake] for brake in found.brakes] + [text["alarms"][name] for name in found.alarms],
        "groups": _groups(occasion, found.letters[:LONGEST]),
        "more": max(0, len(found.letters) - LONGEST),
        "kept": found.kept,
        "held": found.held,
        "to_deliver": found.to_deliver,
        "quarantined": found.quarantined,
        "in_inbox": found.in_inbox,
        "entries": found.entries,
        "head": found.head,
        "calendar": goes_to_calendar(person, occasion.row.arguments) and bool(found.letters),
    }


def _subject(found: ToDo, late: int) -> str:
    text = words("digest")
    if found.is_empty:
        return str(text["subject-quiet"])
    count = len(found.letters) + found.kept
    said = text["subject-day"].format(count=count) if count else text["subject-other"]
    return str(said + (text["subject-late"].format(late=late) if late else ""))


def _groups(occasion: Occasion, lines: tuple[OpenLetter, ...]) -> list[dict[str, Any]]:
    """Group by 办理时限, the most urgent first."""
    by_day: defaultdict[date, list[str]] = defaultdict(list)
    text = words("digest")
    for line in lines:
        waits = line.waits_for.name if line.waits_for is not None else words("nudges")["nobody"]
        late = text["late" if line.letter.late_reason else "late-unexplained"] if line.late else ""
        state = _state(occasion, line.letter)
        by_day[line.letter.work_by].append(f"{line.letter.number} {state}（{waits}）{late}")
    return [{"title": text["group"].format(day=short_day(day)), "lines": shown} for day, shown in by_day.items()]


def _answer_to_word(occasion: Occasion) -> dict[str, Any]:
    arguments, text = occasion.row.arguments, words("digest")
    outcome, reason = str(arguments["outcome"]), str(arguments.get("reason", ""))
    looked_up = outcome == "looked-up" and occasion.letter is not None
    return {
        "about": "word",
        "subject": text["subject-word"].format(said=text["subjects"][outcome], number=arguments["number"]).strip(),
        "said": text["said"][outcome].format(reason=reason, why=words("refusals").get(reason, "")),
        "line": _line(occasion, occasion.about, "remind", {}) if looked_up else "",
        "reason": occasion.about.late_reason if looked_up else None,
        "history": _history(occasion) if looked_up else [],
    }


def _history(occasion: Occasion) -> list[str]:
    """Tell what happened to the letter, as far as a colleague has a word for it, the newest last."""
    known, people = words("history"), occasion.desk.content.staff.people
    query = (
        select(events.c.at, events.c.kind, event_data.c.by)
        .outerjoin(event_data, event_data.c.seq == events.c.seq)
        .where(events.c.letter == occasion.about.number, events.c.kind.in_(list(known)))
        .order_by(events.c.seq.desc())
        .limit(HISTORY)
    )
    lines = []
    for row in reversed(occasion.connection.execute(query).all()):
        by = f"（{people[row.by].name}）" if row.by in people else ""
        lines.append(f"{row.at.astimezone(occasion.desk.zone):%m-%d %H:%M} {known[row.kind]}{by}")
    return lines


@dataclass(frozen=True, slots=True)
class _Line:
    """What a mail about deadlines says of one letter."""

    letter: Letter
    action: str
    text: str


def _lines(occasion: Occasion) -> Iterator[_Line]:
    """Give one line for each thing that is to be said of a letter."""
    for item in occasion.row.arguments["items"]:
        letter = find_letter(occasion.connection, item["letter"])
        person = occasion.person.id if occasion.person is not None else ""
        if letter is None or not who_may_see(letter.restricted, person):
            continue
        yield _Line(letter, item["action"], _line(occasion, letter, item["action"], item))


def _gravest(lines: list[_Line]) -> list[_Line]:
    """Give one line a letter: the last that is said of it is the gravest; why it is late is asked apart."""
    return list({line.letter.number: line for line in lines if line.action != "why-late"}.values())


def _line(occasion: Occasion, letter: Letter, action: str, item: dict[str, Any]) -> str:
    old = {key: short_day(date.fromisoformat(item[key])) for key in ("old_due_on", "old_work_by") if key in item}
    line: str = words("nudges")[action].format(
        number=letter.number,
        category=occasion.category_of(letter).name,
        state=_state(occasion, letter),
        work_by=short_day(letter.work_by),
        due_on=short_day(letter.due_on),
        person=_turn(occasion, letter),
        **old,
    )
    return line


def _state(occasion: Occasion, letter: Letter) -> str:
    if letter.state in ASKED and not _can_be_signed(occasion, letter):
        return str(words("nudges")["nobody-signs"].format(outside=occasion.outside))
    return str(words("states")[letter.state])


def _can_be_signed(occasion: Occasion, letter: Letter) -> bool:
    return somebody_may_sign_off(occasion.desk.content.staff, letter.restricted)


def _turn(occasion: Occasion, letter: Letter) -> str:
    turn = whose_turns(occasion.desk, occasion.connection, [letter])[letter.number]
    return turn.name if turn is not None else str(words("nudges")["nobody"])


def _cause(status: str) -> str:
    causes = words("bounce-causes")
    fitting = [prefix for prefix in causes if status.startswith(prefix)]
    return str(causes[max(fitting, key=len)] if fitting else causes["other"])
