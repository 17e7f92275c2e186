"""The files that a clerk sends along with a draft: which belong to the answer, and which cannot go out.

Receives the bytes of a clerk's mail and what was read of them; hands on files, or the name of a doubt. Pictures that
the mail's own HTML shows (a signature's logo) are no enclosures.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from html import unescape

from mailbox_worker.ledger.draft_files import DraftFile
from mailbox_worker.mail.parsed import Attachment, ParsedMail

MOST_BYTES = 10 * 2**20  # together; many servers refuse more
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GOES_OUT = {  # by name: programs label files carelessly
    ".pdf": "application/pdf",
    ".docx": WORD,
    ".xlsx": SHEET,
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".txt": "text/plain",
}
PARAGRAPH = re.compile(r"<w:p[ >/].*?(?:</w:p>|/>)", re.DOTALL)
RUN = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:(tab|br)(?: [^>]*)?/>")
MOST_XML = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The files of an answer; `doubt` names why they cannot be taken."""

    files: tuple[DraftFile, ...]
    doubt: str | None = None


def enclosed(raw: bytes, mail: ParsedMail) -> Enclosed:
    """Find what is to go out with the draft, each under the media type of its name."""
    shown = _shown_inside(raw)
    files = [file for file in mail.attachments if file.sha256 not in shown]
    if any(_suffix(file) not in GOES_OUT for file in files):
        return Enclosed((), "attachment-kind")
    if sum(file.size for file in files) > MOST_BYTES:
        return Enclosed((), "attachment-size")
    return Enclosed(tuple(DraftFile(f.name, GOES_OUT[_suffix(f)], f.sha256, f.content) for f in files))


def documents(raw: bytes, mail: ParsedMail) -> tuple[str, ...]:
    """Name the files of a deputy's answer that may hold an opinion: everything but the signature's pictures."""
    shown = _shown_inside(raw)
    return tuple(file.name for file in mail.attachments if file.sha256 not in shown)


def text_of_word(files: Sequence[DraftFile]) -> str | None:
    """Give the paragraphs of the only file if it is a .docx; None for anything else, or where it cannot be read."""
    if len(files) != 1 or files[0].media_type != WORD:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(files[0].content)) as package:
            if package.getinfo("word/document.xml").file_size > MOST_XML:
                return None
            xml = package.read("word/document.xml").decode("utf-8")
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, NotImplementedError, RuntimeError, OSError):
        return None
    return "\n".join(_paragraph(found[0]) for found in PARAGRAPH.finditer(xml)).strip("\n")


def _paragraph(xml: str) -> str:
    pieces = (unescape(run[1]) if run[1] is not None else "\n" if run[2] == "br" else " " for run in RUN.finditer(xml))
    return "".join(pieces)


def _suffix(file: Attachment) -> str:
    return "." + file.name.rpartition(".")[2].lower()


def _shown_inside(raw: bytes) -> frozenset[str]:
    """Digest the parts that have a Content-ID and are not marked as attached."""
    digests = set()
    for part in message_from_bytes(raw).walk():
        content = part.get_payload(decode=True)
        if part["Content-ID"] and part.get_content_disposition() != "attachment" and isinstance(content, bytes):
            digests.add(hashlib.sha256(content).hexdigest())
    return frozenset(digests)
