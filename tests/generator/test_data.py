"""The open data, judged by others' code: frictionless, openpyxl, the CSV reader."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from bureau.content import load_content
from generator.open_data.tables import tables
from generator.outputs import data
from generator.press import press
from generator.shipped import read_shipped
from generator.site import assemble
from tests.generator.office import TODAY, copy_content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# In a process of its own: frictionless and what it brings warn of their own age when they are imported.
JUDGE = "import json, sys, frictionless; print(json.dumps(frictionless.validate(sys.argv[1]).flatten(['title', 'rowNumber', 'fieldName', 'type'])))"  # noqa: E501 - one line of another program


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    site = assemble(load_content(copy_content(tmp_path_factory.mktemp("office"))), TODAY)
    return data.render(site, press(read_shipped()))


@pytest.fixture
def folder(files: Mapping[str, bytes], tmp_path: Path) -> Path:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "data"


def judged(folder: Path) -> list[Any]:
    command = [sys.executable, "-W", "ignore", "-c", JUDGE, "datapackage.json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=120)
    errors: list[Any] = json.loads(ran.stdout)
    return errors


def test_frictionless_accepts_the_data_package(folder: Path) -> None:
    assert judged(folder) == []


def test_frictionless_names_the_cell_that_somebody_spoilt(folder: Path) -> None:
    path, package = folder / "figures.csv", json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    lines = path.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b",135,", b",1E5x,")
    path.write_bytes(b"\r\n".join(lines))
    resource = next(one for one in package["resources"] if one["name"] == "figures")
    resource |= {"bytes": path.stat().st_size, "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert [error[1:3] for error in judged(folder)] == [[2, "value"]]


def test_a_file_that_was_exchanged_no_longer_has_the_hash_that_the_package_states(folder: Path) -> None:
    with (folder / "places.csv").open("ab") as file:
        file.write(b"atlantis,x,city,\r\n")
    assert "hash-count" in {error[3] for error in judged(folder)}


def test_every_table_is_documented_field_by_field_on_the_page(files: Mapping[str, bytes]) -> None:
    page = files["data/index.md"].decode()
    package = json.loads(files["data/datapackage.json"])
    assert len(package["resources"]) >= 10
    for resource in package["resources"]:
        assert f"{{: #{resource['name']}}}" in page
        for field in resource["schema"]["fields"]:
            assert f"<code>{field['name']}</code>" in page
            assert field["description"]


def test_csv_json_and_workbook_hold_the_same_rows(files: Mapping[str, bytes]) -> None:
    for resource in json.loads(files["data/datapackage.json"])["resources"]:
        name = resource["name"]
        rows = list(csv.DictReader(StringIO(files[f"data/{name}.csv"].decode(), newline="")))
        objects = json.loads(files[f"data/{name}.json"])
        assert [{key: said(value) for key, value in one.items()} for one in objects] == rows
        sheet = openpyxl.load_workbook(BytesIO(files[f"data/{name}.xlsx"]))[name]
        heading, *lines = sheet.iter_rows(values_only=True)
        assert list(heading) == [field["title"] for field in resource["schema"]["fields"]]
        assert [[said(value) for value in line] for line in lines] == [list(row.values()) for row in rows]


def said(value: object) -> str:
    """Say a value as the CSV does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return str(value.date())
    return "" if value is None else str(value)


def test_the_csv_is_rfc_4180_without_a_byte_order_mark(files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".csv"):
            assert not content.startswith(b"\xef\xbb\xbf")
            assert content.endswith(b"\r\n")
            assert content.count(b"\n") == content.count(b"\r\n")


