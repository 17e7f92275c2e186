"""The shape of a mail that has been read: frozen values, no logic but look-ups.

Everything in them is text that can be stored and shown; the raw bytes stay with whoever fetched them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailbox_worker.mail.header_text import field_text

ATTACHED_MAIL_MARK = "----- message/rfc822 -----"
"""Stands in ParsedMail.text above the text of an attached mail, which the sender need not have written."""


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: display name (may be empty) and `local@domain`, the domain in lower case."""

    name: str
    addr_spec: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along, under our own safe name; size in bytes, sha256 in lower-case hexadecimal.

    media_type is what the mail says; found_type what the bytes prove, "" if nothing; dangers why not to open it.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)
    found_type: str = field(default="", compare=False)
    dangers: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a mail says of itself; nothing in it is proven.

    message_id, in_reply_to and references have angle brackets, no white space. senders are all addresses of
    all From fields: more than one, or none, means that nobody can be answered unseen. date is aware.
    return_path is "" for the null sender and None without the field. fields are as they stood, in their order; the
    methods below give them readable, decoded when they are asked for. places are their indexes by lower-case name.
    notes are in English and say what was repaired, cut or unreadable.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    return_path: str | None
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    places: Mapping[str, Sequence[int]] = field(repr=False, compare=False)
    text: str
    attachments: tuple[Attachment, ...]
    notes: tuple[str, ...]

    def header(self, name: str) -> str | None:
        """Return the topmost field of that name (any case), or None."""
        return next(iter(self.all_headers(name)), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Return all fields of that name (any case), topmost first."""
        return tuple(value for _, value in self.numbered_headers(name))

    def numbered_headers(self, name: str) -> tuple[tuple[int, str], ...]:
        """Return place and value of all fields of that name (any case), topmost first."""
        return tuple((place, self.header_at(place)) for place in self.places.get(name.lower(), ()))

    def header_at(self, place: int) -> str:
        """Return the value of the field at that place of fields."""
        name, value = self.fields[place]
        return field_text(name.lower(), value)
