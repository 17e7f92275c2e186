"""Offices whose mailbox lies on a real server: with MOVE and UIDPLUS, without MOVE, with neither, and on pymap."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from bureau.content import load_content
from tenday.demonstration.imap_server import ImapServer
from tests.journeys.bureau_at_work import ROOT
from tests.mailbox_worker.intake.mailroom import LOGINS, Mailroom, open_mailroom
from tests.servers.dovecot import PLAIN, QUOTA, Dovecot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bureau.content import Content
    from tenday.demonstration.imap_accounts import ImapAccounts
    from tenday.demonstration.mail_town import Tls

SERVERS = ("dovecot", "dovecot without MOVE", "dovecot without MOVE and UIDPLUS", "pymap")
FURTHER = {"quota": QUOTA, "plain": PLAIN}  # "plain dovecot": at its other port it is spoken to without TLS


@pytest.fixture(scope="session")
def content() -> Content:
    """Read the shipped office once."""
    return load_content(ROOT / "content")


@pytest.fixture(scope="session")
def servers(tls: Tls) -> Iterator[Callable[[str], tuple[ImapAccounts, Iterator[str]]]]:
    """Start each kind of server once for the whole run; every test has an account of its own on it."""
    with contextlib.ExitStack() as running:
        started: dict[str, tuple[ImapAccounts, Iterator[str]]] = {}

        def start(kind: str) -> tuple[ImapAccounts, Iterator[str]]:
            if kind not in started:
                without = tuple(word for word in ("MOVE", "UIDPLUS", "IDLE") if word in kind)
                further = "".join(text for word, text in FURTHER.items() if word in kind)
                real = Dovecot(LOGINS, tls, without=without, further=further)
                server = ImapServer(LOGINS) if kind == "pymap" else real
                started[kind] = running.enter_context(server), iter(LOGINS)
            return started[kind]

        yield start


@pytest.fixture
def open_room(
    tmp_path: Path, content: Content, servers: Callable[[str], tuple[ImapAccounts, Iterator[str]]]
) -> Iterator[Callable[..., Mailroom]]:
    """Open a mailroom on a kind of server: `open_room("dovecot without MOVE", junk_folder="Spam")`."""
    numbers = itertools.count(1)
    with contextlib.ExitStack() as opened:

        def start(kind: str = "dovecot", **settings: Any) -> Mailroom:
            server, logins = servers(kind)
            folder = tmp_path / str(next(numbers))
            return opened.enter_context(open_mailroom(folder, content, server, next(logins), **settings))

        yield start


@pytest.fixture(params=[pytest.param(kind, marks=[] if kind == "pymap" else pytest.mark.dovecot) for kind in SERVERS])
def room(request: pytest.FixtureRequest, open_room: Callable[..., Mailroom]) -> Mailroom:
    """Open a mailroom on each kind of server."""
    return open_room(request.param)


@pytest.fixture
def dovecot_room(open_room: Callable[..., Mailroom]) -> Mailroom:
    """Open a mailroom on a Dovecot as offices run it."""
    return open_room("dovecot")
