"""`tenday staff enrol`: give a colleague a secret for one-time codes, and show it once.

Receives the configuration and a person's id; writes the secret into the file of secrets, mode 0600, and hands on
what the terminal shows. A new secret replaces the old one and lifts a lock.
"""

import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyotp
import segno
import yaml

from mailbox_worker.config import Config
from mailbox_worker.sign_off.proof_by_code import secrets_of

OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown once: the QR code as lines of a terminal, and the secret for typing."""

    picture: str
    secret: str


def enrol(config: Config, person: str, office: str) -> Enrolment:
    """Make a new secret for a person."""
    secret, file = pyotp.random_base32(), Path(config.sign_off.totp_secrets)
    _write(file, {**secrets_of(file), person: secret})
    uri = pyotp.TOTP(secret).provisioning_uri(name=config.address_of(person) or person, issuer_name=office)
    picture = io.StringIO()
    segno.make(uri, error="l").terminal(picture, compact=True)
    return Enrolment(picture.getvalue(), secret)


def _write(file: Path, secrets: dict[str, str]) -> None:
    """Replace the file in one step: a full disk must not leave half of everybody's secrets."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".totp-")  # made with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as made:
        yaml.safe_dump(secrets, made)
        made.flush()
        os.fsync(made.fileno())
    os.chmod(name, OWNER_ONLY)  # noqa: PTH101 - the name that mkstemp gave
    os.replace(name, file)  # noqa: PTH105
