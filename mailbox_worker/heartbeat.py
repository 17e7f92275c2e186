"""The sign of life that needs no ledger: a small file, written whole after every pass.

Receives when a pass ended and what the servers refused; hands on one line of JSON, and reads it back for a monitor
(cron, Nagios, systemd): `tenday doctor --heartbeat`. No address, no number, no name stands in it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from mailbox_worker.config import Config
from mailbox_worker.mail.troubles import ServerTrouble


class Health(IntEnum):
    """What a monitor is told by exit code: the numbers of Nagios and Icinga; cron and systemd see 0 or not 0."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


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


def pulse(config: Config, now: datetime) -> tuple[Health, str]:
    """Judge the last beat for a monitor: its exit code, and one line."""
    beat = last_beat(config)
    if beat is None:
        return Health.CRITICAL, f"CRITICAL: no pass yet ({config.heartbeat})"
    minutes = int((now - beat.at).total_seconds() // 60)
    if minutes >= config.alarm.silent_after_minutes:
        health = Health.CRITICAL
    else:
        health = Health.WARNING if beat.troubles else Health.OK
    return health, f"{health.name}: last pass {minutes} minutes ago, {beat.troubles} troubles"
