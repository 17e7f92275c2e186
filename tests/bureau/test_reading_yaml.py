"""One file of YAML: what it becomes, and which words a person reads about each mistake."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bureau.faults import FaultyFiles
from bureau.figures import FigureSet
from bureau.office import Office
from bureau.sheet import Hours, Sheet, Text, TimeZone
from bureau.yaml_parse import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from bureau.yaml_source import read_sheet, read_source


class Small(Sheet):
    """A record with one field of each kind that people get wrong."""

    name: Text
    day: date | None = None
    hours: Hours | None = None
    zone: TimeZone | None = None
    open: bool = True
    count: int = 0
    parts: tuple[Text, ...] = ()


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "x.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def faults_of(path: Path, sheet: type[Sheet] | None = None) -> list[str]:
    with pytest.raises(FaultyFiles) as caught:
        read_source(path) if sheet is None else read_sheet(path, sheet)
    return [str(fault).removeprefix(str(path)) for fault in caught.value.faults]


def table(name: str) -> list[Any]:
    cases = yaml.safe_load((Path(__file__).parent / "broken" / f"{name}.yml").read_text(encoding="utf-8"))
    return [pytest.param(case["text"], case["fault"], id=case["name"]) for case in cases]


@pytest.mark.parametrize(("text", "expected"), table("form"))
def test_a_file_of_broken_form_is_refused_with_its_line(text: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, text)) == [expected]


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, b"name: ok\nday: " + "局".encode("gb18030"))
    assert faults_of(path) == [
        ":2: 文件不是 UTF-8 编码，请另存为 UTF-8 (found other bytes at offset 14, expected UTF-8)"
    ]


def test_a_byte_order_mark_of_windows_is_no_fault(tmp_path: Path) -> None:
    assert read_source(write(tmp_path, b"\xef\xbb\xbfname: x\n")).data == {"name": "x"}


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = write(tmp_path, b"#" * (MAX_BYTES + 1))
    assert faults_of(path) == [
        f":1: 文件有 {MAX_BYTES + 1} 字节，上限 {MAX_BYTES} (found {MAX_BYTES + 1} bytes, expected at most {MAX_BYTES})"
    ]


def test_more_values_than_any_office_has_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, "- a\n" * (MAX_VALUES + 1))) == [
        ":1: 内容过多，上限 500000 个值，请分成几个文件 (found more values, expected at most 500000)"
    ]


def test_a_missing_file_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "x.yml") == [
        ":1: 文件打不开：No such file or directory (found no readable file, expected one)"
    ]


def test_a_bomb_of_aliases_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert faults_of(write(tmp_path, bomb)) == [
        ":2: 不使用锚点和引用；文字以 & 或 * 开头时请加引号 (found an alias, expected the value itself or quotes)"
    ]


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, "- " * 200_000],
    ids=["one too deep", "deep enough to overflow a stack"],
)
def test_a_file_too_deep_is_refused_before_the_parser_drowns(text: str, tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, text)) == [
        ":1: 层次过深，上限 40 (found deeper nesting, expected at most 40 levels)"
    ]


@pytest.mark.parametrize(("text", "expected"), table("values"))
def test_a_wrong_value_is_shown_as_written_with_what_was_expected(text: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, text), Small) == [expected]


def test_all_faults_of_a_file_come_at_once_duplicate_keys_and_wrong_values_alike(tmp_path: Path) -> None:
    path = write(tmp_path, "name: 7\ncount: x\ncount: 1\nday: 2026-02-30\nnmae: y\n")
    assert [fault.split(": ")[1] for fault in faults_of(path, Small)] == ["name", "count", "count", "day", "nmae"]


def test_an_unknown_key_of_the_office_itself_gets_its_nearest_known_one(tmp_path: Path) -> None:
    faults = faults_of(write(tmp_path, "nmae: 某局\n"), Office)
    assert faults[-1].startswith(":1: time_zone: 缺少")
    assert ":1: nmae: 没有这一项，是否想写 name？ (found an unknown field, nearest known field is name)" in faults


def test_a_good_file_becomes_a_frozen_record(tmp_path: Path) -> None:
    text = "name: 热线\nday: 2026-03-05\nhours: {start: '9:00', end: '11:30'}\nzone: Asia/Shanghai\nparts: [甲, 乙]\n"
    record, source = read_sheet(write(tmp_path, text), Small)
    assert record == Small(
        name="热线",
        day=date(2026, 3, 5),
        hours=Hours(start=time(9, 0), end=time(11, 30)),
        zone=ZoneInfo("Asia/Shanghai"),
        parts=("甲", "乙"),
    )
    assert source.line(("parts", 1)) == 5


def test_the_line_of_what_is_not_there_is_that_of_its_nearest_parent(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "a: 1\nlist:\n  - x: 1\n    y: 2\n"))
    places = [("list", 0, "y"), ("list", 0, "z"), ("list", 7), ("nowhere", "deep"), ()]
    assert [source.line(place) for place in places] == [4, 3, 2, 1, 1]


def test_a_number_keeps_the_digits_that_were_written(tmp_path: Path) -> None:
    text = (
        "format: 1\nid: a\ntitle: t\nsource: s\nas_of: '2012'\n"
        "figures: [{id: f, label: l, value: 77.8, unit: '%', definition: d}]\n"
    )
    record, _ = read_sheet(write(tmp_path, text), FigureSet)
    assert record.figures[0].value == Decimal("77.8")


def plain_values() -> st.SearchStrategy[object]:
    scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text() | st.dates(date(1900, 1, 1))
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
        max_leaves=20,
    )


def tuples(value: object) -> object:
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


@given(data=plain_values())
def test_whatever_pyyaml_writes_reads_back_as_pyyaml_reads_it(
    data: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    class NoAliases(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's hook
            return True

    path = tmp_path_factory.mktemp("y") / "x.yml"
    path.write_text(yaml.dump(data, Dumper=NoAliases, allow_unicode=True), encoding="utf-8")
    assert read_source(path).data == tuples(yaml.safe_load(path.read_text(encoding="utf-8")))
