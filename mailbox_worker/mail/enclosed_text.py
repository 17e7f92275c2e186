"""Read what stands in the text files that came with a mail, and how its files are called.

Receives a mail. Hands on text for rules to look through; nobody is shown it. Other files are not opened: what a scan or
a Word document names is for the clerk to see.
"""

from mailbox_worker.mail.characters import decode
from mailbox_worker.mail.controls import readable_text
from mailbox_worker.mail.file_types import text_or_page
from mailbox_worker.mail.html_text import text_of_html
from mailbox_worker.mail.limits import MAX_ENCLOSED_BYTES
from mailbox_worker.mail.parsed import Attachment, ParsedMail


def enclosed_text(mail: ParsedMail) -> str:
    """Return the names of all files and the text of those that are text, a blank line between each."""
    names = [file.name for file in mail.attachments]
    return "\n\n".join([*names, *(text for file in mail.attachments if (text := _text(file)))])


def _text(file: Attachment) -> str:
    kind = text_or_page(file.name, file.media_type)
    if not kind:
        return ""
    text = decode(file.content[:MAX_ENCLOSED_BYTES], None).text
    return text_of_html(text) if kind == "text/html" else readable_text(text)
