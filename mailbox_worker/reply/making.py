"""Make the bytes of planned mail: once, committed before the first attempt, never changed after.

Receives planned rows that are due; hands on rows with Message-ID and bytes. Tokens and query codes are born
here and only their digests are kept. Asks who_may_see for every mail to a colleague, and refuses to send a
reply whose text is not exactly what was signed off.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, insert

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.draft_files import files_of
from mailbox_worker.ledger.letters import Letter, change_letter, drafts_of, find_letter
from mailbox_worker.ledger.outbox import WRITERS_KINDS, change, due_now, find
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import requests
from mailbox_worker.ledger.troubles import LedgerBusy, LedgerUnusable
from mailbox_worker.ledger.vocabulary import MailKind, OutboxState
from mailbox_worker.letter.crockford import code_key, digest, new_query_code, new_token
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.sent_bytes import digest_of_bytes
from mailbox_worker.letter.signed_text import goes_out_as, nonce
from mailbox_worker.mail.compose import OutgoingMail, body_digest, compose, html_from_text
from mailbox_worker.mail.parsed import Address, Attachment
from mailbox_worker.mail.words import render_mail, render_text, words
from mailbox_worker.reply.due_calendar import due_calendar
from mailbox_worker.reply.envelope import AUTO_SUBMITTED, WITH_TOKEN, reply_to
from mailbox_worker.reply.occasion import Occasion
from mailbox_worker.reply.patience import ATTEMPTS, pause_after
from mailbox_worker.reply.settling import settle
from mailbox_worker.reply.shown_files import shown_to_clerk
from mailbox_worker.reply.telling import tell
from mailbox_worker.reply.values import template_values

TOKEN_LIFE = timedelta(days=60)  # beyond any due date and extension; an older request is asked anew


class NotAsSigned(RuntimeError):  # noqa: N818 - it must never happen, and says so
    """A reply's bytes are not exactly what was signed off; nothing is sent."""


def make_planned(desk: Desk, now: datetime) -> int:
    """Make every due mail that has no bytes yet, and count them; one that cannot be made is put off and told of."""
    with desk.ledger.read() as connection:
        unmade = [row.id for row in due_now(connection, now) if row.message_id is None]
    for mail in unmade:
        with desk.ledger.write(now) as writer:
            row = find(writer.connection, mail)
            fault = _make_alone(desk, writer, row)
        if fault is not None and row.kind != MailKind.ALARM:
            tell(desk, now, f"unmade:{mail}", "not-made", row, why=fault)
    return len(unmade)


def _make_alone(desk: Desk, writer: Writer, row: Row[Any]) -> str | None:
    """Make one mail, or put it off; gives the name of what went wrong, which is a fault of ours."""
    try:
        with writer.savepoint():
            _make(desk, writer, row)
    except (LedgerBusy, LedgerUnusable):
        raise  # a full disk or a lost server is not the mail's fault
    except Exception as fault:  # noqa: BLE001 - one mail that cannot be made never holds back the others (F03)
        attempts, name = row.attempts + 1, type(fault).__name__
        if attempts >= ATTEMPTS:
            settle(writer, row, OutboxState.REFUSED, f"not made: {name}", attempts=attempts)
        else:
            not_before = writer.now + pause_after(attempts)
            change(writer, row.id, state=OutboxState.LATER, not_before=not_before, attempts=attempts)
            writer.record("mail-not-made", letter=row.letter, outbox=row.id, mail=row.kind, reason=name)
        return name
    return None


def _make(desk: Desk, writer: Writer, row: Row[Any]) -> None:
    letter = find_letter(writer.connection, row.letter) if row.letter is not None else None
    person = desk.content.staff.people.get(row.person) if row.person is not None else None
    if row.kind not in WRITERS_KINDS:
        to = desk.config.address_of(row.person)
        if person is None or to is None or (letter is not None and not who_may_see(letter.restricted, person.id)):
            reason = "may not see it" if to is not None else "no registered address"
            change(writer, row.id, state=OutboxState.WITHDRAWN, settled_at=writer.now)
            writer.record("mail-withheld", letter=row.letter, outbox=row.id, mail=row.kind, reason=reason)
            return
    else:
        to = row.recipient
    occasion = Occasion(desk, writer.connection, row, writer.now, letter, person)
    message_id = f"<{secrets.token_hex(16)}@{desk.config.domain}>"
    mail = (
        _reply(occasion, to, message_id)
        if row.kind == MailKind.REPLY
        else _template_mail(writer, occasion, to, message_id)
    )
    raw = compose(mail)
    if row.kind == MailKind.REPLY:
        _check_signed(occasion, raw)
    change(writer, row.id, recipient=to, message_id=message_id, raw=raw, body_digest=body_digest(raw))
    writer.record("mail-made", letter=row.letter, outbox=row.id, mail=row.kind, message_id=message_id)


