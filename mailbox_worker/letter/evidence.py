"""Name the header lines that decided what a mail is: what `mail explain` tells beside the rule.

Receives a Seen and the rule that decided; hands on lines as they stand in the mail, without display names, tokens and
what is beyond a line's length. No line where something else decided: the folder it lay in, its bytes, its text.
"""

from collections.abc import Iterator

from mailbox_worker.letter import rules
from mailbox_worker.letter.crockford import TOKEN
from mailbox_worker.letter.rules import PASSED_ON, Seen
from mailbox_worker.mail import machine_marks as marks
from mailbox_worker.mail.machines import Sign
from mailbox_worker.mail.parsed import ParsedMail

LONGEST = 200  # characters of a value; References can have thousands
THREAD = ("In-Reply-To", "References")
# The fields that a rule asks, the first one that is there; a machine's depend on the sign.
ASKED = {
    rules.is_our_own_copy: ("Message-ID",),
    rules.has_our_id_and_other_text: ("Message-ID",),
    rules.is_a_delivery_report: ("Content-Type",),
    rules.answers_a_request: THREAD,
    rules.comes_from_ourselves: ("From",),
    rules.comes_from_staff: ("From",),
    rules.is_a_staff_word: ("From",),
    rules.is_a_vote: THREAD,
    rules.came_before: ("Message-ID",),
    rules.is_sent_again: ("From",),
    rules.continues_an_open_letter: THREAD,
}
FIELDS = {rule.__name__: fields for rule, fields in ASKED.items()}
OF_SIGNS = {"precedence": "Precedence", "null-return-path": "Return-Path", "mailer-daemon": "From"}


def deciding_lines(seen: Seen, rule: str) -> list[str]:
    """Give the header lines that the deciding rule went by, each as `Name: value`."""
    mail = seen.mail
    if rule == rules.was_written_by_a_machine.__name__:
        return list(dict.fromkeys(_lines(mail, _fields_of(seen))))[:1]
    if rule == rules.names_two_requests.__name__:
        return list(_lines(mail, ("Subject", *THREAD)))
    if rule == rules.answers_a_request.__name__ and TOKEN.search(mail.subject):
        return list(_lines(mail, ("Subject",)))
    return list(_lines(mail, FIELDS.get(rule, ())))[:1]


def _fields_of(seen: Seen) -> Iterator[str]:
    """Name the fields behind the signs that made it a machine's mail, the certain ones first."""
    signs = [sign for sign in seen.signs if sign.name not in PASSED_ON and (sign.certain or seen.about_ours)]
    for sign in sorted(signs, key=lambda sign: not sign.certain):
        yield from _fields_of_sign(sign)


def _fields_of_sign(sign: Sign) -> Iterator[str]:
    yield from (field for field, _, name in marks.HEADERS if name == sign.name)
    if sign.name in OF_SIGNS:
        yield OF_SIGNS[sign.name]
    elif sign.name.startswith("subject-"):
        yield "Subject"
    elif sign.certain:
        yield "Content-Type"  # a report, a receipt or a calendar's answer says it there


def _lines(mail: ParsedMail, fields: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        value = mail.header(field)
        if value is not None:
            # A display name is nobody's evidence.
            text = ", ".join(sender.addr_spec for sender in mail.senders) if field == "From" else value
            yield f"{field}: {TOKEN.sub('[#…]', text)[:LONGEST]}"
