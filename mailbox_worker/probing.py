"""`tenday doctor --probe PERSON`: find out which proofs of the sender this mail server makes possible.

Receives the desk and a person; hands on Findings. A test mail asks the person to answer; then forged answers are handed
in, and what the worker makes of each is compared. All of it goes the way of ordinary mail, by ordinary passes, beside a
running worker or without one; nothing can be signed off by it.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bureau.exits import Exit, Stop
from mailbox_worker.desk import Desk
from mailbox_worker.doctor import Finding, Grade
from mailbox_worker.forging import BY_LOGIN, Fate, HandedIn, hand_in
from mailbox_worker.ledger.folders import looked_through
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.tables import outbox, probes, requests
from mailbox_worker.ledger.troubles import LedgerBusy
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.loop import tick
from mailbox_worker.mail.smtp_connection import SmtpLogin
from mailbox_worker.sign_off.probed import PROOFS, RESULTS, Probed, Trial, probed

FORGED_WITHIN = timedelta(minutes=2)  # for a forged mail to arrive; what has not come by then was kept out
LOOK_EVERY = 1.0  # seconds
FORGED = tuple(trial for trial in Trial if trial is not Trial.GENUINE)


@dataclass(frozen=True, slots=True)
class Means:
    """What a probe is done with: the time, a pause of seconds, minutes for the answer, the server open to outsiders."""

    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    minutes: int
    outside: SmtpLogin


def probe(desk: Desk, person: str, means: Means, say: Callable[[str], None]) -> list[Finding]:
    """Probe, and say what to choose; raises Stop where that cannot be begun."""
    _check(desk, person)
    until = means.clock() + timedelta(minutes=means.minutes)
    with desk.ledger.write(means.clock()) as writer:
        key = f"probe:{secrets.token_hex(8)}"
        arguments = {"until": until.isoformat(), "codes": desk.config.sign_off.uses("totp")}
        plan(writer, Plan(key, MailKind.PROBE, person=person, arguments=arguments))
    _do_a_pass(desk, means)
    say(f"asked {person} for an answer until {until.astimezone(desk.zone):%H:%M}; Ctrl-C ends the waiting")
    if not _wait(desk, means, until, lambda: Trial.GENUINE in _arrived(desk, key)):
        _close(desk, means, key)
        advice = "nothing is known yet: ask the person, look into the junk folder, then probe again"
        return [Finding("probe", Grade.BAD, f"no answer within {means.minutes} minutes", advice)]
    say("answered; now handing in forged ones")
    handed = {trial: hand_in(desk, person, trial, _message_id(desk, key), means.outside) for trial in FORGED}
    taken = {trial for trial, result in handed.items() if result.fate is Fate.TAKEN}
    _wait(desk, means, means.clock() + FORGED_WITHIN, lambda: taken <= _arrived(desk, key))
    arrived = _arrived(desk, key)
    _close(desk, means, key)
    with desk.ledger.read() as connection:
        found = probed(connection, person)
    return [
        *(_of_trial(trial, result, arrived=trial in arrived) for trial, result in handed.items()),
        *findings_on(desk, person, found),
    ]


def findings_on(desk: Desk, person: str, found: dict[str, Probed]) -> Iterator[Finding]:
    """Say of each proof whether it holds for a person, and what to choose."""
    used = {proof for way in desk.config.sign_off.ways for proof in way}
    for proof in PROOFS:
        yield _of_proof(desk, person, proof, found[proof], used=proof in used)
    choice = next((proof for proof in PROOFS if found[proof].holds), None)
    if choice is None:
        advice = f"`tenday staff enrol {person}`, set sign_off.proof: [totp], and probe again with a code"
        yield Finding("choose", Grade.BAD, "no proof holds for this person on this server", advice)
    elif used <= {proof for proof in PROOFS if found[proof].holds}:
        yield Finding("choose", Grade.GOOD, "what is configured holds")
    else:
        yield Finding("choose", Grade.POOR, f"{choice} holds", f"set sign_off.proof: [{choice}]")


def findings_so_far(desk: Desk) -> Iterator[Finding]:
    """Say of each proof that is configured for whom it holds by the last probes."""
    with desk.ledger.read() as connection:
        known = {entry.person: probed(connection, entry.person) for entry in desk.config.staff}
    for proof in (proof for proof in PROOFS if desk.config.sign_off.uses(proof)):
        what = f"proof {proof}"
        fooled = [person for person, found in known.items() if found[proof].passed]
        missing = [person for person, found in known.items() if not found[proof].holds]
        if fooled:
            yield Finding(what, Grade.BAD, f"forged mail passed at the probe of {', '.join(fooled)}", "choose another")
        elif missing:
            advice = "`tenday doctor --probe PERSON`, for every colleague who signs off"
            yield Finding(what, Grade.POOR, f"not probed, or does not hold: {', '.join(missing)}", advice)
        else:
            yield Finding(what, Grade.GOOD, "holds for every colleague")


def _check(desk: Desk, person: str) -> None:
    if desk.config.address_of(person) is None:
        known = ", ".join(entry.person for entry in desk.config.staff)
        raise Stop(Exit.BAD_CONFIGURATION, f"--probe: found {person}, expected one of {known}")
    imap = desk.config.mailbox.imap
    with desk.ledger.read() as connection:
        if looked_through(connection, imap.username, imap.folder) is None:
            # A probe does ordinary passes: they must not take a full mailbox for new letters.
            raise Stop(Exit.BAD_CONFIGURATION, "--probe: the mailbox was never read; run `tenday mail tick` first")


def _wait(desk: Desk, means: Means, until: datetime, done: Callable[[], bool]) -> bool:
    """Do passes until it is done or the time is up; a pass of another process does as well."""
    while not done():
        if means.clock() >= until:
            return False
        _do_a_pass(desk, means)
        if not done():
            means.pause(LOOK_EVERY)
    return True


def _do_a_pass(desk: Desk, means: Means) -> None:
    with suppress(LedgerBusy):
        tick(desk, means.clock())


def _message_id(desk: Desk, key: str) -> str:
    with desk.ledger.read() as connection:
        return str(connection.execute(select(outbox.c.message_id).where(outbox.c.key == key)).scalar_one())


def _arrived(desk: Desk, key: str) -> set[str]:
    query = (
        select(probes.c.trial)
        .join(requests, requests.c.id == probes.c.request)
        .join(outbox, outbox.c.message_id == requests.c.message_id)
        .where(outbox.c.key == key)
    )
    with desk.ledger.read() as connection:
        return set(connection.execute(query).scalars())


def _close(desk: Desk, means: Means, key: str) -> None:
    message_id = select(outbox.c.message_id).where(outbox.c.key == key).scalar_subquery()
    with desk.ledger.write(means.clock()) as writer:
        closing = requests.update().where(requests.c.message_id == message_id)
        writer.connection.execute(closing.values(closed_at=writer.now, closed_by="probed"))


def _of_trial(trial: Trial, handed: HandedIn, *, arrived: bool) -> Finding:
    what = f"forged {trial}"
    if handed.fate is Fate.TAKEN:
        return Finding(what, Grade.GOOD, "arrived, and was looked at" if arrived else "kept out of the mailbox")
    found = f"{handed.fate}: {handed.said}"
    if trial in BY_LOGIN:
        return Finding(what, Grade.GOOD if handed.fate is Fate.REFUSED else Grade.POOR, found)
    advice = "if another server takes your mail from outside, name it and probe again: --outside HOST:PORT"
    return Finding(what, Grade.POOR, found, advice)


def _of_proof(desk: Desk, person: str, proof: str, found: Probed, *, used: bool) -> Finding:
    what = f"proof {proof}"
    if found.holds:
        return Finding(what, Grade.GOOD, f"holds: {found.evidence}")
    grade = Grade.BAD if used else Grade.POOR
    if found.passed:
        advice = "make the server remove fields of its own name from all mail that comes in; until then choose another"
        return Finding(what, grade, f"forged mail passed: {', '.join(found.passed)}", advice)
    advice = {
        RESULTS: "the server must write auth=pass with the account for colleagues who log in",
        "dkim": "it proves addresses outside the office's own domain only",
        "totp": f"`tenday staff enrol {person}`, and answer with a code",
    }[proof]
    if proof == RESULTS and desk.server is None:
        advice = "set sign_off.authserv_id to the name in the server's Authentication-Results, and probe again"
    return Finding(what, grade, f"does not hold: {found.evidence}", advice)
