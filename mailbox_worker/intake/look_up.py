"""What the ledger knows of a mail that is about to be sorted.

Receives an opened mail; hands on a Seen. Decides nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from mailbox_worker.desk import Desk
from mailbox_worker.intake.opened import Familiar, Opened
from mailbox_worker.intake.unproved import unproved_today
from mailbox_worker.ledger.letters import Letter, find_letter
from mailbox_worker.ledger.outbox import by_message_id, rewritten
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, letters, outbox, requests
from mailbox_worker.ledger.vocabulary import Audience, Disposition, MailKind
from mailbox_worker.letter.authenticity import same_address, sender_passed, sole_sender
from mailbox_worker.letter.crockford import digest, is_token, tokens_in
from mailbox_worker.letter.letter_numbers import numbers_in
from mailbox_worker.letter.rules import Seen
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.letter.states import TAKEN_BACK
from mailbox_worker.mail.delivery_reports import delivery_report
from mailbox_worker.mail.machines import machine_signs
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.sub_addresses import message_id_of, tags_of


def look_up(desk: Desk, writer: Writer, opened: Opened, familiar: Familiar) -> Seen:
    """Gather what the rules ask for; where `familiar` knows nothing, nothing is asked."""
    arrival, mail, body, connection = opened.arrival, opened.mail, opened.body, writer.connection
    imap, lay_in = desk.config.mailbox.imap, familiar.folders[arrival]
    known_id = mail.message_id if mail.message_id in familiar.message_ids else None
    sender = sole_sender(mail)
    wrote = sender if sender is not None and sender.lower() in familiar.writers else None
    quoted = [*mail.in_reply_to, *mail.references]
    answered = by_message_id(connection, quoted)
    own = by_message_id(connection, [known_id] if known_id else [])
    tags = tags_of(mail, desk.config.mailbox.address) if desk.config.mailbox.sub_addressing else ()
    returned = tuple(found for tag in tags if (found := message_id_of(tag, desk.config.domain)) is not None)
    request, disagree = _request(connection, mail, tags)
    letter = _letter_continued(connection, wrote, mail.subject, quoted, answered) if wrote else None
    return Seen(
        mail=mail,
        signs=machine_signs(mail),
        own_copy_of=next((row.id for row in own if row.body_digest == body), None)
        or _rewritten_copy(desk, connection, mail, body),
        own_id=bool(own),
        request=request,
        requests_disagree=disagree,
        is_delivery_report=delivery_report(mail, opened.raw) is not None,
        joins=letter.number if letter is not None and letter.state in TAKEN_BACK else None,
        continues=letter.number if letter is not None and letter.state not in TAKEN_BACK else None,
        repeats=_another_open_letter(connection, wrote) if wrote and letter is None else None,
        earlier=_earlier_letter(connection, arrival, known_id, body) if known_id else None,
        same_text=_same_text(connection, wrote, mail, body) if wrote else None,
        survey=_survey(sender, answered),
        same_mail=_same_mail(connection, opened) if opened.row.sha256 in familiar.doubled else None,
        lay_in_junk=lay_in == {imap.junk_folder},
        lay_filed=lay_in == {imap.processed_folder},
        about_ours=bool(answered or by_message_id(connection, returned)),
        returned=returned,
        acknowledged_today=_acknowledged_today(desk, writer, wrote) if wrote else False,
        unproved_today=_unproved_today(desk, writer, mail),
        staff_addresses=tuple(entry.email for entry in desk.config.staff),
        own_address=desk.config.mailbox.address,
        server=desk.server,
    )


def _rewritten_copy(desk: Desk, connection: Connection, mail: ParsedMail, body: str) -> int | None:
    """Find the mail of ours whose copy came back under a Message-ID that a server put in the place of ours (F66).

    It comes from our own address, names its letter, and has that mail's body to the digest: THREATS, own copy missed.
    """
    sender = sole_sender(mail)
    if sender is None or not same_address(sender, [desk.config.mailbox.address]):
        return None
    found = rewritten(connection, numbers_in(mail.subject), body)
    return None if found is None else int(found.id)


def _same_mail(connection: Connection, opened: Opened) -> int | None:
    """Find the arrival with the very same bytes and another internal date: the server, or a person, has put it anew.

    What comes through SMTP twice differs in its Received lines; only a copy, a migration or a restored folder does not
    (F05, THREATS 19). It is the first one's duplicate, whatever it says, so that no answer counts twice.
    """
    query = select(arrivals.c.id).where(
        arrivals.c.sha256 == opened.row.sha256, arrivals.c.id < opened.arrival, arrivals.c.disposition.is_not(None)
    )
    return connection.execute(query.order_by(arrivals.c.id)).scalars().first()


def _request(connection: Connection, mail: ParsedMail, tags: tuple[str, ...]) -> tuple[int | None, bool]:
    """Find the request by its token, in Subject or address, and by its Message-ID: two that disagree find none.

    References count only where In-Reply-To is absent (THREATS: several tokens in one mail).
    """
    in_address = [tag.upper() for tag in tags if is_token(tag.upper())]
    tokens, ids = [*tokens_in(mail.subject), *in_address], mail.in_reply_to or mail.references[-1:]
    if not tokens and not ids:
        return None, False
    by_token = select(requests.c.id).where(requests.c.token_digest.in_([digest(token) for token in tokens]))
    by_id = select(requests.c.id).where(requests.c.message_id.in_(list(ids)))
    found = {*connection.execute(by_token).scalars(), *connection.execute(by_id).scalars()}
    if len(found) > 1:
        return None, True
    return next(iter(found), None), False


def _letter_continued(
    connection: Connection, address: str, subject: str, quoted: Sequence[str], answered: Sequence[Row[Any]]
) -> Letter | None:
    """Find the letter that a mail continues: it answers a mail of ours to its writer, and comes from that writer.

    Whoever else writes its number continues nothing (F84).
    """
    numbers = {row.letter for row in answered if row.audience == Audience.WRITER}
    if quoted:  # a writer can also answer the own first letter, out of the Sent folder
        numbers |= set(connection.execute(select(letters.c.number).where(letters.c.message_id.in_(quoted))).scalars())
        if not numbers:  # a server has put another Message-ID in the place of ours: the Subject still names the letter
            numbers = set(numbers_in(subject))
    found = [letter for number in sorted(numbers) if (letter := find_letter(connection, number)) is not None]
    own = [letter for letter in found if (letter.writer_address or "").lower() == address.lower()]
    return own[-1] if own else None


def _survey(sender: str | None, answered: Sequence[Row[Any]]) -> str | None:
    """Find the letter whose survey a mail answers, from the address that the survey went to."""
    asked = [row for row in answered if row.kind == MailKind.SURVEY]
    return next((row.letter for row in asked if row.recipient.lower() == (sender or "").lower()), None)


def _earlier_letter(connection: Connection, arrival: int, message_id: str, body: str) -> int | None:
    """Find the letter's arrival with the same Message-ID and body; one id with two texts is two letters (F14)."""
    query = select(arrivals.c.id).where(
        arrivals.c.message_id == message_id,
        arrivals.c.body_digest == body,
        arrivals.c.id != arrival,
        arrivals.c.disposition.in_([Disposition.LETTER, Disposition.FOLLOW_UP]),
    )
    return connection.execute(query).scalars().first()


