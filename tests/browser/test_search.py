"""Sixty things that people ask for, each found on its page: words, parts of words, names, insurers, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

FOUND_ON = {  # what is asked -> a page that must be among the results
    "热线": "hotline/",
    "接听": "hotline/",
    "接听日": "hotline/",
    "热线接听日": "hotline/",
    "休息日": "hotline/",
    "调班": "hotline/",
    "零来电": "hotline/",
    "未报": "hotline/",
    "按公司查电话": "hotline/",
    "陈静": "hotline/",
    "赵一": "hotline/insurers/demo-property/",
    "0791-0000-0000": "hotline/",
    "0791-0000-0001": "hotline/insurers/demo-property/",
    "演示财险": "hotline/insurers/demo-property/",
    "演示财产保险": "hotline/insurers/demo-property/",
    "样本财险": "hotline/insurers/sample-property/",
    "演示人寿": "hotline/insurers/demo-life/",
    "样本健康险": "hotline/insurers/sample-health/",
    "健康保险": "hotline/insurers/sample-health/",
    "总经理接待日": "hotline/insurers/demo-property/",
    "赣州": "hotline/places/ganzhou/",
    "于都县": "hotline/places/yudu/",
    "鹰潭": "hotline/places/yingtan/",
    "瑞金": "hotline/places/ruijin/",
    "局长信箱": "mailbox/",
    "写信": "mailbox/",
    "来信表": "mailbox/",
    "保单号": "mailbox/",
    "查询码": "mailbox/",
    "签批": "mailbox/",
    "director@bureau.example": "mailbox/",
    "局长接待日": "reception/",
    "下访": "reception/",
    "信访接待室": "reception/",
    "未决赔案": "reception/",
    "调解": "bodies/",
    "仲裁": "bodies/",
    "维权": "bodies/",
    "纠纷": "bodies/",
    "公告": "notices/",
    "张贴": "notices/hotline-2026/",
    "营业场所": "notices/hotline-2026/",
    "赣演示〔2026〕1号": "notices/hotline-2026/",
    "YS-2026-0002": "notices/mailbox-2026/",
    "非涉密": "notices/mailbox-2026/",
    "统计": "statistics/",
    "结案率": "statistics/",
    "满意率": "statistics/",
    "77.8%": "statistics/",
    "393.2": "statistics/interview-2012/bodies-amount/",
    "3000": "statistics/",
    "答复用时": "statistics/mailbox/days-to-answer/",
    "中位数": "statistics/mailbox/median-days/",
    "按期答复率": "statistics/mailbox/on-time-rate/",
    "每季度": "statistics/hotline-quarter/",
    "领导小组": "organisation/",
    "分管": "organisation/",
    "李明": "organisation/",
    "时限": "about/",
    "隐私": "about/",
    "无障碍": "about/",
    "我为网站找错": "about/",
    "放假": "about/",
    "联系方式": "about/",
}
ENOUGH = 0.95


def search(page: Page, words: str) -> list[str]:
    """Ask, and give the addresses of all results; the theme listens to keys, so one is pressed."""
    box = page.get_by_role("textbox", name="站内搜索")
    page.locator(".md-search-result__meta").evaluate("meta => { meta.textContent = ''; }")
    box.fill(words)
    box.press("End")
    page.locator(".md-search-result__meta").filter(has_text="找到").wait_for(state="attached")
    return list(
        page.locator(".md-search-result__link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    )


def test_what_people_ask_for_is_found_on_its_page(reader: Reader) -> None:
    assert len(FOUND_ON) >= 60
    page = reader.opens("home")
    missed = {}
    for words, wanted in FOUND_ON.items():
        results = search(page, words)
        pages = [result.split("?")[0].split("#")[0] for result in results]
        if reader.address + wanted not in pages:
            missed[words] = pages
    assert len(missed) <= len(FOUND_ON) * (1 - ENOUGH), missed
    assert reader.complaints == []
    assert reader.foreign == []
