"""What the ledger knows of a mail that is about to be sorted.

Receives the mail as read; hands on a Seen. Decides nothing.
"""

from sqlalchemy import ColumnElement, Connection, func, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import folders_of
from mailbox_worker.ledger.letters import Letter, find_letter
from mailbox_worker.ledger.outbox import by_message_id
from mailbox_worker.ledger.tables import arrivals, letters, requests
from mailbox_worker.ledger.vocabulary import Audience, Disposition, MailKind
from mailbox_worker.letter.authenticity import sole_sender
from mailbox_worker.letter.crockford import digest, is_token, tokens_in
from mailbox_worker.letter.rules import Seen
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.letter.states import TAKEN_BACK
from mailbox_worker.mail.machines import delivery_report, machine_signs
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.sub_addresses import message_id_of, tags_of


def look_up(desk: Desk, connection: Connection, arrival: int, mail: ParsedMail, raw: bytes, body: str) -> Seen:
    """Gather what the rules ask for; `body` is the mail's body digest."""
    imap, lay_in = desk.config.mailbox.imap, folders_of(connection, arrival)
    own = by_message_id(connection, [mail.message_id] if mail.message_id else [])
    tags = tags_of(mail, desk.config.mailbox.address) if desk.config.mailbox.sub_addressing else ()
    returned = tuple(found for tag in tags if (found := message_id_of(tag, desk.config.domain)) is not None)
    request, disagree = _request(connection, mail, tags)
    letter = _letter_continued(connection, mail)
    return Seen(
        mail=mail,
        signs=machine_signs(mail),
        own_copy_of=next((row.id for row in own if row.body_digest == body), None),
        own_id=bool(own),
        request=request,
        requests_disagree=disagree,
        is_delivery_report=delivery_report(mail, raw) is not None,
        joins=letter.number if letter is not None and letter.state in TAKEN_BACK else None,
        continues=letter.number if letter is not None and letter.state not in TAKEN_BACK else None,
        repeats=_another_open_letter(connection, mail) if letter is None else None,
        earlier=_earlier_letter(connection, arrival, mail, body),
        same_text=_same_text(connection, mail, body),
        survey=_survey(connection, mail),
        same_mail=_same_mail(connection, arrival),
        lay_in_junk=lay_in == {imap.junk_folder},
        lay_filed=lay_in == {imap.processed_folder},
        about_ours=bool(by_message_id(connection, [*mail.in_reply_to, *mail.references, *returned])),
        returned=returned,
        staff_addresses=tuple(entry.email for entry in desk.config.staff),
        own_address=desk.config.mailbox.address,
        server=desk.server,
    )


def _same_mail(connection: Connection, arrival: int) -> int | None:
    """Find the arrival with the very same bytes and another internal date: the server, or a person, has put it anew.

    What comes through SMTP twice differs in its Received lines; only a copy, a migration or a restored folder does not
    (F05, THREATS 19). It is the first one's duplicate, whatever it says, so that no answer counts twice.
    """
    digest = select(arrivals.c.sha256).where(arrivals.c.id == arrival).scalar_subquery()
    query = select(arrivals.c.id).where(
        arrivals.c.sha256 == digest, arrivals.c.id < arrival, arrivals.c.disposition.is_not(None)
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


def _letter_continued(connection: Connection, mail: ParsedMail) -> Letter | None:
    """Find the letter that a mail continues: it answers a mail of ours to its writer, and comes from that writer."""
    sender = sole_sender(mail)
    if sender is None:
        return None
    numbers = {
        row.letter
        for row in by_message_id(connection, [*mail.in_reply_to, *mail.references])
        if row.audience == Audience.WRITER
    }
    quoted = [*mail.in_reply_to, *mail.references]
    if quoted:  # a writer can also answer the own first letter, out of the Sent folder
        numbers |= set(connection.execute(select(letters.c.number).where(letters.c.message_id.in_(quoted))).scalars())
    found = [letter for number in sorted(numbers) if (letter := find_letter(connection, number)) is not None]
    own = [letter for letter in found if (letter.writer_address or "").lower() == sender.lower()]
    return own[-1] if own else None


def _survey(connection: Connection, mail: ParsedMail) -> str | None:
    """Find the letter whose survey a mail answers, from the address that the survey went to."""
    sender = (sole_sender(mail) or "").lower()
    asked = by_message_id(connection, [*mail.in_reply_to, *mail.references])
    return next((row.letter for row in asked if row.kind == MailKind.SURVEY and row.recipient.lower() == sender), None)


def _earlier_letter(connection: Connection, arrival: int, mail: ParsedMail, body: str) -> int | None:
    """Find the letter's arrival with the same Message-ID and body; one id with two texts is two letters (F14)."""
    if mail.message_id is None:
        return None
    query = select(arrivals.c.id).where(
        arrivals.c.message_id == mail.message_id,
        arrivals.c.body_digest == body,
        arrivals.c.id != arrival,
        arrivals.c.disposition.in_([Disposition.LETTER, Disposition.FOLLOW_UP]),
    )
    return connection.execute(query).scalars().first()


def _another_open_letter(connection: Connection, mail: ParsedMail) -> str | None:
    """Find the first letter of the same writer that is still open (重信)."""
    sender = sole_sender(mail)
    if sender is None:
        return None
    query = select(letters.c.number).where(_written_by(sender), letters.c.state.in_([str(s) for s in TAKEN_BACK]))
    return connection.execute(query.order_by(letters.c.arrival)).scalars().first()


def _same_text(connection: Connection, mail: ParsedMail, body: str) -> int | None:
    """Find the arrival of the same writer's open letter with the same subject and body."""
    sender = sole_sender(mail)
    if sender is None:
        return None
    query = (
        select(arrivals.c.id)
        .join(letters, letters.c.arrival == arrivals.c.id)
        .where(
            arrivals.c.body_digest == body,
            _written_by(sender),
            letters.c.subject == " ".join(signed_form(mail.subject).split()),
            letters.c.state.in_([str(state) for state in TAKEN_BACK]),
        )
    )
    return connection.execute(query.order_by(arrivals.c.id)).scalars().first()


def _written_by(sender: str) -> ColumnElement[bool]:
    return func.lower(letters.c.writer_address) == sender.lower()