def _another_open_letter(connection: Connection, address: str) -> str | None:
    """Find the first letter of the same writer that is still open (重信)."""
    query = select(letters.c.number).where(_written_by(address), letters.c.state.in_([str(s) for s in TAKEN_BACK]))
    return connection.execute(query.order_by(letters.c.arrival)).scalars().first()


def _same_text(connection: Connection, address: str, mail: ParsedMail, body: str) -> int | None:
    """Find the arrival of the same writer's open letter with the same subject and body."""
    query = (
        select(arrivals.c.id)
        .join(letters, letters.c.arrival == arrivals.c.id)
        .where(
            arrivals.c.body_digest == body,
            _written_by(address),
            letters.c.subject == " ".join(signed_form(mail.subject).split()),
            letters.c.state.in_([str(state) for state in TAKEN_BACK]),
        )
    )
    return connection.execute(query.order_by(arrivals.c.id)).scalars().first()


def _acknowledged_today(desk: Desk, writer: Writer, address: str) -> bool:
    """Tell whether an acknowledgement to this address was planned today: one an address a day is enough."""
    query = select(outbox.c.planned_at).where(outbox.c.kind == MailKind.ACKNOWLEDGEMENT, outbox.c.recipient == address)
    newest = writer.connection.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar_one_or_none()
    return newest is not None and desk.day(newest) == desk.day(writer.now)


def _unproved_today(desk: Desk, writer: Writer, mail: ParsedMail) -> tuple[int, int] | None:
    sender = sole_sender(mail)
    if sender is None or sender_passed(mail, desk.server):
        return None
    return unproved_today(desk, writer.connection, writer.now, sender)


def _written_by(sender: str) -> ColumnElement[bool]:
    return func.lower(letters.c.writer_address) == sender.lower()
