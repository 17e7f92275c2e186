"""What a disk, a mailbox and a certificate must not come to: one measure for `tenday doctor` and for the alarms.

Receives sizes, shares and dates; tells whether they are still good. The last that was seen of each stands in the
ledger, so that the stage that talks to a server and the one that raises alarms need not meet.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from mailbox_worker.config import Config
from mailbox_worker.ledger.standing import put, stands
from mailbox_worker.ledger.store import Writer

LITTLE_DISK = 2**30  # bytes; some hundred letters with photographs
FULL = 0.9  # of a mailbox's quota
EXPIRES_SOON = timedelta(days=14)  # a new certificate needs people, papers and a maintenance window
# What stands in the ledger: the share in use as detail, the end of a certificate as until.
QUOTA, IMAP_CERTIFICATE, SMTP_CERTIFICATE = "quota", "imap-certificate", "smtp-certificate"
CERTIFICATES = (IMAP_CERTIFICATE, SMTP_CERTIFICATE)


def free_disk(config: Config) -> int | None:
    """Give the free bytes where the ledger grows; None where it is another machine's disk."""
    prefix = "sqlite:///"
    if not config.ledger.startswith(prefix):
        return None
    return shutil.disk_usage(Path(config.ledger.removeprefix(prefix).partition("?")[0]).parent).free


def note_condition(writer: Writer, quota_used: float | None, certificate_until: datetime | None) -> None:
    """Keep what the mailbox's server says of itself; an empty detail: it tells no quota."""
    put(writer, QUOTA, detail="" if quota_used is None else str(quota_used))
    if certificate_until is not None:
        put(writer, IMAP_CERTIFICATE, until=certificate_until)


def worn_out(config: Config, connection: Connection, now: datetime) -> Iterator[str]:
    """Name what will stop the worker soon if nobody does anything."""
    free, quota = free_disk(config), stands(connection, QUOTA)
    if free is not None and free < LITTLE_DISK:
        yield "disk"
    if quota is not None and quota.detail and float(quota.detail) >= FULL:
        yield QUOTA
    for name in CERTIFICATES:
        certificate = stands(connection, name)
        if certificate is not None and certificate.until is not None and certificate.until - now < EXPIRES_SOON:
            yield name
