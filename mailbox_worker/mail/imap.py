"""The mailbox, by IMAP: the only file that gives commands to an IMAP server.

Hands on what lies in a folder, by UID and UIDVALIDITY, with BODY.PEEK so that nothing is marked; moves exactly
the UIDs it is told. Never expunges by flag, never deletes. Raises Unreachable and NotAccepted, nothing of
imapclient's.
"""

import ssl
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from imaplib import IMAP4
from types import TracebackType
from typing import IO, Self

from imapclient.exceptions import IMAPClientError

from mailbox_worker.mail.imap_answers import (
    IDENTITY,
    Batch,
    Fetched,
    FolderState,
    Glance,
    Moved,
    glance_of,
    is_news,
    uid_set,
)
from mailbox_worker.mail.imap_login import ImapLogin, connect, hang_up, leave, plain_troubles
from mailbox_worker.mail.tls import expires_at

__all__ = ["Batch", "Fetched", "FolderState", "Glance", "ImapLogin", "Mailbox", "Moved"]

PIECE = 2**20  # bytes; a large mail comes in pieces of this size
LARGE = 10 * PIECE  # a mail above this size is never held in memory whole
STOP_ASKED_EVERY = 0.5  # seconds; a service that is to stop does not sit in IDLE for longer
SEARCH_WINDOW = 50_000  # mails whose UIDs one answer names: imaplib gives up at a line of 1,000,000 bytes (F20)


