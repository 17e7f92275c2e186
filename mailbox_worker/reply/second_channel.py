"""The second way to reach a person, for the case that the first one is the trouble: a command, or another mail server.

Receives a short text; hands it to whatever the configuration names. It never raises: who calls it has trouble enough.
"""

import asyncio
import secrets
import subprocess
from datetime import datetime

from mailbox_worker.config import AlarmServer, Config
from mailbox_worker.mail.compose import OutgoingMail, compose
from mailbox_worker.mail.parsed import Address
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.mail.smtp_connection import SmtpLogin
from mailbox_worker.mail.smtp_endings import Ending
from mailbox_worker.mail.troubles import ServerTrouble

LONGEST_RUN = 20  # seconds that a command may take


def ring(config: Config, headline: str, text: str, now: datetime) -> bool:
    """Tell whoever is named; gives whether anybody was told."""
    told = False
    if config.alarm.command:
        told = _run(config.alarm.command, f"{headline}\n{text}\n")
    if config.alarm.smtp is not None:
        told = asyncio.run(_mail(config.alarm.smtp, headline, text, now)) or told
    return told


def _run(command: tuple[str, ...], text: str) -> bool:
    try:
        # No shell: the command is the operator's, its words stand in the configuration one by one.
        done = subprocess.run(  # noqa: S603
            command, input=text.encode(), capture_output=True, check=False, timeout=LONGEST_RUN
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


async def _mail(server: AlarmServer, headline: str, text: str, now: datetime) -> bool:
    login = SmtpLogin(
        server.host, server.port, server.security, server.username, server.password, server.ca_file, LONGEST_RUN
    )
    transport, told = Transport(login), False
    try:
        for recipient in server.to:
            raw = _composed(server.sender, recipient, headline, text, now)
            outcome = await transport.address(server.sender, recipient, None) or await transport.data(raw)
            told = outcome.ending is Ending.ACCEPTED or told
    except ServerTrouble:
        return told
    finally:
        await transport.close()
    return told


def _composed(sender: str, recipient: str, headline: str, text: str, now: datetime) -> bytes:
    return compose(
        OutgoingMail(
            sender=Address("", sender),
            to=Address("", recipient),
            subject=headline,
            date=now,
            message_id=f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>",
            text=text,
            html=None,
            in_reply_to=None,
            references=(),
            headers=(("X-Tenday-Kind", "alarm"), ("Auto-Submitted", "auto-generated")),
            attachments=(),
            reply_to=None,
        )
    )
