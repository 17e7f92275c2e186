"""What a person may do about outgoing mail: by a word in a mail, with a one-time code, and on the command line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyotp
import pytest

from tests.journeys.bureau_at_work import (
    CLERK,
    DEPUTY,
    DRAFT,
    PEOPLE,
    WRITER,
    BureauAtWork,
    open_bureau,
)
from tests.servers.failing_smtp import CUT, FailingSmtp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

NUMBER = "2026-000001"
pytestmark = pytest.mark.parametrize("open_town", ["pymap"], indirect=True)
SECRETS = {person: pyotp.random_base32() for person in PEOPLE.values()}


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    return open_bureau(tmp_path, open_town, [WRITER], hold_minutes=0)


def with_codes(bureau: BureauAtWork) -> None:
    bureau.asks_for_codes({person: SECRETS[address] for person, address in PEOPLE.items()})


def code(bureau: BureauAtWork, address: str) -> str:
    bureau.pass_time(seconds=31)  # no code counts twice
    return pyotp.TOTP(SECRETS[address]).at(bureau.now)


@contextmanager
def sent_through(bureau: BureauAtWork, server: FailingSmtp) -> Iterator[None]:
    before = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(before.replace(f"port: {bureau.town.smtp_port}", f"port: {server.port}"), encoding="utf-8")
    yield
    bureau.config.write_text(before, encoding="utf-8")


def held(bureau: BureauAtWork, *, codes: bool) -> None:
    """Bring a letter to an answer that nobody knows the fate of, an hour on."""

    def by(address: str, text: str, *, above: bool = False) -> str:
        if not codes:
            return text
        return f"{code(bureau, address)}\n{text}" if above else f"{text} {code(bureau, address)}"

    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾。")
    bureau.tick()
    bureau.staff_answers(CLERK, bureau.mail_to(CLERK, "draft-request")[-1], by(CLERK, DRAFT, above=True))
    bureau.tick()
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "sign-off-request")[-1], by(DEPUTY, "同意"))
    with FailingSmtp({"dot": CUT}, times=1) as server, sent_through(bureau, server):
        assert bureau.tick()["unknown"] + bureau.tick()["unknown"] == 1
    bureau.pass_time(minutes=61)
    bureau.tick()
    assert bureau.state() == "held"


@pytest.mark.parametrize("codes", [False, True])
@pytest.mark.parametrize(("word", "replies"), [("已发出", 0), ("重发", 1)])
def test_a_held_answer_is_settled_by_one_word_of_a_proved_colleague(
    bureau: BureauAtWork, word: str, replies: int, *, codes: bool
) -> None:
    if codes:
        with_codes(bureau)
    held(bureau, codes=codes)
    said = f"{word} {NUMBER}" + (f" {code(bureau, CLERK)}" if codes else "")
    assert "未予受理" not in bureau.sends_word(CLERK, said)
    bureau.tick()
    assert (bureau.state(), len(bureau.mail_to(WRITER, "reply"))) == ("answered", replies)
    assert "没有需要这样处理" in bureau.sends_word(
        CLERK, said.replace(said[-6:], code(bureau, CLERK)) if codes else said
    )


def test_with_codes_a_word_without_one_or_with_a_wrong_one_does_nothing(bureau: BureauAtWork) -> None:
    with_codes(bureau)
    held(bureau, codes=True)
    for word in (f"重发 {NUMBER}", f"重发 {NUMBER} 000000"):
        assert "没有任何事情因此发生" in bureau.sends_word(CLERK, word)
        bureau.pass_time(hours=1)
    bureau.tick()
    assert (bureau.state(), bureau.mail_to(WRITER, "reply")) == ("held", [])
    for word in ("暂停发信", "恢复发信"):
        assert "对外发信" in bureau.sends_word(DEPUTY, f"{word} {code(bureau, DEPUTY)}")


def test_the_command_line_does_what_the_words_do(bureau: BureauAtWork) -> None:
    def command(*words: str) -> tuple[int, str]:
        ended = bureau.command("mail", *words, "--config", str(bureau.config))
        return ended.code, (ended.out or ended.err).strip()

    assert command("hold") == (0, "mail to writers is held")
    assert command("hold") == (0, "mail to writers was held already")
    bureau.plain_letter(WRITER, "张三", "车险理赔被拒", "我的车追尾。")
    bureau.tick()
    assert bureau.mail_to(WRITER, "acknowledgement") == []
    assert len(bureau.mail_to(CLERK, "draft-request")) == 1, "staff mail goes on"
    assert command("settle", NUMBER, "sent") == (
        65,
        f"{NUMBER}: it has no reply; expected one that is unknown or held or refused or bounced",
    )
    assert command("resume") == (0, "mail to writers goes again")
    assert command("resume") == (0, "nothing was held")
    bureau.tick()
    assert len(bureau.mail_to(WRITER, "acknowledgement")) == 1
    kinds = [event["kind"] for event in bureau.json("show", NUMBER)["events"]]
    assert "mail-accepted" in kinds


@pytest.mark.parametrize(("word", "replies"), [("sent", 0), ("again", 1)])
def test_the_command_line_settles_a_held_answer(bureau: BureauAtWork, word: str, replies: int) -> None:
    held(bureau, codes=False)
    done = bureau.command("mail", "settle", NUMBER, word, "--config", str(bureau.config))
    assert (done.code, done.out) == (0, f"{NUMBER}: {word}; the next pass acts on it\n")
    bureau.tick()
    assert (bureau.state(), len(bureau.mail_to(WRITER, "reply"))) == ("answered", replies)
    late = bureau.command("mail", "settle", NUMBER, "again", "--config", str(bureau.config))
    assert (late.code, "its reply is accepted" in late.err) == (65, True)
