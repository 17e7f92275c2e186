"""The embedded IMAP server: pymap's dict backend in a thread, on a free loopback port.

Receives logins and passwords; hands on host and port. Every account begins with an empty INBOX; all mail is
kept in memory and gone when the server stops. It offers no TLS and listens on loopback only.

Known limits of pymap: SEARCH TEXT finds nothing in a base64 body; no CONDSTORE, SORT or THREAD.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from argparse import Namespace
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from imapclient import IMAPClient
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.mailbox import MailboxData
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.specials.flag import Recent, Wildcard, get_system_flags
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from tenday.demonstration.imap_accounts import ImapAccounts
from tenday.demonstration.server_thread import ServerThread

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOPBACK = "127.0.0.1"
_PATIENCE = 20.0  # seconds that a client waits for an answer; the server is in the same process


class ImapServer(ImapAccounts):
    """An IMAP server for `accounts` (login -> password), running between `with` and its end."""

    host = _LOOPBACK
    port = 0
    security = "none"
    ca_file = None

    def __init__(self, accounts: Mapping[str, str]) -> None:
        self._accounts = dict(accounts)
        self._thread = ServerThread("demonstration-imap", self._open)

    def __enter__(self) -> Self:
        self.port = self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.stop()

    def connect(self, login: str) -> IMAPClient:
        """Log in as this account; the caller leaves the connection by `with`. KeyError: no such login."""
        password = self._accounts[login]
        client = IMAPClient(self.host, self.port, ssl=False, timeout=_PATIENCE)
        # IMAPClient sends a literal in small pieces; each would wait some 40 ms for the last one's receipt.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.normalise_times = False  # else INTERNALDATE comes back naive, in this machine's zone
        client.login(login, password)
        return client

    async def _open(self) -> asyncio.Server:
        _let_keywords_stay()
        config = _loopback_config()
        serve = IMAPServer(_logins(config, self._accounts), config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve(reader, writer, SocketInfo.get(writer, None, unique_id=uuid4().bytes))

        return await asyncio.start_server(connected, _LOOPBACK, 0)


class _Config(Config):
    @property
    def greeting(self) -> bytes:
        return b"ready"  # pymap would ask the name service for this machine's name at every connection


def _loopback_config() -> Config:
    return _Config(
        Namespace(proxy_protocol=None),
        host=_LOOPBACK,
        port=0,
        demo_data=False,
        demo_user="",
        demo_password="",
        tls_enabled=False,
        ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),  # unused; else pymap looks for certificates
        hash_context=BuiltinHash(rounds=1),  # 500,000 rounds cost 0.3 s at every login
        cpu_subsystem=Subsystem.for_asyncio(),  # one round needs no pool of threads
        invalid_user_sleep=0.0,
    )


def _logins(config: Config, accounts: Mapping[str, str]) -> Login:
    logins = Login(config)
    for name, password in accounts.items():
        hashed = config.hash_context.hash(config.password_prep(password))
        logins.users_dict[name] = UserMetadata(config, name, password=hashed)
    return logins


def _let_keywords_stay() -> None:
    r"""Repair pymap, which drops keywords set by STORE without a word.

    It answers "OK" and keeps system flags only, as its folders do not list `\*` among their permanent flags.
    Its folders are made deep inside by this class's name, so that the class itself must learn it.
    """
    allowed = (get_system_flags() - {Recent}) | {Wildcard}
    MailboxData.permanent_flags = property(lambda _: allowed)  # type: ignore[assignment,method-assign] # see above
