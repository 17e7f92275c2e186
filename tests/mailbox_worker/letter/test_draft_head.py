"""The lines above a draft that are for the office: read in any order, doubted when unreadable, never sent."""

from __future__ import annotations

import pytest

from bureau.desk import Snippet
from mailbox_worker.ledger.vocabulary import Purpose
from mailbox_worker.letter.draft_head import read_head

SNIPPETS = [Snippet(id="documents", title="补充材料", text="请提供保单复印件。")]


@pytest.mark.parametrize(
    ("line", "purpose", "days"),
    [
        ("答复", Purpose.FINAL, None),
        ("不予受理", Purpose.NOT_OURS, None),
        ("阶段答复。", Purpose.INTERIM, None),
        ("补正告知", Purpose.MORE_INFORMATION, None),
        ("延期告知", Purpose.EXTENSION, None),
        ("延期告知 5日", Purpose.EXTENSION, 5),
        ("文种：阶段答复", Purpose.INTERIM, None),
        ("文种: 延期告知10天", Purpose.EXTENSION, 10),
    ],
)
def test_a_first_line_says_what_the_text_is(line: str, purpose: Purpose, days: int | None) -> None:
    head = read_head(f"{line}\n\n经核查，情况属实。", SNIPPETS)
    assert (head.purpose, head.days, head.text, head.doubt) == (purpose, days, "经核查，情况属实。", None)


def test_what_is_for_the_deputy_is_parted_from_what_is_for_the_writer() -> None:
    head = read_head("拟办：建议答复\n性质：投诉\n摘要：拒赔\n阶段答复\n经核查，情况属实。", SNIPPETS)
    assert (head.summary, head.opinion, head.nature) == ("拒赔", "建议答复", "complaint")
    assert (head.purpose, head.text) == (Purpose.INTERIM, "经核查，情况属实。")


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("文种：复函", "unknown-purpose"),
        ("文种：", "unknown-purpose"),
        ("阶段答复\n文种：延期告知", "unknown-purpose"),
        ("性质：别的", "unknown-nature"),
        ("常用语：没有的", "unknown-snippet"),
    ],
)
def test_a_line_for_the_office_that_cannot_be_read_is_a_doubt(line: str, doubt: str) -> None:
    head = read_head(f"{line}\n经核查，情况属实。", SNIPPETS)
    assert head.doubt == doubt


def test_such_a_line_further_down_is_the_writers() -> None:
    head = read_head("经核查，情况属实。\n性质：投诉", SNIPPETS)
    assert (head.text, head.nature) == ("经核查，情况属实。\n性质：投诉", None)


def test_a_snippet_takes_its_place() -> None:
    assert (
        read_head("经核查。\n常用语：补充材料\n特此答复。", SNIPPETS).text == "经核查。\n请提供保单复印件。\n特此答复。"
    )
