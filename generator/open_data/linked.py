"""The open data as linked data (JSON-LD): one catalogue that readers of schema.org and of DCAT 3 both understand.

Receives tables and their files; hands on a plain document. Every data set tells who publishes it, under which licence,
when its rows were first and last dated; every file its address, kind, length and SHA-256 (SPDX). The context stands in
the document itself: whoever reads it needs no other host.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bureau.office import Office
from generator.open_data.tables import Table

CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LANGUAGE = "zh-CN"
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
REGISTERED = "https://www.iana.org/assignments/media-types/"  # DCAT names a kind of file by its address there


def catalogue(
    office: Office, tables: Sequence[Table], files: Mapping[str, bytes], title: str, about: str
) -> dict[str, Any]:
    """Describe all tables; `files` are keyed by name below data/."""
    home = office.origin + "data/"
    sets = [_data_set(office, home, table, files) for table in tables]
    return {
        "@context": CONTEXT,
        "@id": home,
        "@type": ["DataCatalog", "dcat:Catalog"],
        **_named(title, about),
        "url": _at(home),
        "inLanguage": LANGUAGE,
        **_published(office),
        "publisher": {
            "@id": office.origin,
            "@type": ["GovernmentOrganization", "foaf:Agent"],
            "name": office.name,
            "foaf:name": office.name,
            "url": _at(office.origin),
        },
        **_dates([day for table in tables for day in (table.issued, table.modified) if day]),
        "dataset": sets,
        "dcat:dataset": [_at(one["@id"]) for one in sets],
    }


def _data_set(office: Office, home: str, table: Table, files: Mapping[str, bytes]) -> dict[str, Any]:
    place = f"{home}#{table.name}"
    downloads = [_download(home, f"{table.name}.{form}", files) for form in MEDIA]
    return {
        "@id": place,
        "@type": ["Dataset", "dcat:Dataset"],
        **_named(table.title, table.description),
        "url": _at(place),
        "dcat:landingPage": _at(place),
        "isAccessibleForFree": True,
        **_published(office),
        **_dates([day for day in (table.issued, table.modified) if day]),
        "distribution": downloads,
        "dcat:distribution": [_at(one["@id"]) for one in downloads],
    }


def _download(home: str, name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    kind, length = MEDIA[name.rpartition(".")[2]], len(files[name])
    digest = hashlib.sha256(files[name]).hexdigest()
    return {
        "@id": home + name,
        "@type": ["DataDownload", "dcat:Distribution"],
        "contentUrl": _at(home + name),
        "encodingFormat": kind,
        "contentSize": f"{length} B",
        "sha256": digest,
        "dcat:downloadURL": _at(home + name),
        "dcat:mediaType": _at(REGISTERED + kind),
        "dcat:byteSize": _typed(str(length), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _at("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": _typed(digest, "hexBinary"),
        },
    }


def _named(title: str, about: str) -> dict[str, Any]:
    return {
        "name": title,
        "description": about,
        "dct:title": {"@value": title, "@language": LANGUAGE},
        "dct:description": {"@value": about, "@language": LANGUAGE},
    }


def _published(office: Office) -> dict[str, Any]:
    told: dict[str, Any] = {"creator": _at(office.origin), "dct:publisher": _at(office.origin)}
    if office.data_licence:
        told |= {"license": _at(office.data_licence.address), "dct:license": _at(office.data_licence.address)}
    return told


def _dates(days: Sequence[date]) -> dict[str, Any]:
    if not days:
        return {}
    first, last = min(days).isoformat(), max(days).isoformat()
    return {
        "datePublished": first,
        "dateModified": last,
        "dct:issued": _typed(first, "date"),
        "dct:modified": _typed(last, "date"),
    }


def _at(address: str) -> dict[str, str]:
    return {"@id": address}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}
