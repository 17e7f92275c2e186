"""Tell whether a machine wrote a mail.

Receives a ParsedMail. Hands on every sign found, by name. Decides nothing: a sign that is only a phrase counts together
with a reference to our own mail, never alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mailbox_worker.mail import machine_marks as marks
from mailbox_worker.mail.parsed import ParsedMail


@dataclass(frozen=True, slots=True)
class Sign:
    """A reason to think that a machine wrote a mail; certain if a header says so, not just a phrase."""

    name: str
    certain: bool


_HEAD_OF_TEXT = 1000
_FIRST_WORDS = 120


def machine_signs(mail: ParsedMail) -> tuple[Sign, ...]:
    """Return every sign that a machine wrote *mail*, each once; no sign is no proof of a person."""
    found = [*(Sign(name, certain=True) for name in _certain(mail)), *_phrases(mail)]
    return tuple(dict.fromkeys(found))


def _certain(mail: ParsedMail) -> Iterator[str]:
    for field, pattern, name in marks.HEADERS:
        if any(pattern.match(value) for value in mail.all_headers(field)):
            yield name
    if any(value.strip().lower() in marks.PRECEDENCE for value in mail.all_headers("Precedence")):
        yield "precedence"
    if mail.return_path == "":
        yield "null-return-path"
    if any(marks.MAILER.match(sender.addr_spec) for sender in mail.senders):
        yield "mailer-daemon"
    report = marks.REPORT_TYPE.match(mail.header("Content-Type") or "")
    if report:
        yield marks.REPORT_TYPES.get(report[1].lower(), "delivery-report")
    for attachment in mail.attachments:
        yield from (name for media_type, name in marks.PART_TYPES if attachment.media_type == media_type)
        if attachment.media_type == "text/calendar" and marks.CALENDAR_ANSWER.search(attachment.content):
            yield "calendar-answer"


def _phrases(mail: ParsedMail) -> Iterator[Sign]:
    subject, text = mail.subject, mail.text[:_HEAD_OF_TEXT]
    for pattern, name in marks.SUBJECTS:
        if pattern.search(subject):
            yield Sign(name, certain=False)
    for pattern, name in marks.FIRST_WORDS:
        if pattern.search(text[:_FIRST_WORDS]):
            yield Sign(name, certain=False)
    if marks.RECALL_SENTENCE.search(text):
        # Outlook's own sentence; with its subject it is the recall itself, which nobody types.
        recalls = (pattern for pattern, name in marks.SUBJECTS if name == "subject-recall")
        yield Sign("recall", certain=any(pattern.search(subject) for pattern in recalls))
