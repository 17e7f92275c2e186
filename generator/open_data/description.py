"""What machines read about the data: a Data Package (version 2) and a schema.org Dataset in JSON-LD.

Receives tables and their files; hands on JSON. Each file is named with its length and its SHA-256.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bureau.office import Office
from generator.open_data.tables import Table

DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def data_package(office: Office, tables: Sequence[Table], files: Mapping[str, bytes], title: str) -> bytes:
    """Describe the CSV of every table; `files` are keyed by name below data/."""
    package = {
        "$schema": DATA_PACKAGE,
        "name": f"{office.id}-open-data",
        "title": title,
        "homepage": office.origin + "data/",
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in tables],
    }
    return _json(package)


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


def dataset(office: Office, tables: Sequence[Table], files: Mapping[str, bytes], title: str, about: str) -> bytes:
    """Describe all tables as one schema.org Dataset, which DCAT readers take as well."""
    home = office.origin + "data/"
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": home,
        "name": title,
        "description": about,
        "url": home,
        "inLanguage": "zh-CN",
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": office.name, "url": office.origin},
        "hasPart": [
            {
                "@type": "Dataset",
                "name": table.title,
                "description": table.description,
                "url": f"{home}#{table.name}",
                "creator": {"@type": "GovernmentOrganization", "name": office.name},
                "distribution": [_download(home, f"{table.name}.{form}", files) for form in MEDIA],
            }
            for table in tables
        ],
    }
    return _json(described)


def _download(home: str, name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "contentUrl": home + name,
        "encodingFormat": MEDIA[name.rpartition(".")[2]],
        "contentSize": f"{len(files[name])} B",
        "sha256": hashlib.sha256(files[name]).hexdigest(),
    }


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