def _template_mail(writer: Writer, occasion: Occasion, to: str, message_id: str) -> OutgoingMail:
    kind = MailKind(occasion.row.kind)
    values = template_values(occasion)
    if kind in WITH_TOKEN:
        values["token"] = _open_request(writer, occasion, message_id)
        values["nonce"] = nonce(message_id)
    if kind is MailKind.ACKNOWLEDGEMENT:
        values["code"] = _open_query_code(writer, occasion)
    subject, text = render_mail(kind, **values)
    thread: tuple[str, ...] = ()
    if kind in (MailKind.ACKNOWLEDGEMENT, MailKind.SURVEY):
        thread = _thread(occasion.about)
    elif occasion.row.arguments.get("answers"):
        thread = (str(occasion.row.arguments["answers"]),)
    auto = AUTO_SUBMITTED.get(kind)
    return _mail(
        occasion,
        to,
        message_id,
        subject=subject,
        text=text,
        thread=thread,
        headers=(("Auto-Submitted", auto),) if auto else (),
        attachments=_attached(occasion, kind),
        buttons=_buttons(occasion, values["token"]) if kind is MailKind.SIGN_OFF_REQUEST else (),
        token=values.get("token"),
    )


def _attached(occasion: Occasion, kind: MailKind) -> tuple[Attachment, ...]:
    if kind is MailKind.DRAFT_REQUEST:
        return shown_to_clerk(occasion.connection, occasion.about.number)
    return due_calendar(occasion) if kind is MailKind.DIGEST else ()


def _buttons(occasion: Occasion, token: str) -> tuple[tuple[str, str], ...]:
    """Give the two answers as mailto links, for the HTML part only: nothing happens before a person sends that mail.

    Subject and body are ASCII: programs that read a link in the system's own charset garble anything else.
    """
    to, subject = occasion.desk.config.mailbox.address, quote(f"Re: {occasion.about.number} [#{token}]")
    labels = words("buttons")
    return tuple(
        (labels[name], f"mailto:{to}?subject={subject}&body={quote(body)}")
        for name, body in (("approve", "APPROVE"), ("return", "RETURN "))
    )


def _reply(occasion: Occasion, to: str, message_id: str) -> OutgoingMail:
    row, letter = occasion.row, occasion.about
    drafts = drafts_of(occasion.connection, letter.number)
    draft = next(draft for draft in drafts if draft.digest == row.digest)
    office = occasion.desk.content.office
    footer = render_text("reply_footer.txt.j2", office=office, letter=letter, today=occasion.desk.day(occasion.now))
    return _mail(
        occasion,
        to,
        message_id,
        subject=draft.subject,
        text=goes_out_as(draft.text, footer.strip() + "\n"),
        thread=_thread(letter),
        headers=(("X-Tenday-Purpose", row.purpose),),
        attachments=tuple(
            Attachment(file.name, file.media_type, file.size, file.sha256, file.content)
            for file in files_of(occasion.connection, letter.number, draft.version)
        ),
    )


def _check_signed(occasion: Occasion, raw: bytes) -> None:
    """Read the finished bytes back and hash what a citizen will read: the last gate before the outbox."""
    row = occasion.row
    drafts = [draft for draft in drafts_of(occasion.connection, row.letter) if draft.digest == row.digest]
    if not drafts or digest_of_bytes(raw, row.letter, row.purpose, drafts[0].text) != row.digest:
        raise NotAsSigned(f"reply {row.id} to letter {row.letter} is not what was signed off")


def _mail(
    occasion: Occasion,
    to: str,
    message_id: str,
    *,
    subject: str,
    text: str,
    thread: tuple[str, ...],
    headers: tuple[tuple[str, str], ...],
    attachments: tuple[Attachment, ...],
    buttons: tuple[tuple[str, str], ...] = (),
    token: str | None = None,
) -> OutgoingMail:
    office, row = occasion.desk.content.office, occasion.row
    name = occasion.person.name if occasion.person is not None else ""
    return OutgoingMail(
        sender=Address(office.name, occasion.desk.config.mailbox.address),
        to=Address(name, to),
        subject=subject,
        date=occasion.now.astimezone(occasion.desk.zone),
        message_id=message_id,
        text=text,
        html=html_from_text(text, subject, buttons, _sheet(message_id)),
        in_reply_to=thread[-1] if thread else None,
        references=thread,
        headers=(("X-Tenday-Kind", row.kind), *headers),
        attachments=attachments,
        reply_to=reply_to(occasion.desk.config, token),
    )


def _sheet(message_id: str) -> tuple[str, str]:
    """Give the two lines between which the draft of a sign-off request stands."""
    marks = words("marks")
    return marks["opens"].format(nonce=nonce(message_id)), marks["closes"].format(nonce=nonce(message_id))


def _thread(letter: Letter) -> tuple[str, ...]:
    return (letter.message_id,) if letter.message_id else ()


def _open_request(writer: Writer, occasion: Occasion, message_id: str) -> str:
    token, arguments, row = new_token(), occasion.row.arguments, occasion.row
    writer.connection.execute(
        insert(requests).values(
            kind=row.kind,
            about=arguments.get("about", row.kind),
            letter=row.letter,
            person=row.person,
            draft_version=arguments.get("version"),
            token_digest=digest(token),
            message_id=message_id,
            created_at=writer.now,
            expires_at=writer.now + TOKEN_LIFE,
        )
    )
    return token


def _open_query_code(writer: Writer, occasion: Occasion) -> str:
    code, letter = new_query_code(), occasion.about
    key = code_key(code, occasion.desk.content.office.origin, letter.number)
    change_letter(writer, letter.number, code_digest=digest(code), code_key=key)
    return code
