"""Sub-addresses (RFC 5233): director+TAG@bureau.example is delivered to director@bureau.example.

Pure. Receives the mailbox's address and a tag; hands on the tagged address, and the tags that a mail came to. Not every
server knows them: whether they are used at all is the configuration's. Letter case is not to be relied on.
"""

from mailbox_worker.mail.addresses import addresses
from mailbox_worker.mail.parsed import ParsedMail

SEPARATOR = "+"
LONGEST_TAG = 34  # characters; a tag of ours for returned mail: `b-` and a Message-ID's 32
LONGEST_LOCAL_PART = 64 - len(SEPARATOR) - LONGEST_TAG  # of the mailbox itself (RFC 5321 4.5.3.1.1)
RETURNED = "b-"
# Where a server says whom a mail was for: a report about a mail need not name its envelope's sender in To.
DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


def tagged(mailbox: str, tag: str) -> str:
    """Give the mailbox's address with a tag."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}{SEPARATOR}{tag}@{domain}"


def return_tag(message_id: str) -> str:
    """Give the tag that mail is sent under (VERP), so that a report which quotes nothing is about this mail."""
    return RETURNED + message_id.strip("<>").rpartition("@")[0]


def message_id_of(tag: str, domain: str) -> str | None:
    """Give the Message-ID that a tag for returned mail stands for; None for any other tag."""
    return f"<{tag.removeprefix(RETURNED)}@{domain}>" if tag.startswith(RETURNED) else None


def tags_of(mail: ParsedMail, mailbox: str) -> tuple[str, ...]:
    """List the tags of our mailbox that a mail is addressed to, in lower case, each once."""
    local, _, domain = mailbox.lower().rpartition("@")
    delivered = [address for name in DELIVERED for value in mail.all_headers(name) for address in addresses(value)]
    found = []
    for address in (*mail.to, *mail.cc, *delivered):
        name, _, at = address.addr_spec.lower().rpartition("@")
        user, separator, tag = name.partition(SEPARATOR)
        if (user, at) == (local, domain) and separator and tag:
            found.append(tag)
    return tuple(dict.fromkeys(found))
