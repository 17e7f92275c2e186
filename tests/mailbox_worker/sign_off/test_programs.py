"""What deputies type, as real programs send it: 0 false approvals is a hard bar, the rest is counted."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from typing import Any

import yaml

from mailbox_worker.letter.decisions import Meaning, understand
from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.mail.read import read_mail
from mailbox_worker.sign_off.two_faces import begin_alike
from tests.journeys.bureau_at_work import ROOT
from tests.mailbox_worker.office import CHEN, STAFF

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "programs.yml").read_text(encoding="utf-8"))
REQUEST = """陈静副局长：

──── 答复稿 0A1B2C3D ────
张三：您好！
该公司已重新定损，同意赔付。
──── 稿终 0A1B2C3D ────

请直接回复本邮件，在最上面写一行：
　同意　　　　　　按原文发出
　退回：意见　　　退王芳修改"""
ENOUGH = 120
SELDOM = 0.05


def written(program: dict[str, str], text: str) -> bytes:
    """Write an answer as a program does."""
    marked = "\n".join(f"> {line}" for line in REQUEST.splitlines())
    lines, quoted = ("<br>".join(escape(line) for line in some.splitlines()) for some in (text, REQUEST))
    values = {"text": text, "quote": REQUEST, "marked": marked, "lines": lines, "quoted_lines": quoted}
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "陈静 <chenjing@bureau.example>"
    plain, html = program.get("plain"), program.get("html")
    if plain is not None:
        mail.set_content(plain.format(**values), charset=program.get("charset", "utf-8"))
    if html is not None and plain is not None:
        mail.add_alternative(html.format(**values), subtype="html")
    elif html is not None:
        mail.set_content(html.format(**values), subtype="html")
    return mail.as_bytes()


def understood(raw: bytes) -> str:
    """Understand an answer as the worker does."""
    if not begin_alike(raw):
        return Meaning.UNCLEAR
    new = split_new_text(read_mail(raw).text)
    return understand(new.new, certain=new.certain, who=CHEN, staff=STAFF).meaning


def outcomes() -> list[tuple[str, str, str, str]]:
    """Give program, text, what was expected and what was understood, for every answer."""
    rows = [
        (name, text, expected, understood(written(program, text)))
        for name, program in DATA["programs"].items()
        for text, expected in DATA["answers"]
    ]
    return rows + [("odd", odd["plain"], odd["expected"], understood(written(odd, ""))) for odd in DATA["odd"]]


def test_no_program_turns_anything_into_an_approval_that_is_none() -> None:
    rows = outcomes()
    assert len(rows) >= ENOUGH
    assert [row for row in rows if row[3] == Meaning.SEND and row[2] != Meaning.SEND] == []


def figures() -> list[list[str]]:
    """Count, by what was meant: answers, those understood, asked back needlessly, taken for an approval."""
    rows = outcomes()
    counted = []
    for meant in ("send", "return", "reassign", "recuse", "delegate", "unclear"):
        got = [understood for _, _, expected, understood in rows if expected == meant]
        needlessly = "—" if meant == Meaning.UNCLEAR else str(got.count(Meaning.UNCLEAR))
        approved = "—" if meant == Meaning.SEND else str(got.count(Meaning.SEND))
        counted.append([meant, str(len(got)), str(got.count(Meaning(meant))), needlessly, approved])
    return counted


def test_the_page_about_answers_tells_the_figures() -> None:
    page = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8").split("## How well programs are understood")[1]
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    assert [[cell.strip() for cell in row] for row in rows[2:]] == figures()
    assert f"{len(DATA['programs'])} mail programs" in page


def test_what_is_not_understood_is_asked_back_and_that_is_seldom() -> None:
    rows = outcomes()
    missed = [row for row in rows if row[2] != row[3]]
    assert [row for row in missed if row[3] != Meaning.UNCLEAR] == []
    assert len(missed) / len(rows) < SELDOM, missed
