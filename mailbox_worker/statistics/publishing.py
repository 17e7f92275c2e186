"""Write the published figures into content/published/, where the portal reads them.

Receives the ledger; hands on one YAML file, replaced whole and only when its text has changed. Publishes counts
and dates, never a word of a letter.
"""

from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import select

from bureau.exits import Exit, Stop
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.tables import letters
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.mail.words import words
from mailbox_worker.statistics.counting import FIGURE_SET, Counted, count


def publish(desk: Desk, now: datetime, content: Path | None = None) -> Path | None:
    """Count and write; gives the file, or None when there is nothing to publish yet.

    Raises Stop(75) when the file cannot be written.
    """
    figures = count(_counted(desk), desk.day(now), desk.content.office.name)
    if figures is None:
        return None
    folder = (content or Path(desk.config.content)) / "published"
    path = folder / f"{FIGURE_SET}.yml"
    data = figures.model_dump(exclude_defaults=True)
    text = words("figures")["heading"] + "\n" + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    try:
        _replace(path, text)
    except OSError as unwritable:
        raise Stop(Exit.TRY_LATER, f"{path}: {unwritable.strerror}; figures were not written") from None
    return path


def _counted(desk: Desk) -> list[Counted]:
    columns = (letters.c.received_at, letters.c.due_on, letters.c.answered_at, letters.c.state)
    with desk.ledger.read() as connection:
        rows = connection.execute(select(*columns)).all()
    return [
        Counted(
            desk.day(row.received_at),
            row.due_on,
            desk.day(row.answered_at) if row.answered_at is not None else None,
            LetterState(row.state),
        )
        for row in rows
    ]


def _replace(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: the portal may be reading while we write.
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
