"""What programs read about the tables: a Data Package (version 2).

Receives tables and their files; hands on a plain document. Each CSV is named with its length and its SHA-256.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bureau.office import Office
from generator.open_data.linked import MEDIA
from generator.open_data.tables import Table

DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"


def data_package(office: Office, tables: Sequence[Table], files: Mapping[str, bytes], title: str) -> dict[str, Any]:
    """Describe the CSV of every table; `files` are keyed by name below data/."""
    licence = office.data_licence
    return {
        "$schema": DATA_PACKAGE,
        "name": f"{office.id}-open-data",
        "title": title,
        "homepage": office.origin + "data/",
        **({"licenses": [{"title": licence.name, "path": licence.address}]} if licence else {}),
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in tables],
    }


def _resource(table: Table, data: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": MEDIA["csv"],
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {
            "fields": [
                {"name": one.name, "type": one.type, "title": one.title, "description": one.description}
                for one in table.fields
            ],
            "primaryKey": table.key,
        },
    }
