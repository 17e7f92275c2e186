"""What the people of a simulated year do: citizens write, colleagues answer soon, late, only when reminded, or not yet.

Receives the mail that a pass handed over; hands on mails for the mailbox, each at its own time, and a Book that knows
of every letter what its people know of it. It never looks into the ledger.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from tenday.demonstration.writing import answer, letter
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DIRECTOR, DRAFT, MAILBOX, NAMES, STAND_IN
from tests.journeys.test_words_and_bounces import REPORT
from tests.journeys.year_office import BEIJING, Delivered, stamped

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

NUMBER = re.compile(r"\d{4}-\d{6}")
MARK = re.compile(r"〔(\d+)〕")
SUBJECTS = ("车险理赔被拒", "分红险退保", "业务员态度", "交强险定损太慢", "重疾险不赔")
EXTENDED_BY = 10


@dataclass
class Book:
    """One letter, as its writer and the office's people know it; days are the office's."""

    mark: int
    address: str
    kind: str  # plain, advertising, about-the-deputy, urgent
    received: datetime
    message_id: str
    number: str = ""
    extended: bool = False
    answered: date | None = None
    set_aside: bool = False
    surveyed: bool = False
    vote: str = ""
    reason: str = ""
    extension: bool = False  # the clerk will ask for one
    bounces: bool = False  # the answer comes back once
    came_back: bool = False
    asked_why: bool = False

    @property
    def due(self) -> date:
        """The last day: ten days after that of receipt, ten more if that was told."""
        return self.received.date() + timedelta(days=10 + EXTENDED_BY * self.extended)


class People:
    """Citizens and colleagues."""

    def __init__(self, chance: Random, is_workday: Callable[[date], bool]) -> None:
        self.chance, self.is_workday = chance, is_workday
        self.books: list[Book] = []
        self.by_number: dict[str, Book] = {}
        self.away: dict[str, tuple[date, date]] = {}
        self.delivered: list[Delivered] = []
        self._seen: set[str] = set()
        self._newest: dict[tuple[str, str, str], Delivered] = {}
        self._under_way: set[tuple[str, str, str]] = set()
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self._ids = count(1)
        self._outgoing: list[tuple[datetime, bytes]] = []

    # What happens when.

    def until(self, now: datetime) -> list[tuple[datetime, bytes]]:
        """Let everybody do what they meant to do by now; gives the mails that this puts into the mailbox."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, act = heapq.heappop(self._agenda)
            act(at)
        mails, self._outgoing = self._outgoing, []
        return sorted(mails, key=lambda mail: mail[0])

    def at(self, when: datetime, act: Callable[[datetime], None]) -> None:
        """Put something on the agenda."""
        heapq.heappush(self._agenda, (when, next(self._order), act))

    def _at_work(self, now: datetime, workdays: int) -> datetime:
        """Give an hour at the desk so many workdays after now, or later today."""
        day = now.date()
        if workdays == 0 and self.is_workday(day) and now.time() < time(16, 0):
            return now + timedelta(minutes=self.chance.randint(5, 60))
        for _ in range(max(workdays, 1)):
            day += timedelta(days=1)
            while not self.is_workday(day):
                day += timedelta(days=1)
        return datetime.combine(day, time(9, 0), BEIJING) + timedelta(minutes=self.chance.randint(0, 450))

    def _send(self, at: datetime, raw: bytes, results: str) -> None:
        self._outgoing.append((at.replace(microsecond=0), stamped(raw, results, at)))

    def _from_colleague(self, at: datetime, person: str, raw: bytes) -> None:
        self._send(at, raw, f"auth=pass smtp.auth={person}")

    def _id(self, domain: str) -> str:
        return f"<{next(self._ids)}.year@{domain}>"

    # Citizens.

    def write(self, at: datetime, follows: Delivered | None = None) -> None:
        """Let a citizen write a letter; one that follows an answer quotes it."""
        mark = len(self.books) + 1
        kind = "plain"
        if follows is None:
            (kind,) = self.chance.choices(("plain", "advertising", "about-the-deputy", "urgent"), weights=(92, 4, 3, 1))
        extra = {"about-the-deputy": "陈静副局长收受好处。", "urgent": "我想轻生。"}.get(kind, "")
        text = f"〔{mark}〕我的事情一直没有解决，请贵局过问。{extra}"
        address, message_id = f"w{mark}@example.org", self._id("example.org")
        if follows is None:
            subject = f"{self.chance.choice(SUBJECTS)}〔{mark}〕"
            raw = letter(address, "张三", MAILBOX, subject, text, at=at, message_id=message_id)
        else:
            address = follows.to
            raw = answer(follows.raw, f"张三 <{address}>", text, at=at, message_id=message_id)
        book = Book(mark, address, kind, at, message_id)
        book.extension, book.bounces = self.chance.random() < 0.02, self.chance.random() < 0.01
        self.books.append(book)
        self._send(at, raw, "auth=none; spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org")

    # What a mail makes people do.

    def receive(self, mail: Delivered) -> None:
        """Take a mail that was handed over; the same one a second time changes nothing."""
        again = mail.message_id in self._seen
        self._seen.add(mail.message_id)
        if mail.kind == "reply":
            self._take_reply(mail)
        if again:
            return
        self.delivered.append(mail)
        act = getattr(self, "_on_" + mail.kind.replace("-", "_"), None)
        if act is not None:
            act(mail)

    def _take_reply(self, mail: Delivered) -> None:
        book = self._book_of(mail)
        if mail.purpose == "extension":
            book.extended = True
        elif book.answered is None:
            book.answered = mail.at.date()
            if book.bounces:
                book.bounces, book.came_back = False, True
                text = REPORT.format(
                    mailbox=MAILBOX,
                    recipient=book.address,
                    action="failed",
                    status="5.2.2",
                    message_id=mail.message_id,
                    turn=book.mark,
                )
                self.at(
                    mail.at + timedelta(minutes=30),
                    lambda at: self._outgoing.append((at, text.replace("\n", "\r\n").encode())),
                )
            elif self.chance.random() < 0.04:
                self.at(mail.at + timedelta(days=self.chance.randint(1, 20), hours=1), lambda at: self.write(at, mail))

    def _on_draft_request(self, mail: Delivered) -> None:
        number = self._number_of(mail)
        if number not in self.by_number:
            found = MARK.search(mail.text)
            assert found is not None, mail.text
            book = self.books[int(found[1]) - 1]
            book.number, self.by_number[number] = number, book
        self._asked(mail, number, self._draft)

    def _on_sign_off_request(self, mail: Delivered) -> None:
        self._asked(mail, self._number_of(mail), self._decide)

    def _asked(self, mail: Delivered, number: str, act: Callable[[datetime, str, str], None]) -> None:
        person, kind = mail.to, mail.kind
        self._newest[person, kind, number] = mail
        first, last = self.away.get(person, (date.max, date.min))
        if first <= mail.at.date() <= last:
            note = answer(
                mail.raw, person, "本人外出，暂不能处理邮件。", at=mail.at, message_id=self._id("bureau.example")
            )
            note = b"Auto-Submitted: auto-replied\r\n" + note
            self.at(mail.at + timedelta(minutes=1), lambda at: self._from_colleague(at, person, note))
            back = datetime.combine(last, time(23), BEIJING)
            self._soon(self._at_work(back, 1), person, kind, number, act)
            return
        roll = self.chance.random()
        if roll < 0.03:
            return  # it is forgotten until somebody reminds
        if roll < 0.05:
            self._soon(self._at_work(mail.at, self.chance.randint(8, 12)), person, kind, number, act)
        elif roll < 0.12:
            self._soon(self._at_work(mail.at, self.chance.randint(3, 5)), person, kind, number, act)
        else:
            self._soon(self._at_work(mail.at, self.chance.randint(0, 2)), person, kind, number, act)

    def _soon(
        self, when: datetime, person: str, kind: str, number: str, act: Callable[[datetime, str, str], None]
    ) -> None:
        if (person, kind, number) in self._under_way:
            return  # whoever is at it answers the newest request
        self._under_way.add((person, kind, number))

        def do(at: datetime) -> None:
            self._under_way.discard((person, kind, number))
            act(at, person, number)

        self.at(when, do)

    def _draft(self, at: datetime, person: str, number: str) -> None:
        request, book = self._newest.pop((person, "draft-request", number), None), self.by_number[number]
        if request is None or book.answered or book.set_aside:
            return
        text = f"张三：\n您好！{DRAFT}（{next(self._ids)}）"
        if book.kind == "advertising":
            text = "无效件"
        elif book.extension and not book.extended and at.date() <= book.due - timedelta(days=3):
            text = f"延期告知 {EXTENDED_BY}天\n张三：\n您好！您反映的情况还在核实，现延期答复，请谅解。"
        self._answers(at, person, request, text)

    def _decide(self, at: datetime, person: str, number: str) -> None:
        request, book = self._newest.pop((person, "sign-off-request", number), None), self.by_number[number]
        if request is None or book.answered or book.set_aside:
            return
        roll = self.chance.random()
        if book.kind == "advertising" and "无效件" in request.text:
            book.set_aside = True
            text = "同意"
        elif roll < 0.05:
            text = "退回：请再核实一次"
        elif roll < 0.08:
            text = "已阅"
            self._newest[person, "sign-off-request", number] = request
        else:
            text = "同意"
        self._answers(at, person, request, text)

    def _answers(self, at: datetime, person: str, request: Delivered, text: str) -> None:
        sender = f"{NAMES[person]} <{person}>"
        raw = answer(request.raw, sender, text, at=at, message_id=self._id("bureau.example"))
        self._from_colleague(at, person, raw)

    def _on_not_understood(self, mail: Delivered) -> None:
        number = self._number_of(mail)
        self._soon(self._at_work(mail.at, 0), mail.to, "sign-off-request", number, self._decide)

    def _on_reminder(self, mail: Delivered) -> None:
        for number in dict.fromkeys(NUMBER.findall(mail.subject + mail.text)):
            self._nudged(mail, [(mail.to, number)])
        for number in re.findall(r"重发 (\d{4}-\d{6})", mail.text):
            self.at(self._at_work(mail.at, 0), self._word(mail.to, f"重发 {number}"))
        self._asked_why(mail)

    def _asked_why(self, mail: Delivered) -> None:
        for number in re.findall(r"超期原因 (\d{4}-\d{6})", mail.text):
            book = self.by_number[number]
            book.asked_why = True
            if self.chance.random() < 0.9:
                book.reason = f"核实用时较长{book.mark}"
                self.at(self._at_work(mail.at, 0), self._word(mail.to, f"超期原因 {number} {book.reason}"))

    def _on_escalation(self, mail: Delivered) -> None:
        for number in dict.fromkeys(NUMBER.findall(mail.subject + mail.text)):
            self._nudged(mail, [(person, number) for person in (CLERK, DEPUTY, STAND_IN, DIRECTOR)])
        self._asked_why(mail)

    def _nudged(self, mail: Delivered, who: list[tuple[str, str]]) -> None:
        for person, number in who:
            if self.chance.random() < 0.7:
                for kind, act in (("draft-request", self._draft), ("sign-off-request", self._decide)):
                    if (person, kind, number) in self._newest:
                        self._soon(self._at_work(mail.at, 0), person, kind, number, act)

    def _on_alarm(self, mail: Delivered) -> None:
        found = re.search(r"(退信属实|重发|已处置) (\d{4}-\d{6})", mail.text)
        if found is None:
            return
        number, soon = found[2], self._at_work(mail.at, 0)
        if "已处置" in mail.text:
            self.at(soon, self._word(mail.to, f"已处置 {number}"))
        elif "退信属实" in mail.text:
            self.at(soon, lambda at: self._bounced(at, mail.to, number))
        else:
            self.at(soon, self._word(mail.to, f"重发 {number}"))

    def _bounced(self, at: datetime, person: str, number: str) -> None:
        self.by_number[number].answered = None
        self._word(person, f"退信属实 {number}")(at)
        self.at(self._at_work(at + timedelta(hours=4), 0), self._word(person, f"重发 {number}"))

    def _word(self, person: str, word: str) -> Callable[[datetime], None]:
        def say(at: datetime) -> None:
            raw = letter(person, NAMES[person], MAILBOX, "指令", word, at=at, message_id=self._id("bureau.example"))
            self._from_colleague(at, person, raw)

        return say

    def _on_survey(self, mail: Delivered) -> None:
        book = self._book_of(mail)
        book.surveyed = True
        if self.chance.random() < 0.5:
            book.vote = self.chance.choice(("满意", "满意", "基本满意", "不满意"))
            raw = answer(mail.raw, book.address, book.vote, at=mail.at, message_id=self._id("example.org"))
            results = "auth=none; spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org"
            self.at(mail.at + timedelta(hours=5), lambda at: self._send(at, raw, results))

    def _number_of(self, mail: Delivered) -> str:
        found = NUMBER.search(mail.subject)
        assert found is not None, mail.subject
        return found[0]

    def _book_of(self, mail: Delivered) -> Book:
        return self.by_number[self._number_of(mail)]