def test_a_text_that_begins_like_a_formula_is_a_text_in_the_workbook(tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    insurers = folder / "insurers.yml"
    text = insurers.read_text(encoding="utf-8")
    insurers.write_text(text.replace("南昌市示例路 11 号", '"=HYPERLINK(1)"', 1), encoding="utf-8")
    made = data.render(assemble(load_content(folder), TODAY), press(read_shipped()))
    sheet = openpyxl.load_workbook(BytesIO(made["data/branches.xlsx"]))["branches"]
    assert [cell.data_type for row in sheet for cell in row if cell.value == "=HYPERLINK(1)"] == ["s"]


def test_linked_data_names_every_file_with_its_length_and_hash_for_schema_org_and_for_dcat(
    files: Mapping[str, bytes],
) -> None:
    linked = json.loads(files["data/dataset.jsonld"])
    assert linked["@type"] == ["DataCatalog", "dcat:Catalog"]
    names = {one["name"] for one in json.loads(files["data/datapackage.json"])["resources"]}
    assert {one["@id"].rpartition("#")[2] for one in linked["dataset"]} == names
    assert linked["dcat:dataset"] == [{"@id": one["@id"]} for one in linked["dataset"]]
    for one in linked["dataset"]:
        assert one["@type"] == ["Dataset", "dcat:Dataset"]
        assert one["dcat:distribution"] == [{"@id": download["@id"]} for download in one["distribution"]]
        assert len(one["distribution"]) == 3
        for download in one["distribution"]:
            content = files["data/" + download["contentUrl"]["@id"].rpartition("/")[2]]
            digest = hashlib.sha256(content).hexdigest()
            assert download["@type"] == ["DataDownload", "dcat:Distribution"]
            assert (download["sha256"], download["contentSize"]) == (digest, f"{len(content)} B")
            assert download["spdx:checksum"]["spdx:checksumValue"]["@value"] == digest
            assert download["spdx:checksum"]["spdx:algorithm"] == {"@id": "spdx:checksumAlgorithm_sha256"}
            assert download["dcat:byteSize"]["@value"] == str(len(content))
            assert download["dcat:downloadURL"] == download["contentUrl"]


def test_linked_data_needs_no_other_host_and_stands_in_the_page(files: Mapping[str, bytes]) -> None:
    linked = json.loads(files["data/dataset.jsonld"])
    assert isinstance(linked["@context"], dict)  # an address here would have to be fetched
    used = {key.partition(":")[0] for key in keys(linked) if ":" in key}
    assert used <= set(linked["@context"])
    (line,) = [line for line in files["data/index.md"].decode().splitlines() if line.startswith("json_ld: ")]
    assert json.loads(line.removeprefix("json_ld: ")) == linked  # the theme puts it into the page's head
    assert "<" not in line


def keys(document: object) -> set[str]:
    """Give every key of a document."""
    if isinstance(document, dict):
        return set(document).union(*map(keys, document.values()))
    return set().union(*map(keys, document)) if isinstance(document, list) else set()


def test_linked_data_names_the_publisher_the_licence_and_the_dates_of_the_content(files: Mapping[str, bytes]) -> None:
    linked = json.loads(files["data/dataset.jsonld"])
    assert linked["publisher"]["name"] == "江西保监局"
    by_name = {one["@id"].rpartition("#")[2]: one for one in linked["dataset"]}
    for one in (linked, *by_name.values()):
        assert one["dct:publisher"] == {"@id": linked["publisher"]["@id"]}
        assert one["dct:license"] == one["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    notices = by_name["notices"]
    assert (notices["datePublished"], notices["dateModified"]) == ("2026-01-04", "2026-01-06")
    assert notices["dct:modified"] == {"@value": "2026-01-06", "@type": "xsd:date"}
    assert by_name["figures"]["dateModified"] == "2026-03-04"
    assert "dateModified" not in by_name["places"]  # nothing in it has a date; that of the build is none of its own


def test_an_office_that_names_no_licence_claims_none(tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    office = folder / "office.yml"
    lines = office.read_text(encoding="utf-8").splitlines(keepends=True)
    office.write_text("".join(line for line in lines if not line.startswith("data_licence:")), encoding="utf-8")
    made = data.render(assemble(load_content(folder), TODAY), press(read_shipped()))
    for name in ("data/dataset.jsonld", "data/datapackage.json", "data/index.md"):
        assert b"licen" not in made[name].lower()


def test_a_day_nobody_reported_is_never_shown_as_no_calls(tmp_path: Path) -> None:
    made = {table.name: table for table in tables(load_content(copy_content(tmp_path)), TODAY)}
    table = made["hotline-days"]
    names = [field.name for field in table.fields]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    by_day = {(row["day"], row["insurer"]): (row["report"], row["calls"]) for row in rows}
    assert by_day[date(2026, 1, 5), "sample-health"] == ("no-calls", 0)
    assert by_day[date(2026, 1, 15), "sample-health"] == ("not-reported", None)
    assert by_day[date(2026, 3, 5), "sample-health"] == ("to-come", None)


def test_two_renderings_are_the_same_bytes(files: Mapping[str, bytes], tmp_path: Path) -> None:
    assert data.render(assemble(load_content(copy_content(tmp_path)), TODAY), press(read_shipped())) == files
