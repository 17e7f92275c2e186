"""Clerk, deputy, director, citizen, forger, machines, duplicates and reordered mail against the real ledger.

Hypothesis plays; after every step nothing may have gone out without a valid sign-off of exactly those bytes, and
no letter may wait without somebody being asked. The worker's stages run as in a pass, without its two sockets.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailbox_worker.intake.sorting import sort_arrivals
from mailbox_worker.ledger.arrivals import Found, log_arrivals
from mailbox_worker.ledger.letters import drafts_of, letters_in
from mailbox_worker.ledger.outbox import bytes_of, change, due_now, find
from mailbox_worker.ledger.places import Place
from mailbox_worker.ledger.store import open_ledger
from mailbox_worker.ledger.tables import event_data, events, outbox, requests, sign_offs
from mailbox_worker.ledger.vocabulary import LetterState, OutboxState
from mailbox_worker.letter.signed_text import begins_with_signed
from mailbox_worker.letter.states import TRANSITIONS, Step
from mailbox_worker.loop import carry_out
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.settling import settle
from tests.mailbox_worker.desk import desk_with

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
PEOPLE = {
    "chen-jing": "chenjing@bureau.example",
    "li-ming": "liming@bureau.example",
    "wang-fang": "wangfang@bureau.example",
    "zhang-wei": "zhangwei@bureau.example",
}
DRAFT = "经核实，情况属实，已责成该公司改正。" * 4
WORDS = st.sampled_from(
    [
        *("同意", "同意。", "退回：请改", "不同意", "已阅", "同意，但…", "转 李明", "转 张伟", "回避"),
        *("委托 李明 至3月20日", "撤销", "撤稿", "", "是", "无效件", "类别 人身保险", "性质 咨询", "您好：\n已办。"),
        *(DRAFT, f"延期告知\n{DRAFT}", f"阶段答复\n摘要：车险\n{DRAFT}"),
    ]
)
WAITS_FOR = {
    LetterState.DRAFTING: "draft-request",
    LetterState.UNANSWERABLE: "draft-request",
    LetterState.AWAITING_SIGN_OFF: "sign-off-request",
}
LEADERS = ("张伟", "陈静", "李明")
ABOUT = st.sampled_from(["", "", "", "", "陈静副局长打过招呼。", f"{'、'.join(LEADERS)}都收了礼。"])
MEANT = {"draft-request": "", "sign-off-request": "同意"}
ACCOUNTS = st.sampled_from([PEOPLE["wang-fang"], PEOPLE["wang-fang"], "somebody@bureau.example"])
MOST_OPEN = 4  # letters that wait for a person: more would only make a story longer
SENDERS = st.sampled_from(["own", "own", "own", "own", "forged", "colleague", "machine"])


class Office(RuleBasedStateMachine):
    """One office; every rule is one thing that a person or machine does."""

    @initialize()
    def open(self) -> None:
        """Open an office with one letter."""
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = open_ledger(f"sqlite:///{Path(self.folder.name) / 'ledger.db'}")
        self.desk = desk_with(self.ledger)
        self.now, self.uid, self.sent, self.kept = NOW, 0, dict[int, bytes](), list[bytes]()
        self.citizen_writes()

    def teardown(self) -> None:
        """Close it."""
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.folder.cleanup()

    def reached(self) -> Counter[str]:
        """Count what this story came to: mails, replies by purpose, letters by state."""
        with self.ledger.read() as connection:
            letters = Counter(str(letter.state) for letter in letters_in(connection))
            rows = connection.execute(outbox.select().where(outbox.c.kind == "reply", outbox.c.state == "accepted"))
            delivered = connection.execute(events.select().where(events.c.kind == str(Step.DELIVERED))).all()
            letters += Counter(delivered=len(delivered))
            return letters + Counter(f"sent {row.purpose}" for row in rows) + Counter(stories=1, mails=self.uid)

    def arrives(self, *mails: bytes) -> None:
        """Log mails in this order and let the worker do one pass."""
        for raw in mails:
            self.uid += 1
            place, at = Place("director", "INBOX", 7, self.uid), self.now + timedelta(seconds=self.uid)
            with self.ledger.write(self.now) as writer:
                log_arrivals(writer, [Found(place, at, raw)])
        self.works()

    def works(self) -> None:
        """Do one pass between its two servers: it must carry everything to the last mail that follows."""
        sort_arrivals(self.desk, self.now)
        faults: list[Exception] = []
        carry_out(self.desk, self.now, self.send, faults)
        assert faults == []

    def send(self) -> tuple[Counter[str], None]:
        """Accept every mail that is due."""
        with self.ledger.read() as connection:
            due = [find(connection, mail.id) for mail in due_now(connection, self.now) if mail.message_id is not None]
            raw = {row.id: bytes_of(connection, row.id) for row in due}
        for row in due:
            with self.ledger.write(self.now) as writer:
                change(writer, row.id, state=OutboxState.HANDING_OVER, handed_over_at=self.now)
                settle(writer, row, OutboxState.ACCEPTED, "250 ok")
            self.sent[row.id] = raw[row.id]
        return Counter(accepted=len(due)), None

    @rule(about=ABOUT, sender=st.sampled_from(["zhangsan@example.org", "lisi@example.org", "undisclosed-senders:;"]))
    def citizen_writes(self, about: str = "", sender: str = "zhangsan@example.org") -> None:
        """Write a letter, perhaps without an address that could be answered, perhaps about a leader or all of them."""
        head = f"From: {sender}\r\nMessage-ID: <{self.uid}@example.org>\r\nSubject: =?utf-8?b?6L2m6Zmp?=\r\n"
        with self.ledger.read() as connection:
            waiting = [letter for letter in letters_in(connection, WAITS_FOR) if len(letter.restricted) < len(LEADERS)]
        if len(waiting) >= MOST_OPEN:
            return
        text = f"我的车险被拒赔，第{self.uid}次。{about}"
        self.arrives(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode())

    @rule(words=WORDS, sender=SENDERS, which=st.integers(0, 40))
    def staff_mail_answers(self, words: str, sender: str, which: int) -> None:
        """Answer one of the requests that were ever sent: an old one, another's, a decided one."""
        with self.ledger.read() as connection:
            asked = connection.execute(requests.select().order_by(requests.c.id.desc())).all()
        if not asked:
            return
        request = asked[min(which // 4, len(asked) - 1)]  # mostly the newest
        raw = self.answer(request, words, sender)
        self.kept.append(raw)
        self.arrives(raw)

    @rule(first=WORDS, second=WORDS, senders=st.tuples(SENDERS, SENDERS))
    def two_answers_to_one_request_cross(self, first: str, second: str, senders: tuple[str, str]) -> None:
        """Deliver two answers to the newest request in one pass, the one that was written later on top."""
        with self.ledger.read() as connection:
            request = connection.execute(requests.select().order_by(requests.c.id.desc())).first()
        if request is not None:
            self.arrives(self.answer(request, second, senders[1], "b"), self.answer(request, first, senders[0], "a"))

    @rule(draft=st.sampled_from([DRAFT, DRAFT, f"延期告知\n{DRAFT}", f"阶段答复\n{DRAFT}"]))
    def whoever_is_asked_does_it(self, draft: str) -> None:
        """Answer the newest open request as it is meant: the play must get on."""
        with self.ledger.read() as connection:
            query = requests.select().where(requests.c.closed_at.is_(None), requests.c.kind.in_(MEANT))
            request = connection.execute(query.order_by(requests.c.id.desc())).first()
        if request is not None:
            self.arrives(self.answer(request, MEANT[request.kind] or draft, "own"))

    def answer(self, request: Any, words: str, sender: str, mark: str = "") -> bytes:
        """Write an answer to a request, genuine or not."""
        address = PEOPLE[request.person]
        proved = {
            "own": f"auth=pass smtp.auth={address}",
            "machine": f"auth=pass smtp.auth={address}",
            "colleague": "auth=pass smtp.auth=somebody@bureau.example",
        }
        lines = [
            *(["Auto-Submitted: auto-replied"] if sender == "machine" else []),
            f"Authentication-Results: mx.bureau.example; {proved.get(sender, 'auth=none')}",
            "Received: from a by mx.bureau.example; Thu, 5 Mar 2026 09:00:00 +0800",
            f"From: {address}",
            f"Message-ID: <answer-{self.uid}{mark}@bureau.example>",
            f"In-Reply-To: {request.message_id}",
            "Subject: Re",
            "Content-Type: text/plain; charset=utf-8",
        ]
        return ("\r\n".join(lines) + f"\r\n\r\n{words}\r\n").encode()

    @rule(which=st.integers(0, 3), way=st.sampled_from(["邮寄", "电话", "面告"]), account=ACCOUNTS)
    def a_clerk_says_that_an_answer_was_delivered(self, which: int, way: str, account: str) -> None:
        """Say so of a letter that waits for it, or of another one; or let somebody else say it."""
        with self.ledger.read() as connection:
            numbers = [letter.number for letter in letters_in(connection, [LetterState.AWAITING_DELIVERY])]
        number = numbers[which % len(numbers)] if numbers else "2026-000001"
        lines = (
            f"Authentication-Results: mx.bureau.example; auth=pass smtp.auth={account}",
            "Received: from a by mx.bureau.example; Thu, 5 Mar 2026 09:00:00 +0800",
            f"From: {PEOPLE['wang-fang']}",
            f"Message-ID: <word-{self.uid}@bureau.example>",
            "Content-Type: text/plain; charset=utf-8",
        )
        self.arrives(("\r\n".join(lines) + f"\r\n\r\n已送达 {number} {way}\r\n").encode())

    @rule(which=st.integers(0, 20))
    def the_server_delivers_an_old_answer_again(self, which: int) -> None:
        """Replay an answer, byte by byte."""
        if self.kept:
            self.arrives(self.kept[which % len(self.kept)])

    @rule(minutes=st.sampled_from([1, 11, 60, 60 * 24, 60 * 24 * 4]))
    def time_goes_by(self, minutes: int) -> None:
        """Let time go by."""
        self.now += timedelta(minutes=minutes)
        self.works()

    @invariant()
    def nothing_goes_out_but_what_was_signed_off(self) -> None:
        """Hold every reply against the sign-off of a leader with a proof."""
        with self.ledger.read() as connection:
            rows = {row.id: row for row in connection.execute(outbox.select().where(outbox.c.kind == "reply"))}
            signed = {row.id: row for row in connection.execute(sign_offs.select())}
            for mail, raw in self.sent.items():
                if mail not in rows:
                    continue
                row, sign_off = rows[mail], signed[rows[mail].sign_off]
                draft = next(d for d in drafts_of(connection, row.letter) if d.version == sign_off.draft_version)
                assert begins_with_signed(read_mail(raw).text, draft.text)
                assert (draft.digest, sign_off.digest) == (row.digest, row.digest)
                assert sign_off.proof == "authentication-results"
                assert sign_off.evidence == f"auth=pass smtp.auth={PEOPLE[sign_off.person]}"
            final = [row.letter for row in rows.values() if row.purpose == "final" and row.id in self.sent]
            assert len(final) == len(set(final)), "no letter is answered twice"

    @invariant()
    def what_a_clerk_delivers_was_signed_off_and_the_clerk_was_asked_to(self) -> None:
        """Hold every text that is to be brought, or was, against its sign-off; none of it goes out as mail."""
        with self.ledger.read() as connection:
            query = events.select().where(events.c.kind == str(Step.DELIVERED))
            delivered = {event.letter for event in connection.execute(query)}
            waiting = {letter.number for letter in letters_in(connection, [LetterState.AWAITING_DELIVERY])}
            for number in delivered | waiting:
                draft = drafts_of(connection, number)[-1]
                signed = connection.execute(sign_offs.select().where(sign_offs.c.letter == number)).all()
                assert (draft.recipient, draft.digest) == ("", signed[-1].digest)
                mails = connection.execute(outbox.select().where(outbox.c.letter == number)).all()
                assert not any(mail.kind == "reply" for mail in mails)
                assert any(mail.arguments.get("outcome") == "to-deliver" for mail in mails)

    @invariant()
    def somebody_is_asked_about_every_open_letter(self) -> None:
        """Find an open request at somebody who may see the letter, for every letter that waits for a person.

        Where every leader is kept from it the clerk is told; where the whole office is, nobody can be.
        """
        with self.ledger.read() as connection:
            open_now = connection.execute(requests.select().where(requests.c.closed_at.is_(None))).all()
            told = {row.letter for row in connection.execute(outbox.select().where(outbox.c.key.like("nobody-may%")))}
            for letter in letters_in(connection):
                kind = WAITS_FOR.get(letter.state)
                asked = {row.person for row in open_now if (row.letter, row.kind) == (letter.number, kind)}
                if kind is not None and letter.number not in told and set(letter.restricted) != set(PEOPLE):
                    assert asked - set(letter.restricted), (letter.number, kind, letter.restricted)

    @invariant()
    def each_step_planned_the_mail_that_the_table_names(self) -> None:
        """Hold the events against the table of states."""
        with self.ledger.read() as connection:
            query = events.select().add_columns(event_data.c.data).join(event_data, event_data.c.seq == events.c.seq)
            for event in connection.execute(query.where(events.c.kind.in_([str(step) for step in Step]))):
                to = [t for (_, step), t in TRANSITIONS.items() if step == event.kind]
                planned = connection.execute(
                    outbox.select().where(outbox.c.letter == event.letter, outbox.c.planned_at == event.at)
                ).all()
                assert set(to[0].plans) <= {mail.kind for mail in planned}, event.kind


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
