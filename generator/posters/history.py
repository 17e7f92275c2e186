"""Which versions of a notice for the wall once were the current ones: carried from yesterday's site into today's.

Receives yesterday's posters/versions.json, if there is one, and today's posters; hands on what each version is now:
current, replaced since a day, or expired. A version that the office never published stands nowhere.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from bureau.exits import Exit, Stop
from generator.posters.sheets import Poster
from generator.words import message
from generator.work import VERSIONS


class Standing(Enum):
    """What a visitor with a printed notice learns about it."""

    CURRENT = "current"
    REPLACED = "replaced"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one notice; `since` is when it was replaced, or the first day after it expired."""

    version: str
    poster: str
    branch: str
    period: str
    last_day: date
    standing: Standing
    since: date | None = None


def read_history(previous: Path | None) -> tuple[Version, ...]:
    """Read the versions of yesterday's site; none without one, or where it knew no notices."""
    file = previous / VERSIONS if previous else None
    if file is None or not file.is_file():
        return ()
    try:
        return tuple(_version(entry) for entry in json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError):
        raise Stop(Exit.BAD_CONTENT, message("bad_versions", file=file)) from None


def versions(posters: Sequence[Poster], known: Sequence[Version], today: date) -> tuple[Version, ...]:
    """Decide what every version is today: of each branch the current ones first, then the others, the newest first."""
    current = {poster.id: poster.version for poster in posters}
    made = [Version(one.version, one.id, one.branch, one.period, one.last_day, Standing.CURRENT) for one in posters]
    for old in known:
        if current.get(old.poster) == old.version:
            continue
        if old.standing is Standing.CURRENT:
            made.append(_past(old, today, replaced=old.poster in current))
        else:
            made.append(old)
    return tuple(sorted(made, key=lambda one: (one.branch, -(one.since or date.max).toordinal(), one.poster)))


def as_json(found: Sequence[Version]) -> bytes:
    """Write what `read_history` reads."""
    entries = [
        {
            "version": one.version,
            "poster": one.poster,
            "branch": one.branch,
            "period": one.period,
            "last_day": one.last_day.isoformat(),
            "standing": one.standing.value,
            "since": one.since.isoformat() if one.since else None,
        }
        for one in found
    ]
    return (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode()


def _past(old: Version, today: date, *, replaced: bool) -> Version:
    expired = not replaced and today > old.last_day
    standing = Standing.EXPIRED if expired else Standing.REPLACED
    return Version(old.version, old.poster, old.branch, old.period, old.last_day, standing, today)


def _version(entry: dict[str, Any]) -> Version:
    return Version(
        version=str(entry["version"]),
        poster=str(entry["poster"]),
        branch=str(entry["branch"]),
        period=str(entry["period"]),
        last_day=date.fromisoformat(entry["last_day"]),
        standing=Standing(entry["standing"]),
        since=date.fromisoformat(entry["since"]) if entry["since"] else None,
    )
