"""The proof by a one-time code (TOTP, RFC 6238), typed after the word or on a line of its own.

Receives the new text of an answer; hands on a Verdict and the text without the code. A code counts at the time of
receipt, once, and never after a later one; whatever becomes of the mail, a valid code is used up. Five wrong ones lock
the person until `tenday staff enrol`, and the director is told. It stops outsiders and colleagues, not whoever
administers the mail server.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyotp
import yaml
from sqlalchemy import delete, insert, select, update

from mailbox_worker.config import Config
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import code_uses
from mailbox_worker.sign_off.evidence import Verdict, refused

METHOD = "totp"
SECONDS = 30  # a code's life by RFC 6238
BACK, AHEAD = 6, 1  # steps: typed, sent and delivered within three minutes; clocks that run ahead
WRONG_LOCKS = 5
AT_END = re.compile(r"(?<![0-9\-\u2010-\u2015\uff0d])([0-9]{6})[\s。.]*$")  # behind a hyphen it ends a letter's number
ALONE = re.compile(r"\s*([0-9]{6})[\s。.]*")


@dataclass(frozen=True, slots=True)
class CodeFound:
    """The one code of a text and the text without it; no code where there is none, or more than one place has it."""

    code: str | None
    rest: str


def find_code(new_text: str) -> CodeFound:
    """Find a code at the end of the first line, or alone on the second, or alone on the last line."""
    lines = new_text.splitlines()
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if not filled:
        return CodeFound(None, new_text)
    found: list[tuple[str, str]] = []  # each place with the text that would be left
    for index in dict.fromkeys((*filled[:2], filled[-1])):
        match = ALONE.fullmatch(_plain(lines[index]))
        if match is not None:
            found.append((match[1], "\n".join(line for at, line in enumerate(lines) if at != index)))
        elif index == filled[0] and (match := AT_END.search(_plain(lines[index]))) is not None:
            found.append((match[1], "\n".join([*lines[:index], lines[index][: match.start()], *lines[index + 1 :]])))
    return CodeFound(*found[0]) if len(found) == 1 else CodeFound(None, new_text)


def _plain(line: str) -> str:
    """Bring full-width digits to ASCII, one character each, so that places stay where they are."""
    return "".join(
        chr(ord(character) - 0xFEE0) if "\uff10" <= character <= "\uff19" else character for character in line
    )


def by_code(config: Config, writer: Writer, person: str, code: str | None, received_at: datetime) -> Verdict:
    """Prove by a code; uses it up, and counts wrong ones."""
    if code is None:
        return refused(METHOD, "no-code", "no code")
    secret = secrets_of(Path(config.sign_off.totp_secrets)).get(person)
    if secret is None:
        return refused(METHOD, "not-enrolled", "no secret")
    state = _state(writer, person, secret)
    if state[1] >= WRONG_LOCKS:
        return refused(METHOD, "code-locked", f"{state[1]} wrong codes")
    now = int(received_at.timestamp()) // SECONDS
    totp = pyotp.TOTP(secret)
    step = next(
        (s for s in range(now + AHEAD, now - BACK - 1, -1) if pyotp.utils.strings_equal(totp.generate_otp(s), code)),
        None,
    )
    if step is None:
        _keep(writer, person, wrong=state[1] + 1)
        reason = "code-locked" if state[1] + 1 >= WRONG_LOCKS else "wrong-code"
        return refused(METHOD, reason, f"wrong code, {state[1] + 1} in a row")
    if step <= state[0]:
        return refused(METHOD, "used-code", f"step {step} is not later than {state[0]}")
    _keep(writer, person, wrong=0, last_step=step)
    return Verdict(proved=True, method=METHOD, evidence=f"totp step {step}")


def secrets_of(file: Path) -> dict[str, str]:
    """Read the secrets, person -> base 32; none where nobody is enrolled yet."""
    if not file.exists():
        return {}
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})


def _state(writer: Writer, person: str, secret: str) -> tuple[int, int]:
    """Give the last step and the wrong codes of a person's secret; a new secret begins anew."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = writer.connection.execute(select(code_uses).where(code_uses.c.person == person)).one_or_none()
    if row is not None and row.secret_digest == digest:
        return int(row.last_step), int(row.wrong)
    writer.connection.execute(delete(code_uses).where(code_uses.c.person == person))
    writer.connection.execute(insert(code_uses).values(person=person, secret_digest=digest, last_step=0, wrong=0))
    return 0, 0


def _keep(writer: Writer, person: str, **values: int) -> None:
    writer.connection.execute(update(code_uses).where(code_uses.c.person == person).values(**values))
