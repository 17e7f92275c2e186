"""What the watching mails say: reminders by rank, the digest by role and right, the calendar of the weekly one."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from sqlalchemy import select, update

from mailbox_worker.deadlines.watching import watch
from mailbox_worker.ledger.letters import change_letter
from mailbox_worker.ledger.standing import hold_sending, put
from mailbox_worker.ledger.tables import arrivals, outbox
from mailbox_worker.ledger.vocabulary import LetterState, MailKind
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.making import make_planned
from tests.mailbox_worker.desk_at_work import BEIJING, NOW, open_desk
from tests.mailbox_worker.ledger.office_with_a_letter import arrive, asked, logged_letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbox_worker.desk import Desk
    from mailbox_worker.mail.parsed import ParsedMail

MONDAY, FRIDAY = "03-09", "03-13"  # the letters here are due on Sunday 15 March, to be worked on by Friday


@contextmanager
def office(folder: Path) -> Iterator[Desk]:
    with open_desk(folder) as desk:
        yield desk


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour:02}:00:00").replace(tzinfo=BEIJING)


def letter(desk: Desk, **values: Any) -> str:
    with desk.ledger.write(NOW) as writer:
        return logged_letter(writer, workday_table=desk.content.workdays.version, **values)


def mails(desk: Desk, day: str, kind: str, hour: int = 9) -> dict[str, ParsedMail]:
    """Watch at that hour; gives, by person, the mails of a kind that were made then."""
    now = at(day, hour)
    watch(desk, now)
    make_planned(desk, now)
    with desk.ledger.read() as connection:
        query = select(outbox.c.person, outbox.c.raw).where(outbox.c.kind == kind, outbox.c.planned_at == now)
        rows = connection.execute(query).all()
        assert len({row.person for row in rows}) == len(rows), "one mail a person"
        return {row.person: read_mail(row.raw) for row in rows}


def test_F69_a_week_of_downtime_with_hundreds_of_letters_makes_one_merged_mail_a_person(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        due = [date(2026, 3, 9) + timedelta(days=turn % 10) for turn in range(300)]
        numbers = [
            letter(desk, due_on=day, work_by=desk.content.workdays.last_workday_until(day), state=state)
            for day, state in zip(due, [LetterState.DRAFTING, LetterState.AWAITING_SIGN_OFF] * 150, strict=True)
        ]
        now = at("03-16")
        watch(desk, now)
        make_planned(desk, now)
        with desk.ledger.read() as connection:
            rows = connection.execute(select(outbox.c.person, outbox.c.kind, outbox.c.raw)).all()
        kinds = sorted((row.person, row.kind) for row in rows if row.kind != "digest")
        assert kinds == [("chen-jing", "reminder"), ("wang-fang", "reminder"), ("zhang-wei", "escalation")]
        told = "".join(read_mail(row.raw).text for row in rows if row.kind != "digest")
        assert all(number in told for number in numbers)
        watch(desk, at("03-16", 16))
        with desk.ledger.read() as connection:
            assert len(connection.execute(select(outbox.c.id)).all()) == len(rows)


def test_a_clerk_is_urged_a_leader_is_reminded_and_the_director_warned(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        number = letter(desk)
        reminders = mails(desk, FRIDAY, "reminder")
        assert reminders["wang-fang"].subject == f"【催办】{number} 办理时限3月13日"
        assert "请回复此前的“请拟办”邮件办理" in reminders["wang-fang"].text
        assert reminders["chen-jing"].subject == f"【提醒】{number} 办理时限3月13日"
        assert "由王芳办理" in reminders["chen-jing"].text
        assert "请回复" not in reminders["chen-jing"].text
        escalation = mails(desk, "03-16", "escalation")["zhang-wei"]
        assert escalation.subject == f"【超期预警】{number} 已过答复期限"


def test_whoever_a_late_letter_waits_for_is_pressed_and_told_how_to_end_it(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        late, held = letter(desk), letter(desk, state=LetterState.HELD)
        to_bring = letter(desk, state=LetterState.AWAITING_DELIVERY)
        letter(desk, due_on=date(2026, 3, 24), work_by=date(2026, 3, 24))
        awaiting = letter(desk, state=LetterState.AWAITING_SIGN_OFF)
        pressed = mails(desk, "03-23", "reminder")
        assert pressed["wang-fang"].subject == "【催办】4件来信，其中3件已过答复期限"
        text = pressed["wang-fang"].text
        assert "以下来信已过答复期限，来信人仍在等候，请立即办理：" in text
        assert f"{late}（综合）待拟稿，应于3月15日前答复，已超期，由王芳办理" in text
        assert "请回复此前的“请拟办”邮件办理。" in text
        assert f"没有收到的：重发 {held}\n" in text
        assert f"正文只写：已送达 {to_bring} 邮寄" in text
        assert awaiting not in text
        leader = pressed["chen-jing"]
        assert leader.subject == "【提醒】4件来信已过答复期限"  # one waits for her, of all she is asked why
        assert "请回复此前的“请签批”邮件办理。" in leader.text
        assert leader.text.count(f"超期原因 {awaiting} 一句话") == 1


def test_the_leader_who_answers_for_a_late_letter_is_asked_for_one_line(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        first, second = letter(desk), letter(desk)
        asked_for = mails(desk, "03-16", "reminder")["chen-jing"]
        assert asked_for.subject == "【提醒】2件来信请说明超期原因"
        assert f"超期原因 {first} 一句话" in asked_for.text
        assert f"超期原因 {second} 一句话" in asked_for.text
        with desk.ledger.write(NOW) as writer:
            change_letter(writer, first, late_reason="公司补交材料较晚")
        digest = mails(desk, "03-17", "digest")["chen-jing"]
        assert f"{first} 待拟稿（王芳），已超期\n" in digest.text
        assert f"{second} 待拟稿（王芳），已超期，待说明原因\n" in digest.text


def test_a_director_in_charge_of_late_letters_is_asked_why_in_the_escalation_and_of_no_others(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        others, first, second = (
            letter(desk),
            letter(desk, restricted=["chen-jing"]),
            letter(desk, restricted=["chen-jing"]),
        )
        told = mails(desk, "03-16", "escalation")["zhang-wei"]
        assert told.subject == "【超期预警】3件来信已过答复期限"
        assert re.findall(r"超期原因 (\S+) 一句话", told.text) == [first, second]
        assert others in told.text


def test_THREAT_28_the_digest_lists_open_letters_by_their_limit_and_says_for_whom_they_wait(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        later = letter(desk, due_on=date(2026, 3, 18), work_by=date(2026, 3, 18))
        number = letter(desk, state=LetterState.AWAITING_SIGN_OFF)
        with desk.ledger.write(NOW) as writer:
            asked(writer, number, person="li-ming")
        text = mails(desk, "03-10", "digest")["zhang-wei"].text
        assert text.index("办理时限 3月13日") < text.index("办理时限 3月18日")
        assert f"{number} 待签批（李明）" in text
        assert f"{later} 待拟稿（王芳）" in text
        with desk.ledger.read() as connection:
            people = connection.execute(select(outbox.c.person).where(outbox.c.kind == "digest")).scalars()
            assert set(people) == {"zhang-wei", "wang-fang", "chen-jing", "li-ming"}, "it waits for the stand-in"


def test_the_digest_names_the_word_that_releases_what_is_held_or_quarantined(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        number = letter(desk, state=LetterState.HELD)
        with desk.ledger.write(NOW) as writer:
            arrival = arrive(writer, b"Subject: ?\r\n\r\n?\r\n", uid=77)
            writer.connection.execute(
                update(arrivals).where(arrivals.c.id == arrival).values(quarantined=True, reason="ValueError")
            )
            hold_sending(writer, "zhang-wei")
            put(writer, "alarm:quota")
        digests = mails(desk, "03-10", "digest")
        for words in (f"已发出 {number}", f"重发 {number}", f"放行 {arrival}", "恢复发信", "容量快用完了"):
            assert words in digests["wang-fang"].text
        assert f"放行 {arrival}" not in digests["chen-jing"].text, "what is no letter yet can name anybody"
        assert "登记簿" in digests["wang-fang"].text
        assert "链尾" in digests["wang-fang"].text
        assert "收件箱待归档" in digests["wang-fang"].text


def test_a_letter_that_is_kept_from_somebody_is_only_counted_and_not_even_that_for_them(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        number = letter(desk, restricted=("chen-jing",))
        digests = mails(desk, "03-10", "digest")
        assert "限定知悉 1 件" in digests["wang-fang"].text
        assert number not in digests["wang-fang"].text
        assert "chen-jing" not in digests, "there is nothing that this deputy may know of"


def test_the_weekly_mail_of_a_clerk_carries_the_limits_as_a_calendar_that_says_nothing_of_the_letters(
    tmp_path: Path,
) -> None:
    with office(tmp_path) as desk:
        number = letter(desk)
        kept = letter(desk, restricted=("chen-jing",))
        weekly = mails(desk, MONDAY, "digest")
        (file,) = weekly["wang-fang"].attachments
        assert (file.name, file.media_type) == ("办理时限.ics", "text/calendar")
        calendar = vobject.readOne(file.content.decode())
        (entry,) = calendar.contents["vevent"]
        assert entry.dtstart.value == date(2026, 3, 13)
        assert entry.dtend.value == date(2026, 3, 14)
        assert entry.summary.value == f"来信 {number} 办理时限"
        assert entry.uid.value == f"{number}@bureau.example"
        assert kept.encode() not in file.content
        assert "车险".encode() not in file.content
        assert "日历文件" in weekly["wang-fang"].text
        assert [person for person, mail in weekly.items() if mail.attachments] == ["wang-fang"]
        assert mails(desk, "03-10", "digest")["wang-fang"].attachments == ()


def test_a_letter_that_moves_keeps_its_entry_in_the_calendar_and_the_newer_file_wins(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        number = letter(desk, due_on=date(2026, 3, 25), work_by=date(2026, 3, 25))
        entries = []
        for day, limit in ((MONDAY, date(2026, 3, 25)), ("03-16", date(2026, 3, 24))):
            with desk.ledger.write(NOW) as writer:
                change_letter(writer, number, work_by=limit)
            (file,) = mails(desk, day, "digest")["wang-fang"].attachments
            entries.append(vobject.readOne(file.content.decode()).vevent)
        first, second = entries
        assert first.uid.value == second.uid.value
        assert int(first.sequence.value) < int(second.sequence.value)
        assert (first.dtstart.value, second.dtstart.value) == (date(2026, 3, 25), date(2026, 3, 24))


@pytest.mark.parametrize("kind", [MailKind.REMINDER, MailKind.ESCALATION])
def test_F93_no_deadline_mail_is_planned_on_a_weekend_or_at_night(tmp_path: Path, kind: MailKind) -> None:
    with office(tmp_path) as desk:
        letter(desk)
        for day, hour in (("03-13", 23), ("03-14", 10), ("03-15", 10), ("03-16", 8)):
            assert mails(desk, day, kind, hour) == {}
        assert mails(desk, "03-16", kind)
