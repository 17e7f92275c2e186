"""Which of a citizen's files the clerk gets with the draft request: pictures, PDF and text, known by their bytes.

Everything else (HTML, SVG, macros, links, disk images, sealed archives) is named in the mail and stays in the ledger
(THREATS: attachments to staff). The deputy gets none.
"""

from dataclasses import replace

from sqlalchemy import Connection, select

from mailbox_worker.ledger.arrivals import raw_of
from mailbox_worker.ledger.tables import arrivals
from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.mail.parsed import Attachment
from mailbox_worker.mail.read import read_mail

MOST_BYTES = 10 * 2**20
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "text/plain": (".txt",),
}


def shown_to_clerk(connection: Connection, number: str) -> tuple[Attachment, ...]:
    """Give the safe files of the letter and of what was added to it, as far as they fit."""
    room = MOST_BYTES
    query = select(arrivals.c.id).where(
        arrivals.c.letter == number,
        arrivals.c.disposition.in_([Disposition.LETTER, Disposition.FOLLOW_UP]),
    )
    shown: list[Attachment] = []
    for arrival in connection.execute(query.order_by(arrivals.c.id)).scalars().all():
        for file in read_mail(raw_of(connection, arrival)).attachments:
            safe = safe_file(file)
            if safe is not None and safe.size <= room:
                room -= safe.size
                shown.append(safe)
    return tuple(shown)


def safe_file(file: Attachment) -> Attachment | None:
    """Give a file under the type that its bytes show; None for one that may do harm when it is opened."""
    known = file.found_type or ("text/plain" if file.name.lower().endswith(".txt") and _is_text(file.content) else "")
    if file.dangers or known not in SUFFIXES or not file.name.lower().endswith(SUFFIXES[known]):
        return None  # a name that says something else is a disguise
    return replace(file, media_type=known)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content and content.lstrip()[:1] != b"<"
