"""The forged answers of a probe: what an outsider, and a colleague with another account, can hand in under a name.

Receives the request of a probe that has been answered; hands on what the server did with each forged mail. Each replays
the reference of that request and says its own name in its text, so that the worker can tell them apart.
"""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from bureau.exits import Exit, Stop
from mailbox_worker.desk import Desk
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.mail.smtp_connection import SmtpLogin
from mailbox_worker.mail.smtp_endings import Ending, Outcome
from mailbox_worker.mail.troubles import ServerTrouble
from mailbox_worker.reply.envelope import smtp_login
from mailbox_worker.sign_off.probed import MARK, Trial

BY_LOGIN = (Trial.LOGIN_FORGED, Trial.LOGIN_RESULT_FORGED)
WITH_RESULT = (Trial.RESULT_FORGED, Trial.TRACE_FORGED, Trial.LOGIN_RESULT_FORGED)


class Fate(StrEnum):
    """What became of a forged mail at the server's door."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A forged mail's fate and what the server said."""

    fate: Fate
    said: str = ""


def hand_in(desk: Desk, person: str, trial: Trial, message_id: str, outside: SmtpLogin) -> HandedIn:
    """Hand one in; `message_id` is the request's, `outside` the server as outsiders reach it."""
    own = desk.config.mailbox.address
    login, envelope = outside, str(desk.config.address_of(person))
    if trial in BY_LOGIN:
        login, envelope = smtp_login(desk.config.mailbox), own
        if login.username is None:
            return HandedIn(Fate.NOT_TRIED, "mailbox.smtp has no login")
    try:
        outcome = asyncio.run(_submit(login, envelope, own, _forged(desk, person, trial, message_id)))
    except ServerTrouble as trouble:
        return HandedIn(Fate.NOT_TRIED, str(trouble))
    return HandedIn(Fate.TAKEN if outcome.ending is Ending.ACCEPTED else Fate.REFUSED, outcome.answer)


def outside_of(desk: Desk, named: str | None) -> SmtpLogin:
    """Give the server that outsiders hand mail to: HOST:PORT as named, else the configured one without a login."""
    configured = replace(smtp_login(desk.config.mailbox), username=None, password=None)
    if named is None:
        return configured
    host, _, port = named.rpartition(":")
    if not host or not port.isdecimal():
        raise Stop(Exit.BAD_CONFIGURATION, f"--outside: found {named}, expected HOST:PORT, as mx.bureau.example:25")
    return replace(configured, host=host, port=int(port), security="none")  # nothing secret is sent


async def _submit(login: SmtpLogin, sender: str, recipient: str, raw: bytes) -> Outcome:
    transport = Transport(login)
    try:
        return await transport.address(sender, recipient, None) or await transport.data(raw)
    finally:
        await transport.close()


def _forged(desk: Desk, person: str, trial: Trial, message_id: str) -> bytes:
    config, now = desk.config, datetime.now(desk.zone)
    sender = str(config.address_of(person))
    mail = EmailMessage(policy=SMTP)
    if trial in WITH_RESULT and desk.server is not None:
        server, account = desk.server.authserv_id, config.account_of(person) or sender
        mail["Authentication-Results"] = f"{server}; auth=pass smtp.auth={account}"
        if trial is Trial.TRACE_FORGED:
            mail["Received"] = f"from phone by {server} with ESMTPSA id 1; {format_datetime(now)}"
    others = (entry.email for entry in config.staff if entry.person != person)
    mail["From"] = next(others, config.mailbox.address) if trial is Trial.OTHER_PERSON else sender
    mail["To"] = config.mailbox.address
    mail["Subject"] = "Re: probe"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{secrets.token_hex(16)}@{config.domain}>"
    mail["In-Reply-To"] = message_id
    mail.set_content(f"{MARK} {trial}\n")
    return mail.as_bytes()
