"""Who an outgoing mail comes from on the wire, and where answers to it and reports about it go.

Receives the configuration and a mail's kind; hands on addresses. The plain mailbox is what every server takes: NetEase,
QQ and Coremail refuse the null sender, and many know no sub-addresses, so that both are used only where the
configuration says so.
"""

from mailbox_worker.config import Config, MailboxConfig
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.mail.parsed import Address
from mailbox_worker.mail.smtp_connection import SmtpLogin
from mailbox_worker.mail.sub_addresses import return_tag, tagged

WITH_TOKEN = frozenset(
    {MailKind.DRAFT_REQUEST, MailKind.SIGN_OFF_REQUEST, MailKind.CONFIRMATION_REQUEST, MailKind.RECEIPT}
    | {MailKind.PROBE}
)
# Requests and replies are written to be answered by a person; the rest says that a machine wrote it (RFC 3834).
AUTO_SUBMITTED = {
    MailKind.ACKNOWLEDGEMENT: "auto-replied",
    MailKind.RECEIPT: "auto-replied",
    MailKind.NOT_UNDERSTOOD: "auto-replied",
    MailKind.REFUSAL: "auto-generated",
    MailKind.REMINDER: "auto-generated",
    MailKind.ESCALATION: "auto-generated",
    MailKind.ALARM: "auto-generated",
    MailKind.DIGEST: "auto-generated",
    MailKind.SURVEY: "auto-generated",
}
NULL_SENDER = ""


def smtp_login(mailbox: MailboxConfig) -> SmtpLogin:
    """Give the login of the server that the mailbox's mail goes out through."""
    smtp = mailbox.smtp
    return SmtpLogin(
        smtp.host, smtp.port, smtp.security, smtp.username, smtp.password, smtp.ca_file, smtp.timeout_seconds
    )


def envelope_sender(config: Config, kind: str, message_id: str) -> str:
    """Give the address for MAIL FROM; NULL_SENDER where nothing is to come back."""
    mailbox = config.mailbox
    if mailbox.envelope_sender == "empty" and kind in AUTO_SUBMITTED:
        return NULL_SENDER
    return tagged(mailbox.address, return_tag(message_id)) if mailbox.sub_addressing else mailbox.address


def reply_to(config: Config, token: str | None) -> Address | None:
    """Give the address that a request is answered to, where it is not the mailbox's own."""
    if token is None or not config.mailbox.sub_addressing:
        return None
    return Address("", tagged(config.mailbox.address, token.lower()))
