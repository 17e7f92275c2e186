"""Handing mail over, by SMTP: one transaction by hand on a kept connection.

MAIL, RCPT of the recipient, RCPT of the witness, then, when the caller has committed its mark, DATA, the bytes, the
final dot. Receives addresses and bytes; hands on an Outcome that names the phase it came in, and nothing of
aiosmtplib's. The witness is our own mailbox: a copy that comes back proves that the server took the mail.
"""

import re
from typing import TYPE_CHECKING

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from mailbox_worker.mail.smtp_connection import SmtpLogin, connect, drop, say_goodbye, write
from mailbox_worker.mail.smtp_endings import CLOSING, Ending, Outcome, Phase, ended, said
from mailbox_worker.mail.tls import expires_at

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from aiosmtplib import SMTPResponse

GO_AHEAD = 354
REFUSALS = (4, 5)  # the first digits of the answers after which a connection can be gone on with
_PLAIN = re.compile(r"[!-~]+@[!-~]+")  # aiosmtplib would take the first address out of anything else


class Transport:
    """A kept connection; opened at the first mail, opened again when it broke."""

    def __init__(self, login: SmtpLogin) -> None:
        self._login = login
        self._smtp: SMTP | None = None

    async def address(self, sender: str, recipient: str, witness: str | None) -> Outcome | None:
        """Open a transaction up to the last RCPT; None when the server agreed, else how it ended before DATA.

        An empty `sender` is the null sender. Raises Unreachable and NotAccepted when there is no connection to be had:
        nothing was tried then.
        """
        if not _PLAIN.fullmatch(recipient):
            return Outcome(Ending.REFUSED, Phase.RCPT, "the address is not one plain address in ASCII")
        kept = self._smtp is not None
        smtp = await self._connected()
        outcome = await self._ask(smtp.mail(sender), Phase.MAIL)
        if outcome is not None and self._smtp is None and kept:
            # A kept connection may have been closed by the server meanwhile; that says nothing about this mail.
            smtp = await self._connected()
            outcome = await self._ask(smtp.mail(sender), Phase.MAIL)
        if outcome is None:
            outcome = await self._ask(smtp.rcpt(recipient), Phase.RCPT)
        if outcome is None and witness is not None:
            outcome = await self._call_witness(smtp, witness)
        return outcome

    async def offers(self) -> dict[str, str]:
        """Tell what the server's EHLO offers after the login: names in capitals, each with what stands behind it."""
        smtp = await self._connected()
        plain = {name.upper(): value for name, value in smtp.esmtp_extensions.items()}
        return {**plain, "AUTH": " ".join(smtp.server_auth_methods).upper()}

    async def data(self, raw: bytes) -> Outcome:
        """Hand over the bytes; they must end with CRLF. What is not clear after the final dot is unknown (F60)."""
        smtp = self._smtp
        if smtp is None:
            return Outcome(Ending.LATER, Phase.DATA, "connection lost before DATA")
        try:
            go_ahead = await smtp.execute_command(b"DATA")
            if go_ahead.code != GO_AHEAD:
                return await self._answered(go_ahead.code, go_ahead.message, Phase.DATA)
            await write(smtp, raw, self._login.timeout)
        except (SMTPException, OSError) as broken:
            return self._broken(broken, Ending.LATER, Phase.BYTES)
        if not smtp.is_connected:
            return self._broken(ConnectionResetError(), Ending.LATER, Phase.BYTES)
        try:
            taken = await smtp.execute_command(b".")
        except (SMTPException, OSError) as broken:
            return self._broken(broken, Ending.UNKNOWN, Phase.DOT)
        return await self._answered(taken.code, taken.message, Phase.DOT)

    @property
    def certificate_until(self) -> "datetime | None":
        """When the certificate of the open connection ends; None without TLS or connection."""
        return expires_at(self._smtp.get_transport_info("peercert")) if self._smtp is not None else None

    async def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            smtp, self._smtp = self._smtp, None
            await say_goodbye(smtp, self._login.timeout)

    def break_off(self) -> None:
        """End the connection without a word: it may be in the middle of an answer."""
        if self._smtp is not None:
            drop(self._smtp)
        self._smtp = None

    async def _connected(self) -> SMTP:
        if self._smtp is None or not self._smtp.is_connected:
            self._smtp = await connect(self._login)
        return self._smtp

    async def _call_witness(self, smtp: SMTP, witness: str) -> Outcome | None:
        try:
            await smtp.rcpt(witness)
        except SMTPResponseException as refused:
            if refused.code != CLOSING and refused.code > 0:
                return None  # the citizen's mail matters more than the copy
            self.break_off()
            return Outcome(Ending.LATER, Phase.WITNESS, said(refused.code, refused.message))
        except (SMTPException, OSError) as broken:
            return self._broken(broken, Ending.LATER, Phase.WITNESS)
        return None

    async def _ask(self, command: "Awaitable[SMTPResponse]", phase: Phase) -> Outcome | None:
        """Send a command before DATA; None when it was agreed to."""
        try:
            await command
        except SMTPResponseException as refused:
            return await self._answered(refused.code, refused.message, phase)
        except (SMTPException, OSError) as broken:
            return self._broken(broken, Ending.LATER, phase)
        return None

    async def _answered(self, code: int, message: str, phase: Phase) -> Outcome:
        """Read a final answer of any phase; leaves the connection ready for the next mail, or dropped."""
        outcome = ended(code, message, phase)
        if outcome.ending is Ending.ACCEPTED:
            return outcome
        if code == CLOSING or outcome.throttled or code // 100 not in REFUSALS:
            self.break_off()
        elif self._smtp is not None:
            try:
                await self._smtp.rset()
            except (SMTPException, OSError):
                self.break_off()
        return outcome

    def _broken(self, trouble: SMTPException | OSError, ending: Ending, phase: Phase) -> Outcome:
        self.break_off()
        return Outcome(ending, phase, type(trouble).__name__)
