"""Pages from values: what is said, and that nothing hostile or missing breaks it."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bureau.content import Content, load_content
from bureau.forms import form_text, read_fields
from bureau.notices import Notice
from generator.outputs import OUTPUTS, sitemap
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import TODAY, copy_content

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=[True, False], ids=["with figures", "without figures"])
def content(tmp_path: Path, request: pytest.FixtureRequest) -> Content:
    return load_content(copy_content(tmp_path, published=request.param))


def render(content: Content, today: date = TODAY) -> dict[str, str]:
    templates = press(read_shipped())
    site = assemble(content, today)
    files = [one for render in OUTPUTS for one in render(site, templates).items()]
    return {path: data.decode() for path, data in files if path.endswith(".md")}


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_every_page_starts_with_its_front_matter_and_holds_one_heading_of_the_first_rank(content: Content) -> None:
    for path, page in render(content).items():
        assert page.startswith("---\ntitle: "), path
        assert len(re.findall(r"^# ", page, re.MULTILINE)) == 1, path


def test_the_same_site_gives_the_same_pages(content: Content) -> None:
    assert render(content) == render(content)


def test_home_says_the_next_hotline_day_its_hours_number_and_who_answers(content: Content) -> None:
    card = plain(render(content)["index.md"])
    assert "3月5日" in card
    assert "星期四" in card
    assert "9:00–11:30" in card
    assert content.hotline.number in card
    assert "陈静 副局长接听" in card


def test_the_article_s_figures_keep_their_words_of_at_least_and_their_denominators(content: Content) -> None:
    page = plain(render(content)["statistics.md"])
    for figure in ("3000余件", "13万余件", "20余亿元", "93.4%", "1073个", "77.8%", "393.2万元"):
        assert figure in page, figure
    assert "105 / 135" in page


def test_without_published_figures_the_pages_say_that_there_are_none(tmp_path: Path) -> None:
    pages = render(load_content(copy_content(tmp_path, published=False)))
    for path in ("index.md", "mailbox.md", "statistics.md"):
        assert "尚无统计" in pages[path]
        assert "<svg" not in pages[path]


def test_with_published_figures_home_says_each_with_its_denominator(tmp_path: Path) -> None:
    page = plain(render(load_content(copy_content(tmp_path)))["index.md"])
    for said in (
        "219件",
        "其中203件已答复",
        "99.5%",
        "202 / 203",
        "6天",
        "最长11天",
        "202件在10天之内答复",
        "1件超过10天",
    ):
        assert said in page, said


def test_a_figure_with_nothing_behind_it_is_left_out(tmp_path: Path) -> None:
    content = load_content(copy_content(tmp_path))
    (published,) = content.published
    few = published.model_copy(update={"figures": tuple(f for f in published.figures if f.id in {"received", "open"})})
    page = plain(render(dataclasses.replace(content, published=(few,)))["index.md"])
    assert "219件" in page
    assert "按期答复（" not in page
    assert "中位数" not in page


def test_the_form_on_the_page_is_the_text_that_the_worker_reads(content: Content) -> None:
    page = render(content)["mailbox.md"]
    (text,) = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    shown = html.unescape(text)
    assert shown == form_text(content.letter_form, {})
    field = content.letter_form.fields[0]
    filled = shown.replace(f"{field.label}：", f"{field.label}：张三", 1)
    assert read_fields(content.letter_form, filled) == {field.id: "张三"}


def test_a_hostile_title_is_text_everywhere(content: Content) -> None:
    title = '<script>alert(1)</script> "引号" *星* 𠮷'
    hostile = Notice.model_validate(
        {
            "id": "x",
            "title": title,
            "kind": "work",
            "issuer": "局",
            "index": "1",
            "dated": date(2026, 1, 1),
            "published": date(2026, 1, 1),
            "body": "正文",
        }
    )
    pages = render(dataclasses.replace(content, notices=(hostile,)))
    assert all("<script>" not in page for page in pages.values())
    assert title in plain(pages["notices/index.md"])


def test_the_sitemap_dates_documents_by_themselves_and_pages_not_at_all(content: Content) -> None:
    site = assemble(content, date(2030, 1, 1))
    text = sitemap.render(site, press(read_shipped()))["sitemap.xml"].decode()
    newest = content.notices[0]
    assert f"notices/{newest.id}/</loc><lastmod>{newest.published}</lastmod>" in text
    assert f"<loc>{content.office.origin}</loc>" in text
    assert f"<loc>{content.office.origin}notices/</loc>" in text
    assert "2030" not in text
