"""Look at everything that the worker needs, and say what to do about each finding: `tenday doctor`.

Receives the desk; hands on Findings. Looks only: it logs in, asks and leaves; nothing is moved, sent or written but a
note that the ledger can be written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from mailbox_worker.condition import EXPIRES_SOON, FULL, LITTLE_DISK, free_disk
from mailbox_worker.desk import Desk
from mailbox_worker.doctor_smtp import look_at_smtp
from mailbox_worker.intake.folders import Role, watched_folders
from mailbox_worker.intake.older_ledger import OUR_MARK
from mailbox_worker.intake.take_in import imap_login
from mailbox_worker.ledger.folders import adopted_from, looked_through
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.ledger.verify import verify
from mailbox_worker.mail.imap import Mailbox
from mailbox_worker.mail.troubles import NotAccepted, ServerTrouble


class Grade(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    POOR = "poor"  # the worker gets by
    BAD = "bad"  # it does not


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` says what to do; empty where nothing is to be done."""

    what: str
    grade: Grade
    found: str
    advice: str = ""


# Capability, and what its absence means.
WANTED = (
    ("MOVE", "without it mail is copied and the copies verified: slower, as safe"),
    ("UIDPLUS", "without it and MOVE, mail stays in the inbox; the ledger knows it all the same"),
    ("IDLE", "without it new mail is noticed at the next poll (mailbox.poll_seconds)"),
    ("ID", "163 and 126 need it; other servers do without"),
)


def examine(desk: Desk) -> list[Finding]:
    """Look at the ledger, the disk, the mailbox and the way out; a fault of one hides no other."""
    findings = [*_ledger(desk), *_disk(desk)]
    try:
        with Mailbox(imap_login(desk), look_only=True) as mailbox:
            findings.append(Finding("imap login", Grade.GOOD, f"{mailbox.login.name}, {_security(desk)}"))
            for look in (_capabilities, _folders, _quota, _certificate):
                findings += look(desk, mailbox)
    except ServerTrouble as trouble:
        advice = "mend what the line names" if isinstance(trouble, NotAccepted) else "check host, port and firewall"
        findings.append(Finding("imap login", Grade.BAD, str(trouble), advice))
    for what, found, well, advice in look_at_smtp(desk):
        findings.append(Finding(what, Grade.GOOD if well else Grade.BAD, found, "" if well else advice))
    return findings


def _security(desk: Desk) -> str:
    security = desk.config.mailbox.imap.security
    return "no TLS (this machine only)" if security == "none" else f"{security}, certificate verified"


def _ledger(desk: Desk) -> Iterator[Finding]:
    try:
        with desk.ledger.alone():
            pass
    except LedgerBusy as busy:
        yield Finding("ledger", Grade.POOR, str(busy), "wait for the other pass, or free the disk")
    verdict = verify(desk.ledger)
    found = f"{verdict.entries} entries, the chain is {'whole' if verdict.ok else 'broken'}"
    yield Finding(
        "ledger", Grade.GOOD if verdict.ok else Grade.BAD, found, "" if verdict.ok else "run `tenday mail verify`"
    )


def _disk(desk: Desk) -> Iterator[Finding]:
    free = free_disk(desk.config)
    if free is not None:
        grade = Grade.GOOD if free >= LITTLE_DISK else Grade.BAD
        yield Finding("disk", grade, f"{free // 2**20} MiB free", "" if free >= LITTLE_DISK else "make room")


def _capabilities(_desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    for name, meaning in WANTED:
        there = name in mailbox.capabilities
        yield Finding(
            f"imap {name}", Grade.GOOD if there else Grade.POOR, "yes" if there else "no", "" if there else meaning
        )


def _folders(desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    for folder in watched_folders(desk):
        state = mailbox.status(folder.name)
        what = f"folder {folder.name}"
        if state is None:
            yield _absent(folder.role, what)
            continue
        if not state.uidvalidity or not state.uidnext:
            advice = "every pass reads the whole folder; ask for a server that numbers its mail"
            yield Finding(what, Grade.POOR, "no UIDVALIDITY or UIDNEXT", advice)
        yield Finding(what, Grade.GOOD, f"{state.exists} mails")
        if folder.role is Role.INBOX:
            yield from _inbox(desk, mailbox, folder.account, state.exists)
    yield from _junk(desk, mailbox)
    yield from _sent(desk, mailbox)


def _absent(role: Role, what: str) -> Finding:
    if role is Role.INBOX:
        return Finding(what, Grade.BAD, "not there", "name the folder that letters come into: mailbox.imap.folder")
    if role is Role.JUNK:
        return Finding(
            what, Grade.POOR, "not there", "name the server's junk folder: mailbox.imap.junk_folder, or null"
        )
    return Finding(what, Grade.GOOD, "not there yet; it is made with the first letter")


def _inbox(desk: Desk, mailbox: Mailbox, account: str, mails: int) -> Iterator[Finding]:
    flags = mailbox.permanent_flags(desk.config.mailbox.imap.folder)
    if "\\Deleted" not in flags and "MOVE" not in mailbox.capabilities:
        yield Finding("inbox flags", Grade.POOR, "mail cannot be marked", "mail stays in the inbox; check the rights")
    with desk.ledger.read() as connection:
        first = looked_through(connection, account, desk.config.mailbox.imap.folder) is None
        adopted = adopted_from(connection)
    if first and mails and adopted is None:
        advice = "all of it would be taken for new letters: see `mail tick --dry-run`, then `--adopt-from DATE`"
        yield Finding("first run", Grade.POOR, f"{mails} mails are there already", advice)


def _junk(desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    named, watched = mailbox.junk_folder(), desk.config.mailbox.imap.junk_folder
    if named is not None and named != watched:
        yield Finding("junk folder", Grade.POOR, f"the server names {named}", f"set mailbox.imap.junk_folder: {named}")


def _sent(desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    folder = desk.config.mailbox.imap.sent_folder
    if folder is None or mailbox.status(folder) is None:
        return
    mailbox.select(folder)
    copies = len(mailbox.uids_with_header(OUR_MARK))
    if copies:
        advice = "they hold tokens and query codes: switch off that the server keeps what this account sends"
        yield Finding("sent folder", Grade.POOR, f"{copies} copies of our own mail in {folder}", advice)


def _quota(_desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    used = mailbox.quota_used()
    if used is None:
        yield Finding("quota", Grade.GOOD, "the server tells none")
    else:
        advice = "" if used < FULL else "archive processed mail or ask for more room: a full mailbox takes no letters"
        yield Finding("quota", Grade.GOOD if used < FULL else Grade.BAD, f"{used:.0%} used", advice)


def _certificate(_desk: Desk, mailbox: Mailbox) -> Iterator[Finding]:
    until = mailbox.certificate_until()
    if until is not None:
        soon = until - datetime.now(UTC) < EXPIRES_SOON
        advice = "have it renewed: the worker takes no other" if soon else ""
        yield Finding("imap certificate", Grade.BAD if soon else Grade.GOOD, f"valid until {until:%Y-%m-%d}", advice)
