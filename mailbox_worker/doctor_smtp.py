"""Look at the server that mail goes out through: login, what it offers, the null sender, sub-addresses.

Receives the desk; hands on what was found, as (what, found, is it well, advice). Nothing is sent: every transaction
ends before DATA.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from mailbox_worker.config import MailboxConfig
from mailbox_worker.desk import Desk
from mailbox_worker.mail.smtp import Transport
from mailbox_worker.mail.sub_addresses import tagged
from mailbox_worker.reply.envelope import NULL_SENDER, smtp_login

SMALLEST = 2**20  # bytes; an answer with a sealed PDF is smaller


@dataclass(frozen=True, slots=True)
class Asked:
    """What the server said to a sender and a recipient; None: it agreed."""

    offers: dict[str, str]
    plain: str | None
    null_sender: str | None
    sub_address: str | None


def look_at_smtp(desk: Desk) -> Iterator[tuple[str, str, bool, str]]:
    """Log in and ask. Raises ServerTrouble."""
    mailbox = desk.config.mailbox
    asked = asyncio.run(_ask(mailbox))
    security = "no TLS (this machine only)" if mailbox.smtp.security == "none" else f"{mailbox.smtp.security}, verified"
    there = f"{smtp_login(mailbox).name}, {security}"
    yield "smtp login", asked.plain or there, asked.plain is None, "ask who runs the server"
    yield from _offers(asked.offers, logs_in=mailbox.smtp.username is not None)
    used = mailbox.envelope_sender == "empty"
    yield from _option("null sender", asked.null_sender, used, "mailbox.envelope_sender: mailbox")
    yield from _option("sub-addresses", asked.sub_address, mailbox.sub_addressing, "mailbox.sub_addressing: false")


def _offers(offers: dict[str, str], *, logs_in: bool) -> Iterator[tuple[str, str, bool, str]]:
    used = "used" if logs_in else "not used: no username is configured"
    yield "smtp AUTH", f"{offers['AUTH']}, {used}" if offers["AUTH"] else "not offered", True, ""
    size = offers.get("SIZE", "")
    if size.isdigit() and int(size):
        advice = "answers with a sealed PDF will not fit: ask for a larger limit"
        yield "smtp SIZE", f"mails up to {int(size) / 2**20:.1f} MiB", int(size) >= SMALLEST, advice
    else:
        yield "smtp SIZE", "no limit named", True, ""
    yield "smtp 8BITMIME", "yes" if "8BITMIME" in offers else "no; all that we send has 7 bits", True, ""
    there = "yes" if "SMTPUTF8" in offers else "no"
    yield "smtp SMTPUTF8", f"{there}; writers whose address is not ASCII are answered in another way", True, ""


def _option(what: str, refused: str | None, used: bool, instead: str) -> Iterator[tuple[str, str, bool, str]]:  # noqa: FBT001 - private, and read in one place
    found = "taken" if refused is None else f"refused ({refused})"
    yield what, f"{found}, {'used' if used else 'not used'}", refused is None or not used, f"set {instead}"


async def _ask(mailbox: MailboxConfig) -> Asked:
    transport, own = Transport(smtp_login(mailbox)), mailbox.address
    try:
        offers = await transport.offers()
        said = []
        for sender, recipient in ((own, own), (NULL_SENDER, own), (own, tagged(own, "doctor"))):
            refused = await transport.address(sender, recipient, None)
            said.append(None if refused is None else refused.answer)
            await transport.close()
    finally:
        await transport.close()
    return Asked(offers, *said)
