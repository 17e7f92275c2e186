"""Every mistake of broken/office.yml is named with its file, line and words, and one run names all of them."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bureau.content import load_content
from bureau.faults import FaultyFiles

HERE = Path(__file__).parent
OFFICE = HERE.parent / "offices" / "county"
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "broken" / "office.yml").read_text(encoding="utf-8"))


def make(folder: Path, case: dict[str, Any]) -> None:
    path = folder / case["file"]
    path.parent.mkdir(exist_ok=True)
    if "encoding" in case:
        path.write_bytes(path.read_text(encoding="utf-8").encode(case["encoding"]))
    elif "was" in case:
        text = path.read_text(encoding="utf-8")
        assert case["was"] in text
        path.write_text(text.replace(case["was"], case["now"], 1), encoding="utf-8")
    else:
        path.write_text(case["now"], encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(FaultyFiles) as caught:
        load_content(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OFFICE, tmp_path / "content"))


def test_the_office_that_is_broken_here_is_whole_to_begin_with(office: Path) -> None:
    assert load_content(office).office.name == "清溪县保险服务局"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_gets_exactly_its_own_words(case: dict[str, Any], office: Path) -> None:
    make(office, case)
    assert faults_of(office) == case["faults"]


def test_one_run_over_many_mistakes_lists_all_of_them(office: Path) -> None:
    together = [case for case in CASES if case.get("together")]
    for case in together:
        make(office, case)
    assert len(together) >= 50
    assert sorted(faults_of(office)) == sorted(fault for case in together for fault in case["faults"])


def test_the_table_of_mistakes_is_as_long_as_was_promised() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    with pytest.raises(FaultyFiles) as caught:
        load_content(folder)
    assert str(caught.value) == f"{folder}:1: 没有这个文件夹 (found no folder, expected the content of an office)"


def test_an_empty_folder_misses_each_file_that_every_office_has(tmp_path: Path) -> None:
    names = ["categories.yml", "forms/letter.yml", "hotline.yml", "office.yml", "people.yml", "promises.yml"]
    assert [fault.split(":")[0] for fault in faults_of(tmp_path)] == names
