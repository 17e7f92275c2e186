"""Notices for the wall, looked at as paper: fonts, text, code; and the page that tells whether they hold."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pytest

from bureau.content import Content, load_content
from bureau.exits import Exit, Stop
from generator.outputs import posters as pages
from generator.posters.history import Standing, read_history, versions
from generator.posters.sheets import Poster, posters
from generator.posters.typesetting import SOURCE, Type, find_type, typeset
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import TODAY, copy_content, tenday
from tests.generator.reading_codes import codes_on
from tests.servers.required import missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.work import Paper

YEARLY, MONTHLY = "demo-property-yudu-2026", "demo-property-yudu-2026-03"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return load_content(copy_content(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def chinese() -> Type:
    found = find_type()
    if found is None:
        missing("a Chinese font", "fonts-noto-cjk")
    return found


def one(content: Content, poster: str, today: date = TODAY) -> Poster:
    return next(each for each in posters(content, today) if each.id == poster)


def printed(folder: Path, found: Type, poster: Poster, content: Content, paper: Paper = "a4") -> bytes:
    source = read_shipped().posters[SOURCE]
    return typeset([poster], source, folder, found, origin=content.office.origin, paper=paper)[poster.path]


def swapped(content: Content) -> Content:
    """Let another leader of one insurer take 25 March."""
    first, *rest = content.insurers
    change = first.exceptions[0].model_copy(
        update={"day": date(2026, 3, 25), "person": "general-manager", "in_place_of": "claims-manager"}
    )
    return dataclasses.replace(
        content, insurers=(first.model_copy(update={"exceptions": (*first.exceptions, change)}), *rest)
    )


@pytest.mark.parametrize("poster", [YEARLY, MONTHLY])
def test_only_embedded_subsets_of_the_mainland_cut_are_in_it_and_it_is_tagged(
    content: Content, chinese: Type, tmp_path: Path, poster: str
) -> None:
    reader = pypdf.PdfReader(BytesIO(printed(tmp_path, chinese, one(content, poster), content)))
    (page,) = reader.pages
    resources = page["/Resources"]["/Font"]  # type: ignore[index] # PDF dictionaries are typed as objects
    for reference in resources.values():
        font = reference.get_object()
        (descendant,) = font["/DescendantFonts"]
        assert re.match(r"/[A-Z]{6}\+Noto(Sans|Serif)CJKsc-", str(font["/BaseFont"])), font["/BaseFont"]
        assert "/FontFile3" in descendant.get_object()["/FontDescriptor"]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"  # type: ignore[index]
    assert "/CreationDate" not in (reader.metadata or {})


def test_the_yearly_notice_says_dates_hours_numbers_and_the_process_but_no_name(
    content: Content, chinese: Type, tmp_path: Path
) -> None:
    text = text_of(printed(tmp_path, chinese, one(content, YEARLY), content))
    for words in (
        "投诉热线接听公告",
        "（2026年度）",
        "9:00–11:30",
        "5日、15日、25日",
        "0791-0000-0001",
        "0797-0000-0013",
        "0791-0000-0000",
        "办理流程",
        "谁接听、谁负责",
        "（盖章处）",
        "演示财险于都支公司",
        one(content, YEARLY).version,
    ):
        assert words in text, words
    assert "赵一" not in text
    assert "陈静" not in text


def test_the_monthly_notice_names_both_leaders_of_each_day(content: Content, chinese: Type, tmp_path: Path) -> None:
    text = text_of(printed(tmp_path, chinese, one(content, MONTHLY), content))
    for words in ("3月5日（星期四）", "钱二（副总经理）", "陈静（副局长）", "3月25日（星期三）", "（盖章处）"):
        assert words in text, words


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s", "", pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text())


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("a3", (842, 1191))])
def test_the_code_on_the_printed_page_leads_to_this_version(
    content: Content, chinese: Type, tmp_path: Path, paper: Paper, points: tuple[int, int]
) -> None:
    poster = one(content, MONTHLY)
    file = tmp_path / "notice.pdf"
    file.write_bytes(printed(tmp_path / "kept", chinese, poster, content, paper))
    (page,) = pypdf.PdfReader(file).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == points
    assert codes_on(file, tmp_path) == [f"https://tenday.example.org/posters/demo-property-yudu/#v-{poster.version}"]


def test_equal_notices_have_equal_versions_and_a_swap_changes_that_month_alone(content: Content) -> None:
    before = {each.id: each.version for each in posters(content, TODAY)}
    assert before == {each.id: each.version for each in posters(content, date(2026, 3, 31))}
    after = {each.id: each.version for each in posters(swapped(content), TODAY)}
    changed = {poster for poster in before if before[poster] != after[poster]}
    assert changed == {f"{branch.id}-2026-03" for branch in content.insurers[0].branches}


def test_a_night_in_which_one_notice_changed_sets_that_one_again(
    content: Content, chinese: Type, tmp_path: Path
) -> None:
    first, *rest = content.insurers
    one_branch = dataclasses.replace(
        content, insurers=(first.model_copy(update={"branches": first.branches[:1]}), *rest)
    )

    def night(office: Content) -> dict[str, int]:
        source = read_shipped().posters[SOURCE]
        typeset(posters(office, TODAY), source, tmp_path, chinese, origin=content.office.origin, paper="a4")
        return {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    before, after = night(one_branch), night(swapped(one_branch))
    assert len(before) == len(after) == 21
    assert len(after.items() - before.items()) == 1


def test_a_notice_with_much_to_say_is_set_smaller_and_one_that_no_sheet_holds_is_refused(
    content: Content, chinese: Type, tmp_path: Path
) -> None:
    poster = one(content, YEARLY)

    def with_steps(count: int) -> Poster:
        return dataclasses.replace(poster, facts=poster.facts | {"steps": poster.facts["steps"] * count})

    long = pypdf.PdfReader(BytesIO(printed(tmp_path, chinese, with_steps(2), content)))
    assert len(long.pages) == 1
    with pytest.raises(Stop, match="does not fit on one sheet"):
        printed(tmp_path, chinese, with_steps(6), content)


def test_a_warning_of_typst_fails(content: Content, chinese: Type, tmp_path: Path) -> None:
    source = read_shipped().posters[SOURCE].replace("font: sys.inputs.serif", 'font: "No Such Song"')
    with pytest.raises(Stop, match="no such song") as stopped:
        typeset([one(content, YEARLY)], source, tmp_path, chinese, origin=content.office.origin, paper="a4")
    assert stopped.value.code is Exit.OUR_FAULT
    assert not list(tmp_path.iterdir())


def test_without_a_chinese_font_a_build_warns_and_a_strict_one_fails(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<fontconfig><dir>/nonexistent</dir></fontconfig>", encoding="utf-8")
    bare = {"FONTCONFIG_FILE": str(fonts), "HOME": str(tmp_path)}
    folder, site = copy_content(tmp_path), tmp_path / "site"
    arguments: list[str | Path] = ["build", "--content", folder, "--site-dir", site, "--today", TODAY.isoformat()]
    ran = tenday(*arguments, env=bare)
    if ran.stdout.count("\n") == 1:
        pytest.skip("typst finds this machine's fonts without fontconfig")
    assert ran.returncode == 0
    assert "fonts-noto-cjk" in ran.stdout
    assert "接听日期确定后提供打印" in (site / "posters" / "demo-life-guixi" / "index.html").read_text(encoding="utf-8")
    assert tenday(*arguments, "--strict", env=bare).returncode == Exit.BAD_CONFIGURATION


def page_of(content: Content, previous: Path | None, today: date = TODAY) -> Mapping[str, bytes]:
    site = assemble(content, today)
    made = posters(site.content, today)
    found = versions(made, read_history(previous), today)
    return pages.render(site, press(read_shipped()), made, found, [each.path for each in made])


def row(files: Mapping[str, bytes], version: str) -> str:
    page = files["posters/demo-property-yudu/index.md"].decode()
    (found,) = re.findall(rf'<tr id="v-{version}">.*?</tr>', page)
    return re.sub("<[^>]+>", "", found)


def yesterday(folder: Path, files: Mapping[str, bytes]) -> Path:
    (folder / "posters").mkdir(parents=True)
    (folder / "posters" / "versions.json").write_bytes(files["posters/versions.json"])
    return folder


def test_the_page_says_current_and_for_an_old_version_replaced_since(content: Content, tmp_path: Path) -> None:
    first = page_of(content, None)
    old = one(content, MONTHLY).version
    assert "现行有效" in row(first, old)
    second = page_of(swapped(content), yesterday(tmp_path / "1", first), date(2026, 3, 5))
    assert "已被替换2026年3月5日起" in row(second, old)
    assert "现行有效" in row(second, one(swapped(content), MONTHLY).version)
    third = page_of(swapped(content), yesterday(tmp_path / "2", second), date(2026, 3, 6))
    assert "已被替换2026年3月5日起" in row(third, old)  # the day stays the day


def test_a_month_that_is_over_is_expired_and_not_replaced(content: Content, tmp_path: Path) -> None:
    later = page_of(content, yesterday(tmp_path, page_of(content, None)), date(2026, 5, 1))
    assert "已过期" in row(later, one(content, MONTHLY).version)


def test_the_current_versions_stand_above_all_others(content: Content, tmp_path: Path) -> None:
    later = page_of(content, yesterday(tmp_path, page_of(content, None)), date(2026, 5, 1))
    page = later["posters/demo-property-yudu/index.md"].decode()
    assert page.rindex("现行有效") < page.index("已过期")


def test_a_version_that_comes_back_is_current_again(content: Content, tmp_path: Path) -> None:
    second = page_of(swapped(content), yesterday(tmp_path / "1", page_of(content, None)), date(2026, 3, 5))
    third = page_of(content, yesterday(tmp_path / "2", second), date(2026, 3, 6))
    assert "现行有效" in row(third, one(content, MONTHLY).version)


def test_versions_that_cannot_be_read_stop_the_build(tmp_path: Path) -> None:
    (tmp_path / "posters").mkdir()
    (tmp_path / "posters" / "versions.json").write_text("[{}]", encoding="utf-8")
    with pytest.raises(Stop, match=r"versions\.json"):
        read_history(tmp_path)


def test_next_year_s_notices_are_there_from_november_on_if_the_year_is_announced(content: Content) -> None:
    assert not [each for each in posters(content, date(2026, 11, 20)) if "-2027" in each.id]
    assert {each.last_day for each in posters(content, date(2025, 11, 20)) if each.id.endswith("-2026")} == {
        date(2026, 12, 31)
    }
    assert Standing.CURRENT.value == "current"  # the word that strangers read in versions.json
