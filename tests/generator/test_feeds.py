"""Feeds as a feed reader takes them."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import feedparser
import jsonschema
import pytest
from lxml import etree

from bureau.content import Content, load_content
from bureau.figures import Revision
from bureau.notices import NoticeCancelled
from generator.outputs import feeds
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import ROOT, TODAY, copy_content

if TYPE_CHECKING:
    from collections.abc import Mapping

LATER = date(2026, 11, 20)
ATOM_RULES = str(ROOT / "tests" / "generator" / "samples" / "atom.rng")
ADDRESS = {"type": "string", "pattern": "^https?://\\S+$"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)$"}
JSON_FEED_RULES = {  # what https://www.jsonfeed.org/version/1.1/ demands of what we write
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "language": {"type": "string"},
        "authors": {"type": "array", "items": {"type": "object", "anyOf": [{"required": ["name"]}]}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": ADDRESS,
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "date_published": MOMENT,
                    "date_modified": MOMENT,
                },
            },
        },
    },
}


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


def accepted_by_rfc_4287(document: bytes) -> bool:
    """Judge a document by the rules of the RFC, and by the two of them that no grammar can say."""
    grammar = etree.RelaxNG(etree.parse(ATOM_RULES))
    tree = etree.fromstring(document)
    names = {"a": "http://www.w3.org/2005/Atom"}
    ids = tree.xpath("//a:entry/a:id/text()", namespaces=names)
    selves = tree.xpath("/a:feed/a:link[@rel='self']", namespaces=names)
    return bool(grammar.validate(tree)) and len(set(ids)) == len(ids) and len(selves) == 1


@pytest.mark.parametrize("name", ["notices", "figures", "corrections"])
def test_the_rules_of_rfc_4287_accept_every_feed_and_refuse_a_spoilt_one(content: Content, name: str) -> None:
    document = written(content)[f"feeds/{name}.atom"]
    assert accepted_by_rfc_4287(document)
    for was, now in (
        (rb"<updated>[^<]*</updated>\n<author>", b"<author>"),
        (rb"<entry>\n<id>[^<]*</id>", b"<entry>"),
        (rb"\+08:00", b""),
        (rb"</title>", b"</title><title>x</title>"),
        (rb'rel="self"', b'rel="alternate"'),
        (rb"<name>[^<]*</name>", b""),
        (rb"<id>https:[^<]*</id>", b"<id>notices</id>"),
        (rb"<published>", b"<pubDate/><published>"),
    ):
        spoilt = re.sub(was, now, document, count=1)
        assert spoilt != document, was
        assert not accepted_by_rfc_4287(spoilt), was


@pytest.mark.parametrize("name", ["notices", "figures", "corrections"])
def test_json_feed_1_1_accepts_every_feed_and_refuses_a_spoilt_one(content: Content, name: str) -> None:
    document = json.loads(written(content)[f"feeds/{name}.json"])
    rules = jsonschema.Draft202012Validator(JSON_FEED_RULES, format_checker=jsonschema.FormatChecker())
    assert list(rules.iter_errors(document)) == []
    item = document["items"][0]
    for spoilt in (
        document | {"version": "1.1"},
        {key: value for key, value in document.items() if key != "title"},
        document | {"items": [{key: value for key, value in item.items() if key != "id"}]},
        document | {"items": [{key: value for key, value in item.items() if key != "content_text"}]},
        document | {"items": [item | {"date_published": "2026-03-04"}]},
        document | {"items": [item | {"url": "notices/"}]},
    ):
        assert list(rules.iter_errors(spoilt)) != []


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
