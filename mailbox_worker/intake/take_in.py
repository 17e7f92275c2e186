"""The stage as a whole: every folder of ours looked through, each mail logged, sorted and filed away.

Receives the desk and the time; hands on counts and what the server refused. A connection that breaks after it brought
something is opened again at once; one that brought nothing is left for the next pass.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbox_worker.condition import QUOTA, note_condition
from mailbox_worker.desk import Desk
from mailbox_worker.intake.alarms import tell_clerk
from mailbox_worker.intake.file_away import file_away
from mailbox_worker.intake.folders import Watched, remember, to_look_at, watched_folders
from mailbox_worker.intake.receive import Progress, receive
from mailbox_worker.intake.sent_copies import look_for_sent_copies
from mailbox_worker.intake.sorting import sort_arrivals
from mailbox_worker.ledger.standing import stands
from mailbox_worker.mail.imap import ImapLogin, Mailbox
from mailbox_worker.mail.troubles import NotAccepted, ServerTrouble, Unreachable

LONGEST_IDLE = 25 * 60  # seconds; servers may log out whoever idles for half an hour (RFC 2177)
ASKED_AGAIN_AFTER = timedelta(hours=1)  # about room and certificate: an idle pass should cost next to nothing
SLICE = 500  # mails that are looked at, logged, sorted and moved before the next: memory stays flat


@dataclass(slots=True)
class Intake:
    """What one pass took in."""

    fetched: int = 0
    sorted: Counter[str] = field(default_factory=Counter)
    troubles: list[ServerTrouble] = field(default_factory=list)


def take_in(desk: Desk, now: datetime, progress: Progress, *, look_only: bool = False) -> Intake:
    """Take in every mail that the server has and the ledger has not; look_only leaves the mailbox as it is."""
    taken = Intake()
    waiting = watched_folders(desk)
    while waiting:
        before = taken.fetched
        try:
            with Mailbox(imap_login(desk), look_only=look_only) as mailbox:
                _note_condition(desk, mailbox, now)
                while waiting:
                    _look_through(desk, mailbox, waiting[0], now, taken, progress)
                    waiting = waiting[1:]
                if not look_only:
                    look_for_sent_copies(desk, mailbox, now)
        except ServerTrouble as trouble:
            taken.sorted += sort_arrivals(desk, now)  # what is logged is not kept waiting for a server
            if isinstance(trouble, Unreachable) and taken.fetched > before:
                continue
            taken.troubles.append(trouble)
            _tell(desk, trouble, now)
            return taken
    taken.sorted += sort_arrivals(desk, now)
    return taken


def _look_through(
    desk: Desk, mailbox: Mailbox, folder: Watched, now: datetime, taken: Intake, progress: Progress
) -> None:
    look = to_look_at(desk, mailbox, folder, now)
    if look is None:
        return
    moved = 0
    for start in range(0, len(look.uids), SLICE):
        part = look.uids[start : start + SLICE]
        received = receive(desk, mailbox, look, part, now)
        taken.fetched += received.fetched
        taken.sorted += sort_arrivals(desk, now)
        moved += file_away(desk, mailbox, look, received.here, now)
        progress(start + len(part), len(look.uids))
    remember(desk, look, moved, now)


def _note_condition(desk: Desk, mailbox: Mailbox, now: datetime) -> None:
    """Ask the server about room and certificate; what they come to is the alarms' to judge."""
    with desk.ledger.read() as connection:
        last = stands(connection, QUOTA)
    if last is not None and now - last.at < ASKED_AGAIN_AFTER:
        return
    quota_used, certificate_until = mailbox.quota_used(), mailbox.certificate_until()
    with desk.ledger.write(now) as writer:
        note_condition(writer, quota_used, certificate_until)


def _tell(desk: Desk, trouble: ServerTrouble, now: datetime) -> None:
    """Say by mail, once a day, that the mailbox will not have us: SMTP may still work (F23, F24)."""
    if isinstance(trouble, NotAccepted):
        with desk.ledger.write(now) as writer:
            tell_clerk(desk, writer, f"alarm:mailbox:{desk.day(now)}", "mailbox-refuses")


def imap_login(desk: Desk) -> ImapLogin:
    """Give the way to the mailbox."""
    imap = desk.config.mailbox.imap
    return ImapLogin(
        imap.host, imap.port, imap.security, imap.username, imap.password or "", imap.ca_file, imap.timeout_seconds
    )


Stopped = Callable[[], bool]


def wait_for_mail(desk: Desk, seconds: float, stopped: Stopped) -> bool:
    """Wait by IDLE for something to happen in the inbox; gives False at once where the server has no IDLE."""
    with Mailbox(imap_login(desk), look_only=True) as mailbox:
        if "IDLE" not in mailbox.capabilities:
            return False
        mailbox.select(desk.config.mailbox.imap.folder)
        mailbox.wait_for_mail(min(seconds, LONGEST_IDLE), stopped)
    return True
