"""What a finished mail would have had to be signed off as: the proof that a reply is what a leader approved.

Receives the bytes of a reply and the text that was signed; hands on the digest that follows from these bytes. Asked
before a reply goes into the outbox, and again whenever somebody looks at the letter.
"""

from mailbox_worker.letter.signed_text import begins_with_signed, signed_digest
from mailbox_worker.mail.read import read_mail


def digest_of_bytes(raw: bytes, letter: str, purpose: str, text: str) -> str | None:
    """Hash what the recipient of these bytes reads; None where it does not begin with exactly this text."""
    read = read_mail(raw)
    if not begins_with_signed(read.text, text):
        return None
    to = read.to[0].addr_spec if len(read.to) == 1 else ""
    return signed_digest(letter, purpose, to, read.subject, text, [file.sha256 for file in read.attachments])
