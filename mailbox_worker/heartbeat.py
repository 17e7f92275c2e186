"""The sign of life that needs no ledger: a small file, written whole after every pass.

Receives when a pass ended and what the servers refused; hands on one line of JSON, and reads it back for a monitor
(cron, Nagios, systemd): `tenday doctor --heartbeat`. No address, no number, no name stands in it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbox_worker.config import Config
from mailbox_worker.mail.troubles import ServerTrouble


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the file says."""

    at: datetime
    troubles: int


def beat(config: Config, now: datetime, troubles: Sequence[ServerTrouble]) -> None:
    """Write the file; one that cannot be written is noticed by whoever reads it."""
    path = Path(str(config.heartbeat))
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(json.dumps({"at": now.isoformat(), "troubles": len(troubles)}) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError:
        return


def last_beat(config: Config) -> Heartbeat | None:
    """Read the file; None when there is none, or it says nothing."""
    try:
        said = json.loads(Path(str(config.heartbeat)).read_text(encoding="utf-8"))
        return Heartbeat(datetime.fromisoformat(said["at"]), int(said["troubles"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
