"""Open a staff answer: whose it would be, its new text, what its one-time code proves, and who it is proved to be from.

Receives an arrival; hands on an Opened and a Verdict. Opening uses a code up, and stands before everything else that is
done with the mail: whatever becomes of that, the code is used (THREATS: TOTP is a bearer code).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from mailbox_worker.desk import Desk
from mailbox_worker.ledger.arrivals import raw_of
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import arrivals, requests
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.authenticity import same_address, sole_sender
from mailbox_worker.mail.new_text import NewText, split_new_text
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.mail.read import read_mail
from mailbox_worker.sign_off.evidence import Asked, Verdict, refused
from mailbox_worker.sign_off.probed import RESULTS, probed
from mailbox_worker.sign_off.proof import Answered, prove
from mailbox_worker.sign_off.proof_by_code import by_code, find_code

LATEST = timedelta(days=1)  # how far a signature's time may be from the day of receipt, where no request bounds it


@dataclass(frozen=True, slots=True)
class Opened:
    """A staff answer; `person` is who was asked, without a request who has the sender's address, None if nobody."""

    row: Row[Any]
    request: Row[Any] | None
    raw: bytes
    mail: ParsedMail
    person: str | None
    new: NewText  # without the code
    code: Verdict

    @property
    def received_at(self) -> datetime:
        """When it came: the time at which a code counts."""
        received: datetime = self.row.received_at or self.row.internaldate
        return received


def open_answer(desk: Desk, writer: Writer, arrival: int) -> Opened:
    """Open one, and use up its code."""
    row = writer.connection.execute(select(arrivals).where(arrivals.c.id == arrival)).one()
    request = writer.connection.execute(select(requests).where(requests.c.id == row.request)).one_or_none()
    raw = raw_of(writer.connection, arrival)
    mail = read_mail(raw)
    person = _with_address(desk, sole_sender(mail)) if request is None else request.person
    new = split_new_text(mail.text)
    opened = Opened(row, request, raw, mail, person, new, refused("totp", "no-code", "codes are not used"))
    probes = request is not None and request.kind == MailKind.PROBE
    if person is None or not (probes or desk.config.sign_off.uses("totp")):
        return opened
    found = find_code(new.new)
    code = by_code(desk.config, writer, person, found.code, opened.received_at)
    return replace(opened, new=replace(new, new=found.rest), code=code)


def verdict_on(desk: Desk, writer: Writer, opened: Opened) -> Verdict:
    """Prove that the person wrote it, by the ways that the office has configured."""
    found = probed(writer.connection, str(opened.person))[RESULTS]
    known = replace(asked(opened), position=found.position, fooled=bool(found.passed))
    return prove(desk.config, desk.server, Answered(opened.raw, opened.mail, opened.code), known)


def asked(opened: Opened) -> Asked:
    """Give what was asked of the person; without a request no token is asked for."""
    person, received, request = str(opened.person), opened.received_at, opened.request
    if request is None:
        return Asked(person, "", received - LATEST, received + LATEST)
    return Asked(person, request.token_digest, request.created_at, request.expires_at)


def _with_address(desk: Desk, sender: str | None) -> str | None:
    staff = desk.config.staff
    return next((entry.person for entry in staff if sender is not None and same_address(sender, [entry.email])), None)
