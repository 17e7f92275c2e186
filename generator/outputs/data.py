"""The open data below data/: every table in three forms, their description for machines, and a page for people."""

import json
from collections.abc import Mapping
from typing import Any

import jinja2

from generator.open_data.description import data_package
from generator.open_data.files import as_csv, as_json, as_workbook
from generator.open_data.linked import catalogue
from generator.open_data.tables import tables
from generator.site import Site
from generator.words import said


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write all files of the open data."""
    office, made = site.office, tables(site.content, site.today)
    files: dict[str, bytes] = {}
    for table in made:
        files |= {f"{table.name}.csv": as_csv(table), f"{table.name}.json": as_json(table)}
        files[f"{table.name}.xlsx"] = as_workbook(table)
    title, about = said("open_data", office=office.name), said("about_open_data", office=office.name)
    linked = catalogue(office, made, files, title, about)
    package = data_package(office, made, files, title)
    page = templates.get_template("data.md").render(site=site, tables=made, about=about, linked=linked)
    files |= {"datapackage.json": _json(package), "dataset.jsonld": _json(linked)}
    return {f"data/{name}": data for name, data in files.items()} | {"data/index.md": page.encode()}


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
