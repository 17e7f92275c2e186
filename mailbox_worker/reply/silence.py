"""Silence is an alarm: notice that the mailbox no longer polls or sends, and that a letter cannot wait.

Receives how a pass went; hands on signs of life in the ledger, one alarm for each trouble through the second channel,
and one more event when it is over. What stands is told in every digest. Urgent letters ring again and again until
somebody answers 已处置.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from mailbox_worker.condition import worn_out
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import Letter, letters_in
from mailbox_worker.ledger.outbox import plan_alarm
from mailbox_worker.ledger.standing import POLLED, SENT, all_standing, put, stands, take_away
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import nudges, outbox
from mailbox_worker.ledger.vocabulary import OutboxState
from mailbox_worker.letter.rights import who_may_see
from mailbox_worker.letter.urgency import is_urgent
from mailbox_worker.mail.troubles import NotAccepted, ServerTrouble
from mailbox_worker.mail.words import words
from mailbox_worker.reply.second_channel import ring
from mailbox_worker.todo import ALARMS, UNANSWERED, owner

LIFE_SIGN = timedelta(minutes=5)  # a newer one is not written down again: an idle pass should write next to nothing
MENDED_BY_A_PERSON = {"IMAP": f"{ALARMS}imap", "SMTP": f"{ALARMS}smtp"}


def watch_over_silence(desk: Desk, now: datetime, troubles: Sequence[ServerTrouble]) -> None:
    """Take down the signs of life, and ring for what has become too long."""
    with desk.ledger.read() as connection:
        found = _found(desk, connection, now, troubles)
        raised = all_standing(connection, ALARMS)
        last = stands(connection, POLLED)
        polled = not any(str(trouble).startswith("IMAP") for trouble in troubles)
        life = polled and (last is None or now - last.at >= LIFE_SIGN)
    new = [name for name in found if name not in raised]
    over = [name for name in raised if name not in found]
    if life or new or over:
        with desk.ledger.write(now) as writer:
            if life:
                put(writer, POLLED)
            _take_down(writer, new, over)
    for name in new:
        ring(desk.config, words("digest")["alarms"][name], desk.config.mailbox.address, now)


def _found(desk: Desk, connection: Connection, now: datetime, troubles: Sequence[ServerTrouble]) -> list[str]:
    patience = timedelta(minutes=desk.config.alarm.silent_after_minutes)
    found = [
        alarm
        for name, alarm in MENDED_BY_A_PERSON.items()
        if any(isinstance(trouble, NotAccepted) and str(trouble).startswith(name) for trouble in troubles)
    ]
    found += [f"{ALARMS}{name}" for name in worn_out(desk.config, connection, now)]
    polled = stands(connection, POLLED)
    if any(str(trouble).startswith("IMAP") for trouble in troubles) and polled and now - polled.at >= patience:
        found.append(f"{ALARMS}polled")
    oldest = connection.execute(
        select(func.min(outbox.c.not_before)).where(
            outbox.c.state.in_([OutboxState.PLANNED, OutboxState.LATER]), outbox.c.attempts == 0
        )
    ).scalar_one()
    sent = stands(connection, SENT)
    since = max([at for at in (oldest, sent.at if sent else None) if at is not None], default=None)
    if oldest is not None and since is not None and now - since >= patience and oldest <= now - patience:
        found.append(f"{ALARMS}sent")
    return found


def _take_down(writer: Writer, new: list[str], over: list[str]) -> None:
    for name in new:
        put(writer, name)
        writer.record("alarm-raised", alarm=name.removeprefix(ALARMS))
    for name in over:
        take_away(writer, name)
        writer.record("alarm-over", alarm=name.removeprefix(ALARMS))


def ring_for_urgent(desk: Desk, now: datetime) -> None:
    """Ring for every urgent letter that nobody has handled: at once, and again after each pause."""
    with desk.ledger.read() as connection:
        calling = [letter for letter in letters_in(connection, UNANSWERED) if is_urgent(letter, desk.content.urgent)]
        calling = [letter for letter in calling if _rings_now(desk, connection, letter, now)]
    for letter in calling:
        with desk.ledger.write(now) as writer:
            put(writer, f"urgent:{letter.number}")
            writer.record("urgent-alarm", letter=letter.number)
            _tell_staff(desk, writer, letter)
        ring(desk.config, words("alarms")["urgent"], letter.number, now)


def _rings_now(desk: Desk, connection: Connection, letter: Letter, now: datetime) -> bool:
    handled = select(nudges.c.letter).where(nudges.c.letter == letter.number, nudges.c.action == "handled")
    if connection.execute(handled).first() is not None:
        return False
    rung = stands(connection, f"urgent:{letter.number}")
    return rung is None or now - rung.at >= timedelta(minutes=desk.config.alarm.repeat_urgent_minutes)


def _tell_staff(desk: Desk, writer: Writer, letter: Letter) -> None:
    """Tell clerk, leader and director by mail, once; the repetition is the second channel's."""
    clerk = desk.clerk_of(letter)
    for person in dict.fromkeys((clerk.id, owner(desk, letter).id, desk.content.staff.director.id)):
        if who_may_see(letter.restricted, person):
            plan_alarm(writer, f"urgent:{letter.number}:{person}", person, "urgent", letter=letter.number)
