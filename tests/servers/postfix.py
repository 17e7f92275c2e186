"""A real Postfix with a private configuration: its own port and queue, TLS from STARTTLS, every mail passed on.

Receives the port of the server that it passes mail on to, and recipients that it refuses or puts off; hands on its
port, for submission; starts and stops by `with`. Postfix runs only as root: it changes its own user. It is the only
server of the tests that has a mail on disk before it says 250, and that writes the reports that an office would get.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import smtplib
import ssl
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.servers.own_process import free_ports, running
from tests.servers.required import missing, require_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenday.demonstration.mail_town import Tls

HOST = "127.0.0.1"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
mail_owner = postfix
myhostname = mx.bureau.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = {host}
inet_protocols = ipv4
relayhost = [{host}]:{onward}
smtp_tls_security_level = {onward_level}
smtp_tls_wrappermode = {onward_tls}
smtp_tls_CAfile = {authority}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/recipients, permit_mynetworks, reject
recipient_delimiter = +
"""
_MASTER = """
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_FOLDERS = "active bounce corrupt defer deferred flush hold incoming private saved trace maildrop public"
_QUEUE = {**dict.fromkeys(_FOLDERS.split(), "postfix"), "pid": "root"}


class Postfix:
    """A Postfix that passes mail on to a port of this machine, running between `with` and its end.

    `answers` says what a recipient's RCPT is answered, such as "550 5.1.1 no such user".
    """

    host = HOST
    port = 0

    def __init__(self, onward: int, tls: Tls, *, onward_tls: bool, answers: Mapping[str, str] | None = None) -> None:
        self._onward, self._tls, self._onward_tls = onward, tls, onward_tls
        self._answers = dict(answers or {})
        self._running = contextlib.ExitStack()
        self.ca_file: Path = tls.authority
        self.folder = Path()

    def __enter__(self) -> Self:
        program = require_program("postfix", "postfix")
        if os.geteuid() != 0:
            missing("root, which Postfix needs,", "postfix")
        with contextlib.ExitStack() as starting:
            self.folder = Path(starting.enter_context(_folder()))
            (self.port,) = free_ports(self.host, 1)
            self._write_configuration()
            # Not `postfix start-fg`: its checks take seconds, and it would leave our group of processes.
            command: list[str | Path] = [_master(program), "-d", "-c", self.folder / "etc"]
            starting.enter_context(running(command, self.folder / "log", self._greets, signal.SIGTERM, as_root=True))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def log(self) -> str:
        """Return what Postfix has written about the mails so far."""
        return (self.folder / "maillog").read_text(errors="replace")

    def _write_configuration(self) -> None:
        folder, etc = self.folder, self.folder / "etc"
        etc.mkdir()
        for name, owner in _QUEUE.items():
            (folder / "queue" / name).mkdir(parents=True)
            shutil.chown(folder / "queue" / name, owner)
        (folder / "data").mkdir()
        shutil.chown(folder / "data", "postfix")
        main = _MAIN.format(
            folder=folder,
            host=self.host,
            onward=self._onward,
            onward_level="encrypt" if self._onward_tls else "none",
            onward_tls="yes" if self._onward_tls else "no",
            authority=self._tls.authority,
            certificate=self._tls.certificate,
        )
        (etc / "main.cf").write_text(main, encoding="utf-8")
        (etc / "master.cf").write_text(_MASTER.format(host=self.host, port=self.port), encoding="utf-8")
        lines = [f"{address} {answer}\n" for address, answer in self._answers.items()]
        (folder / "recipients").write_text("".join(lines), encoding="utf-8")

    def _greets(self) -> bool:
        context = ssl.create_default_context(cafile=self._tls.authority)
        try:
            with smtplib.SMTP(self.host, self.port, local_hostname="client.example", timeout=5) as client:
                client.starttls(context=context)
        except (OSError, smtplib.SMTPException):
            return False
        return True


def _master(program: Path) -> Path:
    """Find the daemon itself, which is in no PATH."""
    asked: list[str | Path] = [program.with_name("postconf"), "-d", "-h", "daemon_directory"]
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()) / "master"


@contextlib.contextmanager
def _folder() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="tenday-postfix-")
    Path(folder).chmod(0o755)  # its own users must get in
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
