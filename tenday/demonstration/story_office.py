"""The office that the story plays in: the shipped content in a temporary folder, mail servers, a worker's desk.

Receives the story's people; hands on an Office whose worker is configured by a file as every other one is. The folder
and all in it are gone afterwards. Refuses content whose people are not those of the story.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bureau.content import Content, load_content
from bureau.exits import Exit, Stop
from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import open_ledger
from tenday.demonstration.mail_town import MailTown
from tenday.demonstration.story import Story

AUTHSERV_ID = "mx.bureau.example"  # as the town's SMTP server signs its results
LOGIN = "director"  # the mailbox's, on the town's IMAP server


@dataclass(slots=True)
class Clock:
    """The story's time; aware."""

    now: datetime

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that the story is played with; `config` is the worker's file."""

    config: Path
    town: MailTown
    desk: Desk
    clock: Clock


def shipped_content(story: Story) -> Path:
    """Find the content that ships with the software: at the root of a checkout, or in a wheel; raises Stop."""
    code = Path(__file__).parents[2]
    for root in (code, code / "tenday" / "shipped"):
        if (root / "content" / "office.yml").is_file():
            return root / "content"
    raise Stop(Exit.OUR_FAULT, story.faults["no_content"].format(folder=code))


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tenday-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def open_office(story: Story, folder: Path) -> Iterator[Office]:
    """Open the office in this folder; its servers stop and its ledger closes afterwards."""
    content = _own_content(story, folder)
    clock, password = Clock(datetime.now(UTC)), secrets.token_urlsafe()
    town = MailTown(
        clock,
        staff={email: secrets.token_urlsafe() for email in story.staff.values()},
        citizens=[citizen.email for citizen in story.citizens.values()],
        mailbox_password=password,
        mailbox=content.office.mailbox,
        mailbox_login=LOGIN,
    )
    with town:
        secret, file = folder / "password", folder / "config.yml"
        secret.write_text(password, encoding="utf-8")
        settings = _settings(story, content, town, secret)
        file.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
        config = load_config(file)
        ledger = open_ledger(config.ledger)
        try:
            yield Office(file, town, Desk(config, content, ledger), clock)
        finally:
            ledger.close()


def _own_content(story: Story, folder: Path) -> Content:
    shipped = shipped_content(story)
    # Figures of an office that runs its worker in this checkout are not the story's.
    shutil.copytree(shipped, folder / "content", ignore=shutil.ignore_patterns("published"))
    content = load_content(folder / "content")
    missing = ", ".join(person for person in story.staff if person not in content.staff.people)
    if missing:
        raise Stop(Exit.BAD_CONTENT, story.faults["other_office"].format(folder=shipped, people=missing))
    return content


def _settings(story: Story, content: Content, town: MailTown, secret: Path) -> dict[str, object]:
    server = {"host": "127.0.0.1", "security": "none"}
    login = {"username": LOGIN, "password_file": str(secret)}
    return {
        "content": "content",
        "ledger": "sqlite:///var/ledger.db",
        "mailbox": {
            "address": content.office.mailbox,
            "imap": {**server, "port": town.imap_port, **login},
            "smtp": {**server, "port": town.smtp_port},
        },
        "staff": [{"person": person, "email": email} for person, email in story.staff.items()],
        # The story is one letter's; the mails of every morning would stand between its lines.
        "daily_digest": False,
        "survey_after_workdays": None,
        "sign_off": {"proof": ["authentication-results"], "authserv_id": AUTHSERV_ID, "hold_minutes": 10},
    }
