"""Write the published figures into content/published/, where the portal reads them.

Receives the ledger; hands on one YAML file, replaced whole and only when its text has changed. Counts only when the
chain of events has grown or a new day has begun. Publishes counts and dates, never a word of a letter.
"""

from datetime import datetime
from pathlib import Path

import yaml

from bureau.exits import Exit, Stop
from mailbox_worker.desk import Desk
from mailbox_worker.mail.words import words
from mailbox_worker.statistics.counting import FIGURE_SET, count
from mailbox_worker.statistics.tallying import bring_up_to_date, is_counted, mark_counted, summary


def publish(desk: Desk, now: datetime, content: Path | None = None) -> Path | None:
    """Count and write; gives the file, or None when there is nothing to publish yet.

    Raises Stop(75) when the file cannot be written.
    """
    folder = (content or Path(desk.config.content)) / "published"
    path = folder / f"{FIGURE_SET}.yml"
    today = desk.day(now)
    if content is None and path.is_file() and is_counted(desk, today):
        return path
    bring_up_to_date(desk, now)
    with desk.ledger.read() as connection:
        figures = count(summary(connection, today), today, desk.content.office.name)
    if figures is None:
        return None
    data = figures.model_dump(exclude_defaults=True)
    text = words("figures")["heading"] + "\n" + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    try:
        _replace(path, text)
    except OSError as unwritable:
        raise Stop(Exit.TRY_LATER, f"{path}: {unwritable.strerror}; figures were not written") from None
    if content is None:
        mark_counted(desk, now)
    return path


def _replace(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: the portal may be reading while we write.
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
