"""Reminders, escalations and closing, planned from the ledger: within office hours, to who can act, once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bureau.workdays import Workdays
from mailbox_worker.deadlines.watching import watch
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.letters import change_letter, letter_by_number
from mailbox_worker.ledger.outbox import Plan, close_requests, plan
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import event_data, events, outbox
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from tests.mailbox_worker.desk import CHEN, LI, WANG, ZHANG, desk_with
from tests.mailbox_worker.ledger.office_with_a_letter import NOW, asked, logged_letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a desk over a ledger of its own."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield desk_with(ledger)
    ledger.close()


def at(day: str, hour: int = 10) -> datetime:
    """Give an hour of a day at the office."""
    return datetime.fromisoformat(f"2026-{day}T{hour:02}:00:00").replace(tzinfo=ZONE)


# Of a late letter: whoever it waits for and the director are told, who answers for it is asked why.
LATE = [("reminder", "wang-fang"), ("escalation", "zhang-wei"), ("reminder", "chen-jing")]


def letter(desk: Desk, **values: Any) -> str:
    """Log a letter that is due on Sunday 15 March; to be worked on by Friday the 13th."""
    with desk.ledger.write(NOW) as writer:
        return logged_letter(writer, **values)


def planned(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.ledger.read() as connection:
        query = select(outbox.c.kind, outbox.c.person).where(outbox.c.kind.in_(["reminder", "escalation"]))
        return [tuple(row) for row in connection.execute(query.order_by(outbox.c.id))]


def test_who_drafts_is_reminded_and_then_the_director_is_told(desk: Desk) -> None:
    letter(desk)
    for day in ("03-11", "03-12", "03-12", "03-13", "03-16", "03-17"):
        watch(desk, at(day))
        watch(desk, at(day, 16))
    assert planned(desk) == [
        ("reminder", "wang-fang"),  # three workdays before the limit, told a day late
        ("reminder", "wang-fang"),
        ("reminder", "wang-fang"),
        ("reminder", "chen-jing"),  # on the last day whoever signs off is told as well
        ("escalation", "zhang-wei"),  # and the director before it is late
        ("reminder", "wang-fang"),  # now it is
        ("escalation", "zhang-wei"),
        ("reminder", "chen-jing"),  # who answers for it is asked why
    ]


def test_after_missed_days_one_mail_is_planned(desk: Desk) -> None:
    letter(desk)
    watch(desk, at("04-15"))
    watch(desk, at("04-16"))
    assert planned(desk) == LATE


def test_a_late_letter_is_pressed_for_once_a_week_until_it_is_answered_and_an_approved_one_only_before_the_director(
    desk: Desk,
) -> None:
    number, approved = letter(desk), letter(desk, state=LetterState.APPROVED)
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, approved, late_reason="服务器故障")
    watch(desk, at("03-16"))
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, number, late_reason="公司补交材料较晚")
    weeks = []
    for day in ("03-20", "03-23", "03-24", "03-31", "04-07"):
        before = len(planned(desk))
        watch(desk, at(day))
        weeks.append(planned(desk)[before:])
    again = [("reminder", "wang-fang"), ("escalation", "zhang-wei")]
    assert weeks == [[], again, [], again, again]
    with desk.ledger.read() as connection:
        told = connection.execute(select(outbox.c.arguments).where(outbox.c.kind == "reminder")).scalars()
        assert approved not in str(list(told))
    with desk.ledger.write(NOW) as writer:
        for each in (number, approved):
            change_letter(writer, each, state=LetterState.ANSWERED, answered_at=at("04-08"))
    watch(desk, at("04-13"))
    assert planned(desk)[-2:] == again
    assert len(planned(desk)) == 9


def test_who_was_sent_the_letter_itself_today_is_not_reminded_of_it_as_well(desk: Desk) -> None:
    number = letter(desk)
    watch(desk, at("03-10"))
    watch(desk, at("03-16"))
    so_far = len(planned(desk))
    with desk.ledger.write(at("03-16", 11)) as writer:
        change_letter(writer, number, state=LetterState.AWAITING_SIGN_OFF, late_reason="公司补交材料较晚")
        plan(writer, Plan("sign-off-request:1", MailKind.SIGN_OFF_REQUEST, letter=number, person="chen-jing"))
    for day in ("03-16", "03-17", "03-20"):
        watch(desk, at(day, 12))
    assert planned(desk)[so_far:] == []
    watch(desk, at("03-23"))
    assert planned(desk)[so_far:] == [("reminder", "chen-jing"), ("escalation", "zhang-wei")]


@pytest.mark.parametrize(
    "when", [at("03-13", 7), at("03-13", 22), at("03-14"), at("03-15"), at("03-13", 3).astimezone(ZoneInfo("UTC"))]
)
def test_nothing_is_planned_outside_office_hours(desk: Desk, when: datetime) -> None:
    letter(desk)
    watch(desk, when)
    assert planned(desk) == []


def test_a_worked_saturday_has_office_hours_and_a_holiday_has_none(desk: Desk) -> None:
    letter(desk, received_at=at("02-08"), work_by=date(2026, 2, 14), due_on=date(2026, 2, 18))
    watch(desk, at("02-16"))
    assert planned(desk) == []
    watch(desk, at("02-14"))
    assert planned(desk)[0] == ("reminder", "wang-fang")


def test_the_deputy_who_was_asked_is_reminded(desk: Desk) -> None:
    number = letter(desk, state=LetterState.AWAITING_SIGN_OFF)
    watch(desk, at("03-12"))
    with desk.ledger.write(NOW) as writer:
        asked(writer, number)
        close_requests(writer, number, "superseded")
        asked(writer, number, 2, person="li-ming")
    watch(desk, at("03-13"))
    assert planned(desk)[:2] == [("reminder", "chen-jing"), ("reminder", "li-ming")]


def test_the_clerk_to_whom_it_was_handed_over_is_reminded(desk: Desk) -> None:
    number = letter(desk)
    with desk.ledger.write(NOW) as writer:
        asked(writer, number, kind=MailKind.DRAFT_REQUEST, person="wang-fang")
        asked(writer, number, 2, kind=MailKind.DRAFT_REQUEST, person="zhang-wei")
    watch(desk, at("03-13"))
    # The director has the letter to draft and is warned of it: one mail.
    assert planned(desk) == [("escalation", "zhang-wei"), ("reminder", "wang-fang"), ("reminder", "chen-jing")]


def test_who_is_away_or_may_not_see_it_any_more_is_passed_over(desk: Desk) -> None:
    number = letter(desk, state=LetterState.AWAITING_SIGN_OFF)
    with desk.ledger.write(NOW) as writer:
        asked(writer, number, person="li-ming")
    away = [{"person": "li-ming", "email": LI, "away": True}]
    present = [
        {"person": name, "email": mail}
        for name, mail in (("zhang-wei", ZHANG), ("chen-jing", CHEN), ("wang-fang", WANG))
    ]
    watch(desk_with(desk.ledger, staff=[*away, *present]), at("03-12"))
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, number, restricted=["li-ming", "chen-jing"])
    watch(desk, at("03-13"))
    assert planned(desk) == [("reminder", "chen-jing"), ("escalation", "zhang-wei"), ("reminder", "wang-fang")]


def test_a_director_from_whom_a_letter_is_kept_is_not_told_of_it(desk: Desk) -> None:
    letter(desk, restricted=("zhang-wei",))
    watch(desk, at("03-16"))
    assert planned(desk) == [("reminder", "wang-fang"), ("escalation", "chen-jing")]


@pytest.mark.parametrize("state", LetterState)
def test_whatever_is_not_answered_is_escalated_and_nothing_else(desk: Desk, state: LetterState) -> None:
    letter(desk, state=state)
    watch(desk, at("03-16"))
    done = state in ("answered", "closed", "set_aside")
    if state is LetterState.APPROVED:
        assert planned(desk) == LATE[1:]  # it is the worker's turn
    elif state is LetterState.AWAITING_SIGN_OFF:
        assert planned(desk) == [LATE[2], LATE[1]]  # the leader it waits for is asked why in the same mail
    else:
        assert planned(desk) == ([] if done else LATE)


def test_a_letter_that_was_answered_late_is_asked_about_once_and_one_in_time_is_not(desk: Desk) -> None:
    letter(desk, state=LetterState.ANSWERED, answered_at=at("03-15", 23))
    late = letter(desk, state=LetterState.ANSWERED, answered_at=at("03-16", 0))
    explained = letter(desk, state=LetterState.ANSWERED, answered_at=at("03-16", 0))
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, explained, late_reason="公司补交材料较晚")
    for hour in (9, 16):
        watch(desk, at("03-16", hour))
    with desk.ledger.read() as connection:
        rows = connection.execute(select(outbox.c.letter, outbox.c.person).where(outbox.c.kind == "reminder")).all()
    assert [tuple(row) for row in rows] == [(late, "chen-jing")]


def test_the_reason_is_asked_for_week_after_week_until_it_is_given_also_after_the_answer(desk: Desk) -> None:
    number = letter(desk, state=LetterState.ANSWERED, answered_at=at("03-16", 9))
    asked = []
    for day in ("03-17", "03-20", "03-23", "03-30"):
        if day == "03-30":
            with desk.ledger.write(NOW) as writer:
                change_letter(writer, number, late_reason="公司补交材料较晚")
        watch(desk, at(day))
        asked.append(len(planned(desk)))
    assert asked == [1, 1, 2, 2]


def test_a_week_of_downtime_makes_one_mail_a_person_and_a_second_pass_none(desk: Desk) -> None:
    for _ in range(30):
        letter(desk, workday_table=desk.content.workdays.version)
    watch(desk, at("03-13"))
    assert sorted(planned(desk)) == [
        ("escalation", "zhang-wei"),
        ("reminder", "chen-jing"),
        ("reminder", "wang-fang"),
    ]
    watch(desk, at("03-13", 17))
    assert len(planned(desk)) == 3


def test_a_new_workday_notice_moves_the_limit_with_a_trail_and_word_to_the_owners(desk: Desk) -> None:
    number = letter(desk, workday_table=desk.content.workdays.version)
    watch(desk, at("03-09"))
    days = desk.content.workdays
    notice = Workdays(days.years, days.days_off | {date(2026, 3, 13)}, days.make_up_days, "another-table")
    changed = Desk(desk.config, replace(desk.content, workdays=notice), desk.ledger)
    for _ in range(2):
        watch(changed, at("03-09"))
    with desk.ledger.read() as connection:
        moved = letter_by_number(connection, number)
        rows = connection.execute(
            select(event_data.c.data)
            .join(events, events.c.seq == event_data.c.seq)
            .where(events.c.kind == "due-recomputed")
        ).scalars()
        (trail,) = [json.loads(row) for row in rows]
        told = connection.execute(select(outbox.c.person).where(outbox.c.key.startswith("due-changed"))).scalars()
        assert sorted(str(person) for person in told) == ["chen-jing", "wang-fang"]
    assert (moved.work_by, moved.due_on) == (date(2026, 3, 12), date(2026, 3, 15))
    assert trail["old"] == {"due_on": "2026-03-15", "work_by": "2026-03-13", "table": days.version}
    assert trail["new"] == {"due_on": "2026-03-15", "work_by": "2026-03-12", "table": "another-table"}


def digests(desk: Desk) -> list[str | None]:
    with desk.ledger.read() as connection:
        query = select(outbox.c.person).where(outbox.c.kind == "digest").order_by(outbox.c.id)
        return list(connection.execute(query).scalars())


def test_the_digest_goes_once_a_workday_when_the_office_opens_to_whom_it_concerns(desk: Desk) -> None:
    letter(desk)
    watch(desk, at("03-10", 8))
    assert digests(desk) == []
    for hour in (9, 10, 16):
        watch(desk, at("03-10", hour))
    assert sorted(str(person) for person in digests(desk)) == ["chen-jing", "wang-fang", "zhang-wei"]


def test_who_has_nothing_to_know_gets_a_sign_of_life_once_a_week(desk: Desk) -> None:
    for day in ("03-09", "03-10", "03-11", "03-12", "03-13", "03-16"):
        watch(desk, at(day, 9))
    assert digests(desk).count("li-ming") == 2


def test_the_survey_goes_once_some_workdays_after_the_answer(desk: Desk) -> None:
    number = letter(desk, state=LetterState.ANSWERED, answered_at=at("03-05", 15))
    asked_on = []
    for day in ("03-06", "03-09", "03-10", "03-11"):
        watch(desk, at(day))
        with desk.ledger.read() as connection:
            query = select(outbox.c.recipient).where(outbox.c.kind == "survey", outbox.c.letter == number)
            asked_on.append(len(list(connection.execute(query).scalars())))
    assert asked_on == [0, 0, 1, 1]


# Closing.


def state(desk: Desk, number: str) -> LetterState:
    with desk.ledger.read() as connection:
        return letter_by_number(connection, number).state


def test_an_answered_letter_is_closed_on_the_thirtieth_day_at_any_hour(desk: Desk) -> None:
    number = letter(desk, state=LetterState.ANSWERED, answered_at=at("03-05", 23))
    watch(desk, at("04-03", 23))
    assert state(desk, number) is LetterState.ANSWERED
    watch(desk, at("04-04", 0))
    assert state(desk, number) is LetterState.CLOSED


@pytest.mark.parametrize("still", ["drafting", "awaiting_sign_off", "approved", "held", "unanswerable"])
def test_a_letter_with_an_open_follow_up_stays_open_until_that_is_done(desk: Desk, still: str) -> None:
    number = letter(desk, state=LetterState.ANSWERED, answered_at=NOW)
    follow_up = letter(
        desk, state=LetterState(still), follows=number, due_on=date(2026, 12, 31), work_by=date(2026, 12, 31)
    )
    watch(desk, NOW + timedelta(days=60))
    assert state(desk, number) is LetterState.ANSWERED
    with desk.ledger.write(NOW) as writer:
        change_letter(writer, follow_up, state=LetterState.ANSWERED, answered_at=NOW + timedelta(days=59))
    watch(desk, NOW + timedelta(days=60))
    assert (state(desk, number), state(desk, follow_up)) == (LetterState.CLOSED, LetterState.ANSWERED)


def test_a_letter_whose_answer_bounced_is_not_closed(desk: Desk) -> None:
    number = letter(desk, state=LetterState.HELD, answered_at=NOW)
    watch(desk, NOW + timedelta(days=60))
    assert state(desk, number) is LetterState.HELD
