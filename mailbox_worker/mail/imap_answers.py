"""What an IMAP server says of folders and mails, in values of our own.

Receives answers as imapclient hands them on; gives frozen values. Speaks to no server. Raises Unreachable where an
answer is a goodbye.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from mailbox_worker.mail.addresses import identifier
from mailbox_worker.mail.troubles import Unreachable

# What is asked for to identify a mail, and the name under which it is answered.
IDENTITY = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
IDENTITY_ANSWER = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a server says of a folder: enough to know that nothing has changed. 0: the server does not say."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Glance:
    """What identifies a mail without fetching it. size: as the server claims, in bytes; some claim wrongly."""

    size: int
    internaldate: datetime
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server has it; content is its exact bytes, or a file of them that the caller closes."""

    uid: int
    content: bytes | IO[bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of asking for some mails; refused: UID to the server's word. One expunged meanwhile is in neither."""

    mails: list[Fetched] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """The UIDs that left the folder, each with its new UID where the server says; uidvalidity is the other folder's."""

    uidvalidity: int
    uids: dict[int, int | None]


def glance_of(parts: dict[bytes, Any]) -> Glance:
    """Read what was fetched to identify a mail."""
    header = bytes(parts.get(IDENTITY_ANSWER) or b"").decode("ascii", "surrogateescape")
    size, at = int(parts[b"RFC822.SIZE"]), parts[b"INTERNALDATE"]
    return Glance(
        size, (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), identifier(header.partition(":")[2])
    )


def uid_set(text: bytes) -> list[int]:
    """Read a set of UIDs as COPYUID writes it: 3:5,9."""
    found: list[int] = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def is_news(answer: tuple[Any, ...]) -> bool:
    """Whether an untagged answer speaks of mail; some servers only say that they are still there."""
    if answer[:1] == (b"BYE",):
        raise Unreachable("the IMAP server ended the connection")
    return len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT", b"EXPUNGE", b"FETCH")
