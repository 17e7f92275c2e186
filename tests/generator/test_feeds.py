"""Feeds as a feed reader takes them."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import feedparser
import pytest

from bureau.content import Content, load_content
from bureau.figures import Revision
from bureau.notices import NoticeCancelled
from generator.outputs import feeds
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import TODAY, copy_content

if TYPE_CHECKING:
    from collections.abc import Mapping

LATER = date(2026, 11, 20)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return load_content(copy_content(tmp_path_factory.mktemp("office")))


def written(content: Content, today: date = LATER) -> Mapping[str, bytes]:
    return feeds.render(assemble(content, today), press(read_shipped()))


def atom(files: Mapping[str, bytes], name: str) -> Any:
    parsed = feedparser.parse(files[f"feeds/{name}.atom"])
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


@pytest.mark.parametrize("name", ["notices", "figures", "corrections"])
def test_a_feed_reader_finds_what_rfc_4287_asks_for_and_the_json_feed_says_the_same(
    content: Content, name: str
) -> None:
    files = written(content)
    parsed, other = atom(files, name), json.loads(files[f"feeds/{name}.json"])
    assert parsed.feed.id
    assert parsed.feed.title == other["title"]
    assert parsed.feed.author == content.office.name
    assert other["version"] == "https://jsonfeed.org/version/1.1"
    assert other["feed_url"] == f"{content.office.origin}feeds/{name}.json"
    assert [one.id for one in parsed.entries] == [one["id"] for one in other["items"]]
    assert [one.title for one in parsed.entries] == [one["title"] for one in other["items"]]
    assert len({one.id for one in parsed.entries}) == len(parsed.entries) > 0
    for one in other["items"]:
        assert datetime.fromisoformat(one["date_modified"]).tzinfo is not None
        assert one["date_modified"] >= one["date_published"]


def test_a_notice_keeps_its_identity_when_it_is_changed_and_comes_up_as_new(content: Content) -> None:
    (changed,) = [one for one in atom(written(content), "notices").entries if "hotline-change-2026-05" in one.id]
    assert changed.id == f"{content.office.origin}notices/hotline-change-2026-05/"
    assert changed.published.startswith("2026-05-11")
    assert changed.updated.startswith("2026-05-12")
    assert "原文未写明旧公告如何处理" in changed.content[0].value


def test_a_notice_that_was_annulled_says_so(content: Content) -> None:
    first, *rest = content.notices
    annulled = first.model_copy(update={"cancelled": NoticeCancelled(on=date(2026, 6, 1), why="另行公布")})
    entry = atom(written(dataclasses.replace(content, notices=(annulled, *rest))), "notices").entries[0]
    assert entry.title == f"【已废止】{first.title}"
    assert "另行公布" in entry.content[0].value


def test_a_corrected_figure_comes_up_with_old_and_new_value_and_the_reason(content: Content) -> None:
    (figures,) = content.published
    revision = Revision(old=218, new=219, on=date(2026, 3, 4), why="补登记一件")  # type: ignore[arg-type] # as YAML gives it
    revised = figures.figures[0].model_copy(update={"revisions": (revision,)})
    changed = figures.model_copy(update={"figures": (revised, *figures.figures[1:])})
    parsed = atom(written(dataclasses.replace(content, published=(changed,)), TODAY), "corrections")
    (entry,) = [one for one in parsed.entries if "219" in one.title]
    assert "218件 更正为 219件" in entry.title
    assert "补登记一件" in entry.content[0].value


def test_nothing_that_has_not_happened_yet_is_in_a_feed(content: Content) -> None:
    files = written(content, date(2026, 3, 4))
    assert not [one for one in atom(files, "notices").entries if "2026-05" in one.id]
    assert all(one.updated < "2026-03-05" for one in atom(files, "corrections").entries)


def test_the_day_of_the_build_is_in_no_feed(content: Content) -> None:
    assert written(content, date(2026, 11, 20)) == written(content, date(2026, 11, 21))
