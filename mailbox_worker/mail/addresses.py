"""Read addresses, message identifiers and dates from header fields, however they were written.

Receives raw values (surrogate escapes and encoded words allowed). Hands on addresses in order. Where a field
can be read in two ways, both addresses: a rule that asks for exactly one then refuses. Never raises.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from mailbox_worker.mail.controls import readable_line
from mailbox_worker.mail.header_text import decode_header, unfold
from mailbox_worker.mail.limits import MAX_ADDRESSES, MAX_IDENTIFIERS
from mailbox_worker.mail.parsed import Address

_USUAL = re.compile(r'\s*(?:"([^"\\]*)"|([^"<>,;:()@\\]*))\s*<([^\s<>"(),;:@\\]+@[^\s<>"(),;:@\\]+)>\s*')
_BARE = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9.-]{1,255}", re.ASCII)
_USUAL_ID = re.compile(r"<[\w.+$@=/-]{1,998}>", re.ASCII)
_USUAL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2},\s)?(\d{1,2})\s([A-Z][a-z]{2})\s(\d{4})\s(\d\d):(\d\d):(\d\d)\s([+-])(\d\d)(\d\d)(?:\s\([A-Z]+\))?"
)
_MONTHS = {"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * at : 3 * at + 3]: at + 1 for at in range(12)}
_TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,1000})"|<([^<>]*)>|\(([^()]*)\)|([,;])|([^"<>(),;]+)', re.DOTALL)
_ADDR_SPEC = re.compile(r'(?:[^\s<>"(),;:@\\]+|"[^"\\\r\n]{1,64}")@[^\s<>"(),;:@\\]+')
_GROUP_NAME = re.compile(r"^[^:=@]{0,100}:")  # no '=': it may stand in an encoded word
_LONGEST_ADDRESS = 320
_IDENTIFIER = re.compile(r"<([^<>]{1,998})>")


def addresses(raw: str) -> tuple[Address, ...]:
    """Return every mailbox of an address field's value; what is no address is left out."""
    return read_addresses(raw)[0]


def read_addresses(raw: str) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """Return every mailbox of an address field's value, and what had to be repaired in it."""
    if not raw:
        return (), ()
    if _BARE.fullmatch(raw):
        local, _, domain = raw.rpartition("@")
        return (Address("", f"{local}@{domain.lower()}"),), ()
    value, repairs = unfold(raw)
    notes = dict.fromkeys(repairs)
    if usual := _USUAL.fullmatch(value):
        return tuple(_made(usual[1] or usual[2] or "", usual[3], notes)), tuple(notes)
    found: list[Address] = []
    mailbox = _Mailbox()
    for quoted, angle, comment, separator, words in _TOKEN.findall(value):
        if separator:
            found += mailbox.addresses(notes)
            mailbox = _Mailbox()
            if len(found) > MAX_ADDRESSES:
                break
        else:
            mailbox.add(quoted, angle, comment, words)
    found += mailbox.addresses(notes)
    distinct: dict[str, Address] = {}
    for address in found:
        distinct.setdefault(address.addr_spec, address)
    return tuple(distinct.values())[:MAX_ADDRESSES], tuple(notes)


class _Mailbox:
    """The pieces between two commas."""

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.specs: list[str] = []
        self.comment = ""

    def add(self, quoted: str, angle: str, comment: str, words: str) -> None:
        if angle:
            self.specs.append("".join(angle.rpartition(":")[2].split()))  # after a route, RFC 5322 4.4
        elif words.startswith("@") and self.phrase and not self.specs:
            self.specs.append(f'"{self.phrase.pop()}"{words.strip()}')
        elif words:
            words = _GROUP_NAME.sub("", words)
            bare = [word for word in words.split() if "@" in word]
            self.specs += bare
            self.phrase += [word for word in words.split() if "@" not in word]
        elif quoted:
            self.phrase.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            self.comment = self.comment or comment

    def addresses(self, notes: dict[str, None]) -> list[Address]:
        name = " ".join(self.phrase) or self.comment
        return [made for spec in self.specs for made in _made(name, spec, notes)]


def _made(name: str, spec: str, notes: dict[str, None]) -> list[Address]:
    if len(spec) > _LONGEST_ADDRESS or not _ADDR_SPEC.fullmatch(spec) or readable_line(spec) != spec:
        return []
    local, _, domain = spec.rpartition("@")
    text, repairs = decode_header(name) if name else ("", ())
    notes.update(dict.fromkeys(repairs))
    return [Address(text, f"{local}@{domain.lower()}")]


def identifier(raw: str) -> str | None:
    """Return a Message-ID with angle brackets and without white space; None where there is none."""
    return next(iter(identifiers(raw)), None)


def identifiers(raw: str) -> tuple[str, ...]:
    """Return the identifiers of In-Reply-To or References in order, the last MAX_IDENTIFIERS at most."""
    if not raw:
        return ()
    if _USUAL_ID.fullmatch(raw):
        return (raw,)
    value, _ = decode_header(raw)
    found = _IDENTIFIER.findall(value) or [word for word in value.split() if "@" in word][:1]
    made = (f"<{''.join(each.split())}>" for each in found)
    return tuple(each for each in made if each != "<>")[-MAX_IDENTIFIERS:]


def moment(raw: str) -> datetime | None:
    """Return the aware time of an RFC 5322 date; the unknown zone -0000 counts as UTC; None if unreadable."""
    if usual := _USUAL_DATE.fullmatch(raw):
        when = _usual_moment(usual)
        if when is not None:
            return when
    try:
        when = parsedate_to_datetime(unfold(raw)[0])
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    if not MINYEAR < when.year < MAXYEAR:
        return None  # would overflow in another time zone
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _usual_moment(found: re.Match[str]) -> datetime | None:
    """Give the time of a date as RFC 5322 writes it; None where the stdlib's patience is needed."""
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if (sign == "-" and not offset) or not MINYEAR < int(year) < MAXYEAR:
        return None  # -0000: an unknown zone
    try:
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None
