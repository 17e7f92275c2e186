"""A year without its workday notice is asked for in time, and until then nothing is guessed in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from mailbox_worker.deadlines.watching import watch
from mailbox_worker.ledger.letters import letter_by_number
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.making import make_planned
from tests.mailbox_worker.desk_at_work import BEIJING, open_desk
from tests.mailbox_worker.ledger.office_with_a_letter import logged_letter

if TYPE_CHECKING:
    from pathlib import Path

    from mailbox_worker.desk import Desk

NEW_YEAR, MADE_UP = date(2027, 1, 1), date(2027, 1, 2)  # of an invented notice


def with_calendar(desk: Desk, **changed: Any) -> Desk:
    """Give the desk another calendar than the shipped one."""
    return replace(desk, content=replace(desk.content, workdays=replace(desk.content.workdays, **changed)))


def until_2026(desk: Desk) -> Desk:
    """Give the desk a calendar that ends with 2026, whatever is shipped by now."""
    return with_calendar(desk, years=frozenset(year for year in desk.content.workdays.years if year <= 2026))


def alarms(desk: Desk) -> list[tuple[str | None, str]]:
    with desk.ledger.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.kind == "alarm").order_by(outbox.c.id)).all()
        return [(row.person, f"{row.planned_at.astimezone(BEIJING):%m-%d}") for row in rows]


def every_day(desk: Desk, first: datetime, days: int) -> None:
    for day in range(days):
        for hour in (0, 1):
            watch(desk, first + timedelta(days=day, hours=hour))


def test_F90_from_november_on_clerk_and_director_are_asked_for_next_years_notice_once_a_month(tmp_path: Path) -> None:
    with open_desk(tmp_path, more="daily_digest: false") as shipped:
        desk = until_2026(shipped)
        every_day(desk, datetime(2026, 10, 20, 9, tzinfo=BEIJING), 80)
        assert alarms(desk) == [
            (person, day) for day in ("11-02", "12-01", "01-02") for person in ("wang-fang", "zhang-wei")
        ]
        make_planned(desk, datetime(2026, 12, 1, 10, tzinfo=BEIJING))
        with desk.ledger.read() as connection:
            raw = connection.execute(select(outbox.c.raw).where(outbox.c.person == "zhang-wei")).scalars().first()
        said = read_mail(raw or b"")
        assert "2027年的放假调休安排尚未录入" in said.subject
        assert "content/workdays/2027.yml" in said.text


def test_F90_with_the_notice_nobody_is_asked_and_open_letters_are_reckoned_anew(tmp_path: Path) -> None:
    with open_desk(tmp_path, more="daily_digest: false") as shipped:
        desk = until_2026(shipped)
        now = datetime(2026, 12, 25, 10, tzinfo=BEIJING)
        workdays = desk.content.workdays
        with desk.ledger.write(now) as writer:
            number = logged_letter(writer, received_at=now, provisional=True, workday_table=workdays.version)
        days = {"days_off": workdays.days_off | {NEW_YEAR}, "make_up_days": workdays.make_up_days | {MADE_UP}}
        watch(with_calendar(desk, years=workdays.years | {2027}, version="with-2027", **days), now)
        assert alarms(desk) == []
        with desk.ledger.read() as connection:
            letter = letter_by_number(connection, number)
        assert (letter.provisional, letter.workday_table) == (False, "with-2027")
