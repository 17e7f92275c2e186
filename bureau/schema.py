"""JSON Schema of every content file, for editors that complete and check YAML while it is typed.

Receives nothing; hands on one schema for each kind of file, by the name under schema/. Run as a module it writes
them: `python -m bureau.schema schema`. A test compares the committed ones with what this makes.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bureau.desk import DutyRota, SnippetFile, Urgent
from bureau.fieldwork import CampaignFile, VisitFile
from bureau.figures import FigureSet
from bureau.forms import Form
from bureau.hotline import HotlineRule
from bureau.hotline_record import HeldFile
from bureau.insurers import InsurerFile, PlaceFile
from bureau.notices import NoticeFile
from bureau.office import Office
from bureau.organisations import Organisations
from bureau.reception import Receptions
from bureau.releases import Releases
from bureau.sheet import Sheet
from bureau.sheet_files import Categories, People, Promises
from bureau.withdrawn import Withdrawn
from bureau.workdays import WorkdayNotice

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHEETS: dict[str, type[Sheet]] = {
    "campaigns": CampaignFile,
    "categories": Categories,
    "duty": DutyRota,
    "figures": FigureSet,
    "form": Form,
    "hotline": HotlineRule,
    "hotline_held": HeldFile,
    "insurers": InsurerFile,
    "notices": NoticeFile,
    "office": Office,
    "organisations": Organisations,
    "outreach": VisitFile,
    "people": People,
    "places": PlaceFile,
    "promises": Promises,
    "reception": Receptions,
    "releases": Releases,
    "snippets": SnippetFile,
    "urgent": Urgent,
    "withdrawn": Withdrawn,
    "workdays": WorkdayNotice,
}


def schemas() -> dict[str, str]:
    """Give the text of each schema file by its name, the same bytes on every run."""
    return {f"{name}.json": _text(_schema(sheet)) for name, sheet in SHEETS.items()}


def _schema(sheet: type[Sheet]) -> dict[str, Any]:
    return {"$schema": DIALECT, **TypeAdapter(sheet).json_schema()}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main(arguments: list[str]) -> None:
    """Write the schemas into the folder named first."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
