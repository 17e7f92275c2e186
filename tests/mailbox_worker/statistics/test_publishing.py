"""The file of published figures: whole, readable by the portal, touched only when it says something new."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml

from bureau.content import load_content
from bureau.exits import Exit, Stop
from mailbox_worker.ledger.letters import change_letter
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.statistics.publishing import publish
from tests.mailbox_worker.desk import CONTENT, desk_with
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, logged_letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbox_worker.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a desk over a ledger and a copy of the content."""
    shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("published"))
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield desk_with(ledger, content=str(tmp_path / "content"))
    ledger.close()


def log_three(desk: Desk) -> None:
    with desk.ledger.write(NOW) as writer:
        numbers = [logged_letter(writer, text="只有本人知道的事", subject="私事") for _ in range(3)]
        # 23:30 UTC on the 14th is the morning of the 15th at the office: the last day of the promise.
        on_time = NOW.replace(day=14, hour=23, minute=30)
        change_letter(writer, numbers[0], state=LetterState.ANSWERED, answered_at=on_time)
        change_letter(writer, numbers[1], state=LetterState.CLOSED, answered_at=on_time + timedelta(days=1))


def test_an_empty_ledger_publishes_nothing(desk: Desk, tmp_path: Path) -> None:
    assert publish(desk, NOW) is None
    assert not (tmp_path / "content" / "published").exists()


def test_the_portal_reads_what_was_counted_in_the_offices_days(desk: Desk, tmp_path: Path) -> None:
    log_three(desk)
    path = publish(desk, NOW.replace(day=16))
    assert path == tmp_path / "content" / "published" / "mailbox.yml"
    (figures,) = load_content(tmp_path / "content").published
    found = {figure.id: int(figure.value) for figure in figures.figures}
    assert {name: found[name] for name in ("received", "answered", "on-time", "late", "open", "overdue-open")} == {
        "received": 3,
        "answered": 2,
        "on-time": 1,
        "late": 2,
        "open": 1,
        "overdue-open": 1,
    }
    assert (figures.as_of, found["slowest-days"]) == (str(date(2026, 3, 16)), 11)


def test_no_word_of_a_letter_is_published(desk: Desk) -> None:
    log_three(desk)
    path = publish(desk, NOW)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("只有", "私事", "张三", "zhangsan", "2026-000001", "general") if word in text]
    assert yaml.safe_load(text)["id"] == "mailbox"


def test_the_file_is_touched_only_when_it_says_something_new(desk: Desk) -> None:
    log_three(desk)
    path = publish(desk, NOW)
    assert path is not None
    before = path.stat()
    publish(desk, NOW + timedelta(hours=1))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    publish(desk, NOW + timedelta(days=1))
    assert path.stat().st_ino != before.st_ino  # replaced whole
    assert [entry.name for entry in path.parent.iterdir()] == ["mailbox.yml"]


def test_another_folder_can_be_named(desk: Desk, tmp_path: Path) -> None:
    log_three(desk)
    assert publish(desk, NOW, tmp_path / "elsewhere") == tmp_path / "elsewhere" / "published" / "mailbox.yml"
    assert not (tmp_path / "content" / "published").exists()


def test_a_file_that_cannot_be_written_says_so_and_to_try_later(desk: Desk, tmp_path: Path) -> None:
    log_three(desk)
    (tmp_path / "content" / "published").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(Stop, match="figures were not written") as stop:
        publish(desk, NOW)
    assert stop.value.code is Exit.TRY_LATER
