"""Pages from values: what is said, and that nothing hostile or missing breaks it."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from bureau.content import Content, load_content
from bureau.forms import form_text, read_fields
from bureau.notices import Notice, NoticeCancelled
from generator.outputs import OUTPUTS, sitemap
from generator.papers import SEARCHED_IN_FULL
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
    assert not [path for path in pages if path.startswith("statistics/mailbox/")]


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
    (text,) = re.findall(r"<pre[^>]*><code[^>]*>(.*?)</code></pre>", page, re.DOTALL)
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


def test_the_sitemap_dates_pages_by_their_content_and_pages_without_a_date_not_at_all(content: Content) -> None:
    site = assemble(content, date(2030, 1, 1))
    files = sorted(render(content, date(2030, 1, 1)))
    text = sitemap.render(site, press(read_shipped()), files)["sitemap.xml"].decode()
    plain_one = next(notice for notice in content.notices if not notice.changes)
    changed = next(notice for notice in content.notices if notice.changes)
    assert f"notices/{plain_one.id}/</loc><lastmod>{plain_one.published}</lastmod>" in text
    assert f"notices/{changed.id}/</loc><lastmod>{changed.changes[-1].on}</lastmod>" in text
    assert f"<loc>{content.office.origin}</loc>" in text
    assert f"notices/</loc><lastmod>{changed.changes[-1].on}</lastmod>" in text  # the newest of what it lists
    assert "statistics/hotline-quarter/</loc><lastmod>2025-12-31</lastmod>" in text
    assert "corrections/</loc><lastmod>2026-06-10</lastmod>" in text
    assert "2030" not in text
    early = sitemap.render(assemble(content, TODAY), press(read_shipped()), files)["sitemap.xml"].decode()
    assert max(re.findall(r"<lastmod>(.*?)</lastmod>", early)) <= str(TODAY)


def page_of(content: Content, path: str, today: date = TODAY) -> str:
    return re.sub(r"\s+", "", plain(render(content, today)[path]))


def test_a_past_day_tells_calls_no_calls_and_unreported_apart(content: Content) -> None:
    page = page_of(content, "hotline/2026-02-05.md")
    assert "李明副局长0791-0000-00004件当场办结1件" in page
    assert "吴五副总经理0791-0000-0002未报" in page
    assert "王七副总经理0791-0000-0003零来电" in page


def test_a_swap_is_told_with_both_names_its_reason_and_the_day_it_was_decided(content: Content) -> None:
    page = page_of(content, "hotline.md")
    assert "5月15日江西保监局陈静改为李明陈静5月15日赴外地参加会议，与李明对调（演示）2026年5月11日决定" in page
    assert "4月15日演示财产保险股份有限公司江西分公司赵一改为钱二赵一休假" in page


def test_every_insurer_and_every_place_with_a_branch_has_its_page(content: Content) -> None:
    pages = render(content)
    for insurer in content.insurers:
        assert insurer.number in pages[f"hotline/insurers/{insurer.id}.md"]
        for branch in insurer.branches:
            assert branch.name in pages[f"hotline/places/{branch.place}.md"]
    assert "演示财险于都支公司" in pages["hotline/places/ganzhou.md"]  # a county of the city


def test_reception_days_of_the_office_and_of_each_general_manager_are_listed(content: Content) -> None:
    page = page_of(content, "reception.md")
    assert "下一个局长接待日3月10日星期二9:00–11:00" in page
    assert "样本财险周四总经理3月10日14:30–16:30" in page
    assert "陈静接待2小时" in page
    assert "约113次" in page


def test_a_series_page_tells_value_parts_definition_source_and_revisions(tmp_path: Path) -> None:
    content = load_content(copy_content(tmp_path))
    rate = page_of(content, "statistics/interview-2012/bodies-settled-rate.md")
    for said in ("77.8%", "105/135", "分子调解成功结案", "分母属于受理范围的纠纷案件", "来源江西保监局负责人访谈"):
        assert said in rate, said
    quarters = page_of(content, "statistics/hotline-quarter.md")
    assert "2025年8月4日2025年4月1日至2025年6月30日的数值；一家公司补报了6月25日的2件来电6163" in quarters
    assert "初步数" in quarters
    unexplained = page_of(content, "statistics/interview-2012/hotline-satisfaction.md")
    assert "分母原文未说明分母" in unexplained


def test_a_notice_that_was_replaced_cancelled_or_has_run_out_says_so_on_its_own_page(content: Content) -> None:
    *_, first = content.notices
    later = first.model_copy(update={"id": "later", "title": "新公告", "supersedes": first.id, "published": TODAY})
    off = first.model_copy(update={"id": "off", "cancelled": NoticeCancelled(on=TODAY, why="不再需要")})
    over = first.model_copy(update={"id": "over", "valid_until": date(2026, 3, 3), "valid_from": date(2026, 1, 1)})
    changed = dataclasses.replace(content, notices=(later, off, over, first))
    pages = {name: page_of(changed, f"notices/{name}.md") for name in (first.id, "later", "off", "over")}
    assert "本公告已由《新公告》替代" in pages[first.id]
    assert f"替代《{first.title}》" in pages["later"]
    assert "废止：不再需要" in pages["off"]
    assert "有效期已于2026年3月3日届满" in pages["over"]


def test_a_long_archive_is_paged_and_old_notices_stay_out_of_the_search_index(content: Content) -> None:
    *_, first = content.notices
    many = tuple(first.model_copy(update={"id": f"n{turn}", "title": f"第{turn}号公告"}) for turn in range(205))
    pages = render(dataclasses.replace(content, notices=many))
    lists = [path for path in pages if re.fullmatch(r"notices/(index|page/\d+)\.md", path)]
    assert len(lists) == 11
    assert "第1页，共11页，205件" in pages["notices/index.md"]
    assert 'href="../../../notices/page/3/"' in pages["notices/page/2.md"]
    listed = {name for path in lists for name in re.findall(r'notices/(n\d+)/"', pages[path])}
    assert len(listed) == 205
    excluded = [f"n{turn}" for turn in range(205) if "exclude: true" in pages[f"notices/n{turn}.md"]]
    assert len(excluded) == 205 - SEARCHED_IN_FULL
    assert excluded[0] == f"n{SEARCHED_IN_FULL}"


def test_what_other_programs_read_says_office_events_and_data_sets(tmp_path: Path) -> None:
    content = load_content(copy_content(tmp_path))
    pages = render(content)
    office, hotline, rate = (
        yaml.safe_load(pages[path].split("---")[1])["json_ld"]
        for path in ("index.md", "hotline.md", "statistics/mailbox/on-time-rate.md")
    )
    assert office["@type"] == "GovernmentOffice"
    assert office["telephone"] == content.office.phone
    assert hotline["@graph"][0]["startDate"] == "2026-03-05T09:00:00+08:00"
    assert all(event["@type"] == "Event" for event in hotline["@graph"])
    assert (rate["@type"], rate["temporalCoverage"]) == ("Dataset", "2026-01-01/2026-03-04")
