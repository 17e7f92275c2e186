"""A real Dovecot with a private configuration: its own TLS and STARTTLS ports, its files in a temp folder.

Receives logins and passwords; hands on host, ports and the authority's file; starts and stops by `with`.
Passwords are accepted over TLS only. Dovecot replaces an INTERNALDATE in the future by now: simulated clocks
must lie in the past. Written for Dovecot 2.3 (Debian 12, Ubuntu 24.04); 2.4 has another language for its
configuration and counts as missing.
"""

from __future__ import annotations

import contextlib
import grp
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

from imapclient import IMAPClient

from tenday.demonstration.imap_accounts import ImapAccounts
from tests.servers.own_process import free_ports, running, server_folder, server_user, write_for_server
from tests.servers.required import missing, require_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenday.demonstration.mail_town import Tls

# Dovecot takes a client at its own address for the machine itself and lets it send passwords without TLS.
# Clients come from 127.0.0.1, so here they are strangers.
HOST = "127.0.0.2"
_PATIENCE = 20.0  # seconds that a client waits for an answer

# Let passwords through without TLS at `starttls_port`, so that a wire in between can be read.
PLAIN = """
ssl = yes
disable_plaintext_auth = no
"""
# A mailbox of one mebibyte.
QUOTA = """
mail_plugins = $mail_plugins quota
protocol imap {
  mail_plugins = $mail_plugins imap_quota
}
plugin {
  quota = count:mailbox
  quota_rule = *:storage=1M
  quota_vsizes = yes
}
"""

# What Dovecot announces by itself, as far as a mail program cares: to leave one out, all must be named.
_CAPABILITIES = """
IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS MULTIAPPEND
UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN
CONTEXT=SEARCH LIST-STATUS BINARY MOVE SPECIAL-USE LITERAL+
"""

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
listen = {host}
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = sdbox:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_fsync = never
{capability}

passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class Dovecot(ImapAccounts):
    """A Dovecot for `users` (login -> password), running between `with` and its end; `port` is the TLS port.

    `without` names capabilities it does not announce, such as MOVE or UIDPLUS; `further` is appended to the
    configuration.
    """

    host = HOST
    security = "tls"
    port = 0
    starttls_port = 0

    def __init__(self, users: Mapping[str, str], tls: Tls, *, without: tuple[str, ...] = (), further: str = "") -> None:
        self.users = dict(users)
        self.ca_file: Path = tls.authority
        self._tls = tls
        self._without, self._further = without, further
        self._running = contextlib.ExitStack()
        self.folder = Path()

    def __enter__(self) -> Self:
        program = require_program("dovecot", "dovecot-imapd")
        _require_2_3(program)
        with contextlib.ExitStack() as starting:
            folder = self.folder = starting.enter_context(server_folder("dovecot"))
            self.port, self.starttls_port = free_ports(self.host, 2)
            write_for_server(folder / "users", "".join(f"{login}:{word}\n" for login, word in self.users.items()))
            write_for_server(folder / "dovecot.conf", self._configuration(folder))
            command: list[str | Path] = [program, "-F", "-c", folder / "dovecot.conf"]
            # An orderly end takes Dovecot a second or more, and its files are thrown away.
            starting.enter_context(running(command, folder / "log", self._greets, signal.SIGKILL))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def imaps_port(self) -> int:
        """The port with TLS from the first byte."""
        return self.port

    def connect(self, login: str) -> IMAPClient:
        """Log in over TLS; the caller leaves the connection by `with`. KeyError: no such login."""
        password = self.users[login]
        client = IMAPClient(self.host, self.port, ssl_context=self._tls.for_clients(), timeout=_PATIENCE)
        client.normalise_times = False  # else INTERNALDATE comes back naive, in this machine's zone
        client.login(login, password)
        return client

    def _configuration(self, folder: Path) -> str:
        user = server_user()
        announced = [one for one in _CAPABILITIES.split() if one not in self._without]
        return (
            _CONFIGURATION.format(
                folder=folder,
                host=self.host,
                user=user.pw_name,
                group=grp.getgrgid(user.pw_gid).gr_name,
                certificate=self._tls.certificate,
                capability=f"imap_capability = {' '.join(announced)}" if self._without else "",
                imaps_port=self.port,
                starttls_port=self.starttls_port,
            )
            + self._further
        )

    def _greets(self) -> bool:
        try:
            with (
                socket.create_connection((self.host, self.port), timeout=1) as plain,
                self._tls.for_clients().wrap_socket(plain, server_hostname=self.host) as tls,
            ):
                return tls.recv(4) == b"* OK"
        except OSError:
            return False


def _require_2_3(program: Path) -> None:
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if not version.startswith("2.3."):
        missing(f"Dovecot 2.3 (found {version})", "dovecot-imapd of Debian 12")
