"""A throw-away certificate authority and one certificate of it, for the servers of a run."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import trustme

from tenday.demonstration.mail_town import Tls
from tests.servers.dovecot import HOST as DOVECOT_HOST
from tests.servers.own_process import server_folder, write_for_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def throw_away_tls() -> Iterator[Tls]:
    """Give the files of a certificate for this machine's loopback addresses, readable by the servers' user."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", DOVECOT_HOST, "localhost")
    with server_folder("tls") as folder:
        files = Tls(folder / "certificate.pem", folder / "authority.pem")
        write_for_server(files.certificate, certificate.private_key_and_cert_chain_pem.bytes().decode())
        write_for_server(files.authority, authority.cert_pem.bytes().decode())
        yield files
