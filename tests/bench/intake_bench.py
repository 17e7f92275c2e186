"""What intake costs: letters from a real Dovecot into the ledger, with all that intake does.

The floor is taken in the same run on the same mailbox: the same mails fetched with imapclient in batches of 50, hashed,
and committed to SQLite one by one. Memory is the peak of a process of its own that does nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from bureau.content import load_content
from mailbox_worker.intake.take_in import take_in
from tenday.demonstration.mail_town import Tls
from tests.journeys.bureau_at_work import ROOT
from tests.mailbox_worker.intake.faulty_wire import FaultyWire
from tests.mailbox_worker.intake.mailroom import LOGINS, NOW, Mailroom, large_letter, letter, open_mailroom
from tests.servers.dovecot import HOST, PLAIN, Dovecot
from tests.servers.own_process import server_folder, write_for_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailbox_worker.desk import Desk

LETTERS, FEW, MANY = 2000, 1000, 50_000
LARGE = 60 * 10**6
ALONE = """
import re, sys
from datetime import datetime
from pathlib import Path
from bureau.content import load_content
from mailbox_worker.config_file import load_config
from mailbox_worker.desk import Desk
from mailbox_worker.intake.take_in import take_in
from mailbox_worker.ledger.store import open_ledger
config = load_config(Path(sys.argv[1]))
ledger = open_ledger(config.ledger)
taken = take_in(Desk(config, load_content(Path(sys.argv[2])), ledger), datetime.fromisoformat(sys.argv[3]), print)
assert taken.troubles == [], taken.troubles
# Not getrusage: a process inherits the peak of the one that started it.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024)
"""


def main() -> list[str]:
    """Measure; give a line for each figure with its bar."""
    logins = iter(LOGINS)
    with _dovecot() as server, tempfile.TemporaryDirectory() as place:
        rooms = (_room(Path(place), server, login) for login in logins)
        return [*_speed(next(rooms)), _round_trips(next(rooms), server), *_many(rooms, server), _large(next(rooms))]


def _speed(opening: contextlib.AbstractContextManager[Mailroom]) -> list[str]:
    with opening as room:
        _fill(room, [letter(number) for number in range(LETTERS)])
        floor = _seconds_of_the_floor(room)
        began = time.perf_counter()
        taken = take_in(room.desk, NOW, lambda _done, _of: None)
        ours = time.perf_counter() - began
        assert (taken.fetched, taken.troubles) == (LETTERS, [])
        ratio = floor / ours
        rate = f"{LETTERS / ours:.0f} letters a second, {ratio:.2f} of the floor's {LETTERS / floor:.0f} (bar 0.2)"
        return [rate]


def _seconds_of_the_floor(room: Mailroom) -> float:
    database = sqlite3.connect(room.office / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE mails (sha256 TEXT, raw BLOB)")
    began = time.perf_counter()
    with room.server.connect(room.login) as client:
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        for start in range(0, len(uids), 50):
            for parts in client.fetch(uids[start : start + 50], ["BODY.PEEK[]"]).values():
                raw = parts[b"BODY[]"]
                database.execute("INSERT INTO mails VALUES (?, ?)", (hashlib.sha256(raw).hexdigest(), raw))
    seconds = time.perf_counter() - began
    database.close()
    return seconds


def _round_trips(opening: contextlib.AbstractContextManager[Mailroom], server: Dovecot) -> str:
    with opening as room, FaultyWire(server.host, server.starttls_port) as wire:
        _fill(room, [letter(number) for number in range(LETTERS)])
        taken = take_in(_over(wire, room.desk), NOW, lambda _done, _of: None)
        assert (taken.fetched, taken.troubles) == (LETTERS, [])
        return f"{wire.commands / LETTERS * 100:.1f} commands for 100 letters, login included (bar 6)"


def _many(rooms: Iterator[contextlib.AbstractContextManager[Mailroom]], server: Dovecot) -> Iterator[str]:
    """Take in few letters and many; tell the memory that it took, and what an idle poll costs when they are settled."""
    peaks, polls = [], []
    for count in (FEW, MANY):
        with next(rooms) as room:
            _fill(room, [letter(number) for number in range(count)])
            peaks.append(_peak(room))
            polls.append(_idle_poll(room, server))
    few, many = peaks
    yield f"{many / few:.2f} times the memory for {MANY} letters as for {FEW}: {many / 1e6:.0f} MB (bar 1.2)"
    said = " and ".join(f"{commands} commands, {size} bytes" for commands, size in polls)
    yield f"an idle poll over {FEW} and over {MANY} processed mails: {said} (bar: the same)"


def _idle_poll(room: Mailroom, server: Dovecot) -> tuple[int, int]:
    with FaultyWire(server.host, server.starttls_port) as wire:
        desk = _over(wire, room.desk)
        take_in(desk, NOW, lambda _done, _of: None)
        before = wire.commands, wire.bytes_relayed
        taken = take_in(desk, NOW, lambda _done, _of: None)
        assert (taken.fetched, taken.troubles) == (0, [])
        return wire.commands - before[0], wire.bytes_relayed - before[1]


def _over(wire: FaultyWire, desk: Desk) -> Desk:
    """Let a desk speak to its server in the open, through a wire that counts."""
    imap = desk.config.mailbox.imap.model_copy(update={"host": "127.0.0.1", "port": wire.port, "security": "none"})
    mailbox = desk.config.mailbox.model_copy(update={"imap": imap})
    return replace(desk, config=desk.config.model_copy(update={"mailbox": mailbox}))


def _large(opening: contextlib.AbstractContextManager[Mailroom]) -> str:
    with opening as room:
        room.arrive(large_letter(1, LARGE))
        peak = _peak(room)
    return f"a letter of {LARGE / 1e6:.0f} MB: {peak / LARGE:.1f} times its size in memory, {peak / 1e6:.0f} MB (bar 4)"


def _peak(room: Mailroom) -> int:
    command = [sys.executable, "-c", ALONE, str(room.office / "tenday.yml"), str(ROOT / "content"), NOW.isoformat()]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(said.split()[-1])


def _fill(room: Mailroom, raws: Sequence[bytes]) -> None:
    with room.server.connect(room.login) as client:
        for start in range(0, len(raws), 500):
            client.multiappend("INBOX", list(raws[start : start + 500]))


@contextlib.contextmanager
def _dovecot() -> Iterator[Dovecot]:
    authority = trustme.CA()
    with server_folder("tls") as folder:
        tls = Tls(folder / "certificate.pem", folder / "authority.pem")
        certificate = authority.issue_cert(HOST, "127.0.0.1")
        write_for_server(tls.certificate, certificate.private_key_and_cert_chain_pem.bytes().decode())
        write_for_server(tls.authority, authority.cert_pem.bytes().decode())
        with Dovecot(LOGINS, tls, further=PLAIN) as server:
            yield server


def _room(place: Path, server: Dovecot, login: str) -> contextlib.AbstractContextManager[Mailroom]:
    return open_mailroom(place / login, load_content(ROOT / "content"), server, login)


if __name__ == "__main__":
    for line in main():
        print(line)  # noqa: T201 - what a measurement is for
