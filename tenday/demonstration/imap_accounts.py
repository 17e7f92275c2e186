"""What the demonstration and the tests need of any IMAP server: put mail into an account and look into it.

Receives logins and raw letters; hands on what the server stored. A server says only how to connect to it, so
that the same town of letter writers lives on the embedded server and on a real one behind TLS.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from imapclient import IMAPClient


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as the server holds it; `internal_date` is aware."""

    uid: int
    internal_date: datetime
    raw: bytes


class ImapAccounts(ABC):
    """A running IMAP server; `security` and `ca_file` are what the worker's configuration must say."""

    host: str
    port: int
    security: str  # none | tls
    ca_file: Path | None

    @abstractmethod
    def connect(self, login: str) -> IMAPClient:
        """Log in as this account; the caller leaves the connection by `with`. KeyError: no such login."""

    def append(self, login: str, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put a mail into a folder with `at` (aware, whole seconds count) as its INTERNALDATE."""
        with self.connect(login) as client:
            client.append(folder, raw, msg_time=at)

    def messages(self, login: str, folder: str = "INBOX", *, above: int = 0) -> list[StoredMail]:
        """Return the folder's mail with a UID greater than `above`, lowest first; marks nothing as seen."""
        with self.connect(login) as client:
            client.select_folder(folder, readonly=True)
            # A range such as 200:* always holds the last mail, even when its UID is below 200.
            uids = [uid for uid in client.search(["UID", f"{above + 1}:*"]) if uid > above]
            fetched = client.fetch(uids, ["INTERNALDATE", "BODY.PEEK[]"]) if uids else {}
        return [StoredMail(uid, fetched[uid][b"INTERNALDATE"], fetched[uid][b"BODY[]"]) for uid in sorted(fetched)]

    def folders(self, login: str) -> list[str]:
        """Return the names of all folders of an account, sorted."""
        with self.connect(login) as client:
            return sorted(name for _, _, name in client.list_folders())
