"""The fixtures that give tests their real servers and the town of letter writers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

import pytest

from tenday.demonstration.imap_server import ImapServer
from tenday.demonstration.mail_town import MailTown
from tests.servers.certificates import throw_away_tls
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from tenday.demonstration.mail_town import Tls


class OpenTown(Protocol):
    """Start a town; it ends with the test."""

    def __call__(
        self,
        clock: Callable[[], datetime],
        *,
        staff: Mapping[str, str],
        citizens: Iterable[str],
        mailbox_password: str = ...,
    ) -> MailTown: ...


@pytest.fixture(scope="session")
def tls() -> Iterator[Tls]:
    """Make a throw-away authority and a certificate of it for this machine's loopback addresses."""
    with throw_away_tls() as files:
        yield files


@pytest.fixture
def start_dovecot(tls: Tls) -> Iterator[Callable[..., Dovecot]]:
    """Start a Dovecot: `start_dovecot(users, without=("MOVE",))`; it ends with the test."""
    with contextlib.ExitStack() as running:
        yield lambda users, **options: running.enter_context(Dovecot(users, tls, **options))


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def open_town(request: pytest.FixtureRequest, tls: Tls) -> Iterator[OpenTown]:
    """Start a town on the embedded servers, and once more on a real Dovecot with everything over TLS."""
    with contextlib.ExitStack() as running:

        def start(
            clock: Callable[[], datetime],
            *,
            staff: Mapping[str, str],
            citizens: Iterable[str],
            mailbox_password: str = "the-mailbox",  # noqa: S107 # of a server that lives as long as the test
        ) -> MailTown:
            real = request.param == "dovecot"
            return running.enter_context(
                MailTown(
                    clock,
                    staff=staff,
                    citizens=citizens,
                    mailbox_password=mailbox_password,
                    open_imap=(lambda accounts: Dovecot(accounts, tls)) if real else ImapServer,
                    tls=tls if real else None,
                )
            )

        yield start


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One cluster for the whole run; each test asks it for a database of its own."""
    with Postgres() as cluster:
        yield cluster


@pytest.fixture
def postgresql_url(postgres: Postgres) -> str:
    """Return the SQLAlchemy URL of a new, empty PostgreSQL database."""
    return postgres.new_database()
