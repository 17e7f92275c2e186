"""The schemas that editors use say what the reader of content says."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bureau.schema import SHEETS, main, schemas

ROOT = Path(__file__).parents[2]
MADE = schemas()


def test_the_committed_schemas_are_what_the_sheets_make() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schema").glob("*.json")}
    assert committed == MADE, "run: python -m bureau.schema schema"


def test_writing_them_puts_each_file_into_the_folder(tmp_path: Path) -> None:
    main([str(tmp_path / "schema")])
    assert sorted(path.name for path in (tmp_path / "schema").iterdir()) == sorted(MADE)


@pytest.mark.parametrize("name", SHEETS)
def test_every_key_has_a_place_and_unknown_ones_are_refused(name: str) -> None:
    schema: dict[str, Any] = json.loads(MADE[f"{name}.json"])
    objects = [schema, *(one for one in schema.get("$defs", {}).values() if one["type"] == "object")]
    assert all(one["additionalProperties"] is False and one["properties"] for one in objects)


@pytest.mark.parametrize("office", ["content", "tests/offices/county"])
def test_the_keys_of_shipped_files_are_those_of_their_schema(office: str) -> None:
    folder = ROOT / office
    for path in folder.rglob("*.yml"):
        name = path.relative_to(folder).parts[0].removesuffix(".yml")
        kind = {"forms": "form", "published": "figures"}.get(name, name)
        schema = json.loads(MADE[f"{kind}.json"])
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(schema.get("required", ())) <= set(data) <= set(schema["properties"])
