"""What ships: the whole article with its sources, and nothing that could be taken for a real person's number."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bureau.content import Content, load_content
from bureau.faults import FaultyFiles
from bureau.figures import FigureSet
from bureau.reception import reception_days
from bureau.yaml_source import read_sheet

ROOT = Path(__file__).parents[2]

ARTICLE = {
    "mailbox-letters": ("219", "件", "2012-03", False),
    "mailbox-satisfaction": ("90", "%", "2012-03", False),
    "hotline-calls": ("3000", "件", "2012-03", True),
    "hotline-satisfaction": ("93.4", "%", "2012-03", False),
    "bodies-calls": ("1073", "个", "2012-04", False),
    "bodies-visits": ("112", "人次", "2012-04", False),
    "bodies-letters": ("26", "件", "2012-04", False),
    "bodies-accepted": ("135", "件", "2012-04", False),
    "bodies-settled": ("105", "件", "2012-04", False),
    "bodies-settled-rate": ("77.8", "%", "2012-04", False),
    "bodies-amount": ("393.2", "万元", "2012-04", False),
    "outreach-visits": ("4", "次", "2012-04", False),
    "outreach-people": ("5", "人次", "2012-04", False),
    "manager-visits": ("113", "人次", "2012-04", False),
    "open-claims": ("130000", "件", "2012-04", True),
    "open-claims-amount": ("20", "亿元", "2012-04", True),
    "inspections": ("16", "次", "2012-04", False),
}


def test_every_figure_of_the_article_ships_with_its_date_and_source(jiangxi: Content) -> None:
    interview, *_ = jiangxi.figures
    assert {
        figure.id: (str(figure.value), figure.unit, figure.as_of, figure.at_least) for figure in interview.figures
    } == ARTICLE
    assert "2012" in interview.source


def test_a_percentage_says_what_it_is_a_part_of(jiangxi: Content) -> None:
    percentages = [figure for one in jiangxi.figures for figure in one.figures if figure.unit == "%"]
    assert len(percentages) == 3
    assert all(figure.rate or figure.denominator for figure in percentages)


def test_what_was_made_up_says_so_and_its_numbers_are_evidently_invented(jiangxi: Content) -> None:
    assert jiangxi.office.demonstration
    assert all(insurer.invented for insurer in jiangxi.insurers)
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "content").rglob("*.yml"))
    numbers = re.findall(r"\b0\d{2,3}-\d{4}-\d{4}\b|\b1[3-9]\d{9}\b", text)
    assert len(numbers) > 10
    assert all("-0000-" in number for number in numbers)


def test_the_social_bodies_and_the_leading_group_of_the_article_are_there(jiangxi: Content) -> None:
    bodies = jiangxi.organisations
    assert [body.name for body in bodies.social_bodies] == [
        "江西保险消费者权益保护分会",
        "南昌保险仲裁分会",
        "保险信访轮值中心",
        "保险合同纠纷调解处中心",
    ]
    assert bodies.leading_group is not None
    assert bodies.leading_group.works == "主要领导亲自抓、分管领导具体抓、业务部门专门抓"
    assert bodies.outside_office is not None


def test_outreach_and_campaigns_carry_the_numbers_of_their_figures(jiangxi: Content) -> None:
    interview, *_ = jiangxi.figures
    values = {f"{interview.id}/{figure.id}": figure.value for figure in interview.figures}
    leaders, managers = jiangxi.visits
    assert (leaders.times, leaders.persons, managers.times) == (4, 5, 113)
    assert [values[name] for name in leaders.figures] == [4, 5]
    assert [values[name] for campaign in jiangxi.campaigns for name in campaign.figures] == [130000, 20, 16]


def test_every_insurer_holds_reception_days_or_says_nothing_of_them(jiangxi: Content) -> None:
    assert jiangxi.receptions is not None
    days = reception_days(jiangxi.receptions.rule, jiangxi.workdays, date(2026, 1, 1), date(2026, 12, 31))
    assert len(days) == 12
    assert all(day.day == day.planned_for for day in days)
    by_day_of_month = next(one.reception for one in jiangxi.insurers if one.id == "sample-property")
    assert by_day_of_month is not None
    held = reception_days(by_day_of_month, jiangxi.workdays, date(2026, 1, 1), date(2026, 5, 31))
    assert [(one.planned_for.day, one.day) for one in held] == [
        (10, date(2026, 1, 12)),
        (10, date(2026, 2, 10)),
        (10, date(2026, 3, 10)),
        (10, date(2026, 4, 10)),
        (10, date(2026, 5, 11)),
    ]


def test_a_reception_day_that_is_no_workday_is_skipped_where_the_rule_says_so(county: Content) -> None:
    rule = next(insurer.reception for insurer in county.insurers if insurer.reception)
    assert rule is not None
    assert [one.day for one in reception_days(rule, county.workdays, date(2020, 1, 1), date(2020, 6, 30))] == [
        date(2020, 4, 1),
        date(2020, 5, 1),
        date(2020, 6, 1),
    ]


def test_a_notice_holds_between_its_own_dates_unless_it_was_cancelled(county: Content) -> None:
    notices = {notice.id: notice for notice in county.notices}
    old, new, moved = notices["hotline-2019"], notices["hotline-2020"], notices["moved"]
    assert [old.in_force(day) for day in (date(2019, 1, 2), date(2019, 1, 3), date(2020, 1, 1))] == [False, True, False]
    assert new.in_force(date(2099, 1, 1))
    assert [moved.in_force(day) for day in (date(2020, 3, 19), date(2020, 3, 20))] == [True, False]
    assert [notice.id for notice in county.notices] == ["moved", "hotline-2020", "hotline-2019"]


def test_a_legal_clock_is_the_one_in_force_on_the_day_of_the_letter(jiangxi: Content) -> None:
    rules = [jiangxi.rule("insurer-simple", date(year, 6, 1)) for year in (2012, 2014, 2021)]
    assert [rule and (rule.days, rule.counting) for rule in rules] == [None, (10, "workdays"), (15, "calendar")]
    assert [
        rule.id if (rule := jiangxi.rule("petition", day)) else None
        for day in (date(2012, 3, 1), date(2022, 4, 30), date(2022, 5, 1))
    ] == ["petition-2005", "petition-2005", "petition-2022"]


def test_the_second_office_shares_nothing_with_the_first_but_the_code(jiangxi: Content, county: Content) -> None:
    assert str(county.office.time_zone) == "Asia/Urumqi"
    assert (county.mailbox_promise.days, county.mailbox_promise.counting) == (7, "workdays")
    assert len(county.insurers) == 2
    assert not set(county.staff.people) & set(jiangxi.staff.people)


def test_no_name_of_the_model_office_stands_in_code() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bureau").rglob("*.py"))
    sources = re.sub(r'""".*?"""|#.*', "", sources, flags=re.DOTALL)
    assert not re.findall(r"江西|赣|保监|Shanghai|chen-jing|陈静|\b0791\b|[一-鿿]{4,}", sources)


def test_every_shipped_file_names_its_schema_for_editors() -> None:
    for path in (ROOT / "content").rglob("*.yml"):
        if path.parent.name != "published":
            first = path.read_text(encoding="utf-8").splitlines()[0]
            named = first.removeprefix("# yaml-language-server: $schema=")
            assert (path.parent / named).resolve().parent == ROOT / "schema", path
            assert (path.parent / named).is_file(), path


def test_the_sample_of_published_figures_is_of_the_format_that_is_read() -> None:
    paths = sorted((ROOT / "tests" / "published").glob("*.yml"))
    assert paths
    for path in paths:
        sheet, _ = read_sheet(path, FigureSet)
        answered, on_time = (sheet.figure(name) for name in ("answered", "on-time"))
        assert answered is not None
        assert on_time is not None
        assert Decimal(0) < on_time.value <= answered.value


def test_the_sample_is_content_like_any_other(tmp_path: Path) -> None:
    for path in (ROOT / "content").rglob("*.yml"):
        target = tmp_path / path.relative_to(ROOT / "content")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (tmp_path / "published").mkdir(exist_ok=True)
    for path in (ROOT / "tests" / "published").glob("*.yml"):
        (tmp_path / "published" / path.name).write_bytes(path.read_bytes())
    try:
        content = load_content(tmp_path)
    except FaultyFiles as faulty:
        pytest.fail(str(faulty))
    assert [one.id for one in content.published] == ["mailbox-2026-03"]