class Mailbox:
    """A logged-in connection; every command but status() speaks of the folder that was selected last."""

    def __init__(self, login: ImapLogin, *, look_only: bool = False) -> None:
        self.login = login
        self._look_only = look_only
        self.folder = ""
        self.state = FolderState(0, 0, 0)
        with plain_troubles(login):
            self._client = connect(login)
            self.capabilities = frozenset(name.decode().upper() for name in self._client.capabilities())

    def __enter__(self) -> Self:
        """Hand on the open connection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out; after a trouble, or when the run is broken off, hang up."""
        if kind is None:
            leave(self._client)
        else:
            hang_up(self._client)

    @property
    def can_move(self) -> bool:
        """Whether mail can be moved without touching any other: by MOVE, or by UID EXPUNGE of what was copied."""
        return not self._look_only and bool(self.capabilities & {"MOVE", "UIDPLUS"})

    def status(self, folder: str) -> FolderState | None:
        """Look at a folder from outside; None when there is none of this name."""
        with plain_troubles(self.login):
            try:
                said = self._client.folder_status(folder, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
            except IMAP4.abort:
                raise
            except (IMAPClientError, IMAP4.error):
                return None
        return FolderState(
            int(said.get(b"UIDVALIDITY", 0)), int(said.get(b"UIDNEXT", 0)), int(said.get(b"MESSAGES", 0))
        )

    def select(self, folder: str) -> FolderState:
        """Turn to a folder; a mailbox that is only looked at is opened read-only."""
        with plain_troubles(self.login):
            said = self._client.select_folder(folder, readonly=self._look_only)
        self.folder = folder
        self.state = FolderState(
            int(said.get(b"UIDVALIDITY", 0)), int(said.get(b"UIDNEXT", 0)), int(said.get(b"EXISTS", 0))
        )
        return self.state

    def uids(self, first: int = 1) -> list[int]:
        """List the UIDs from `first` on, oldest first; by UID alone, as counting goes wrong while others expunge."""
        if self.state.exists <= SEARCH_WINDOW or first > 1:
            windows = [["UID", f"{first}:*"] if first > 1 else ["ALL"]]
        else:
            starts = range(1, self.state.exists + 1, SEARCH_WINDOW)
            windows = [[f"{start}:{start + SEARCH_WINDOW - 1}"] for start in starts]
        found: set[int] = set()
        with plain_troubles(self.login):
            for window in windows:
                found.update(self._client.search(window))
        # A range up to * always names the last mail, even when its UID is below the range.
        return sorted(uid for uid in found if uid >= first)

    def uids_with_header(self, name: str) -> list[int]:
        """List the UIDs of mails that have a header field."""
        with plain_troubles(self.login):
            return sorted(self._client.search(["HEADER", name, ""]))

    def uids_with_id(self, message_id: str) -> list[int]:
        """List the UIDs of mails that have a Message-ID, or one that this one is part of."""
        with plain_troubles(self.login):
            return sorted(self._client.search(["HEADER", "Message-ID", message_id]))

    def glance(self, uids: Sequence[int]) -> dict[int, Glance]:
        """Tell what identifies these mails; one expunged meanwhile is left out."""
        if not uids:
            return {}
        with plain_troubles(self.login):
            answer = self._client.fetch(list(uids), ["INTERNALDATE", "RFC822.SIZE", IDENTITY])
            return {uid: glance_of(parts) for uid, parts in answer.items() if b"RFC822.SIZE" in parts}

    def fetch(self, sizes: dict[int, int]) -> Batch:
        """Give the mails of these UIDs, which are claimed to be so large; the caller sees to it that they fit.

        One that the server refuses does not keep the others away (F19).
        """
        small = [uid for uid, size in sizes.items() if size <= LARGE]
        batch = Batch()
        whole = self._whole(small) if small else {}
        for uid, size in sizes.items():
            if uid in whole and len(whole[uid]) == size:
                batch.mails.append(Fetched(uid, whole[uid]))
                continue
            # Refused with the others, of another size than claimed, or large: asked for alone.
            one = self._alone(uid, size)
            if isinstance(one, str):
                batch.refused[uid] = one
            elif one is not None:
                batch.mails.append(Fetched(uid, one))
        return batch

    def move(self, uids: Sequence[int], folder: str) -> Moved:
        """Move exactly these mails, and tell which of them the server says it has moved (F11, F12)."""
        with plain_troubles(self.login):
            self._client._imap.response("COPYUID")  # noqa: SLF001 - imapclient drops response codes; forget old ones
            command = self._client.move if "MOVE" in self.capabilities else self._client.copy
            try:
                command(list(uids), folder)
            except IMAP4.abort:
                raise
            except (IMAPClientError, IMAP4.error):
                if self._client.folder_exists(folder):
                    raise
                self._client.create_folder(folder)  # the first mail ever to be moved
                command(list(uids), folder)
            copied = self._copied()
            if "MOVE" in self.capabilities:
                # OK to a MOVE speaks for all that are still there; COPYUID only says where they went.
                return Moved(copied.uidvalidity, {uid: copied.uids.get(uid) for uid in uids})
            gone = [uid for uid in uids if uid in copied.uids]
            if gone:
                self._client.add_flags(gone, [b"\\Deleted"], silent=True)
                self._client.uid_expunge(gone)
            return Moved(copied.uidvalidity, {uid: copied.uids[uid] for uid in gone})

    def permanent_flags(self, folder: str) -> frozenset[str]:
        """Tell which flags may be set in a folder, as its SELECT says."""
        with plain_troubles(self.login):
            said = self._client.select_folder(folder)  # read-only none is permanent
        return frozenset(flag.decode(errors="replace") for flag in said.get(b"PERMANENTFLAGS", ()))

    def junk_folder(self) -> str | None:
        r"""Give the folder that the server itself names as \Junk (RFC 6154)."""
        with plain_troubles(self.login):
            names = [name for flags, _, name in self._client.list_folders() if rb"\Junk" in flags]
        return names[0] if names else None

    def quota_used(self) -> float | None:
        """Tell how much of the room for mail is used, 0 to 1; None where the server tells nothing."""
        if "QUOTA" not in self.capabilities:
            return None
        with plain_troubles(self.login):
            _, quotas = self._client.get_quota_root("INBOX")
        shares = [quota.usage / quota.limit for quota in quotas if quota.limit]
        return max(shares, default=None)

    def certificate_until(self) -> datetime | None:
        """Tell when the server's certificate ends; None without TLS."""
        connection = self._client.socket()
        return expires_at(connection.getpeercert()) if isinstance(connection, ssl.SSLSocket) else None

    def wait_for_mail(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait by IDLE until the server reports something, `stopped` says so, or the time is over."""
        with plain_troubles(self.login):
            self._client.idle()
            waited = 0.0
            while waited < seconds and not stopped():
                step = min(STOP_ASKED_EVERY, seconds - waited)
                if any(is_news(answer) for answer in self._client.idle_check(timeout=step)):
                    break
                waited += step
            self._client.idle_done()

    def _copied(self) -> Moved:
        _, data = self._client._imap.response("COPYUID")  # noqa: SLF001 - as above
        if not data or data[-1] is None:
            return Moved(0, {})
        uidvalidity, source, target = data[-1].split()[:3]
        return Moved(int(uidvalidity), dict(zip(uid_set(source), uid_set(target), strict=True)))

    def _whole(self, uids: list[int]) -> dict[int, bytes]:
        """Ask for all at once; a refusal gives nothing, and each is then asked for alone."""
        with plain_troubles(self.login):
            try:
                answer = self._client.fetch(uids, ["BODY.PEEK[]"])
            except IMAP4.abort:
                raise
            except (IMAPClientError, IMAP4.error):
                return {}
            return {uid: parts[b"BODY[]"] for uid, parts in answer.items() if parts.get(b"BODY[]") is not None}

    def _alone(self, uid: int, size: int) -> bytes | IO[bytes] | str | None:
        """Ask for one mail; gives its content, the word of refusal, or None when it has gone."""
        with plain_troubles(self.login):
            try:
                if size > LARGE:
                    return self._in_pieces(uid)
                answer = self._client.fetch([uid], ["BODY.PEEK[]"])
                raw: bytes | None = answer.get(uid, {}).get(b"BODY[]")
                if raw is None:
                    return "the server gave nothing" if self._client.search(["UID", str(uid)]) else None
            except IMAP4.abort:
                raise
            except (IMAPClientError, IMAP4.error) as refused:
                return str(refused).splitlines()[0][:120]
        return raw

    def _in_pieces(self, uid: int) -> IO[bytes] | None:
        """Fetch a large mail piece by piece into a file; None when it goes away meanwhile."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open
        try:
            while True:
                start = file.tell()
                answer = self._client.fetch([uid], [f"BODY.PEEK[]<{start}.{PIECE}>"])
                piece = answer.get(uid, {}).get(b"BODY[]<%d>" % start)
                if piece is None:
                    file.close()
                    return None
                file.write(piece)
                if len(piece) < PIECE:
                    break
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file
