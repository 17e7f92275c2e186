"""Tell what a file really is by its first bytes, and what in it may harm whoever opens it.

Receives a file's content and the name it came under. Hands on a media type, "" where the bytes say nothing, and the
dangers by name. Opens and unpacks nothing; a file that lies about its type is told by the difference.
"""

import re
from enum import StrEnum


class Danger(StrEnum):
    """Why a file is not passed on to a colleague as it is."""

    ENCRYPTED = "encrypted"  # no scanner of a gateway has looked inside
    MACRO = "macro"
    PROGRAM = "program"
    ACTIVE_PAGE = "active-page"  # HTML or SVG: runs in a browser


_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # doc, xls, ppt, msg
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_AT_FOUR = (
    (b"ftypheic", "image/heic"),
    (b"ftypmif1", "image/heic"),
    (b"ftypM4A", "audio/mp4"),
    (b"ftypqt", "video/quicktime"),
    (b"ftyp", "video/mp4"),
)
_WITHIN_ZIP = (
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),  # 国标版式文件 GB/T 33190
)
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<svg|<\?xml[^>]{0,200}>\s*<svg|<script)", re.IGNORECASE)
_PROGRAM_NAMES = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|vbs|vbe|js|jse|wsf|ps1|msi|lnk|hta|jar|apk|iso|img|chm)$", re.IGNORECASE
)
_PAGE_NAMES = re.compile(r"\.x?html?$", re.IGNORECASE)
_TEXT_NAMES = re.compile(r"\.(?:txt|text|csv|md|log)$", re.IGNORECASE)
_PROGRAMS = frozenset({"application/x-msdownload", "application/x-executable", "application/x-ms-shortcut"})
_LOOKED_AT = 4 * 2**20
_ZIP_ENTRY = b"PK\x03\x04"
_ENCRYPTED_BIT = 1
_FLAGS_AT = 6


def real_type(content: bytes) -> str:
    """Return the media type that the first bytes prove; "" where they prove none."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return _type_within_zip(content) if media_type == "application/zip" else media_type
    for magic, media_type in _AT_FOUR:
        if content[4:].startswith(magic):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if _PAGE.match(content[:1000]):
        return "image/svg+xml" if b"<svg" in content[:1000].lower() else "text/html"
    return ""


def text_or_page(name: str, media_type: str) -> str:
    """Return `text/plain` or `text/html` for a file that its name or its mail calls so; "" for any other."""
    page = media_type == "text/html" or _PAGE_NAMES.search(name)
    plain = media_type in {"text/plain", "text/csv", "text/markdown"} or _TEXT_NAMES.search(name)
    return "text/html" if page else "text/plain" if plain else ""


def dangers(name: str, content: bytes) -> tuple[Danger, ...]:
    """Return every danger found, in the order of Danger."""
    found, kind = set[Danger](), real_type(content)
    looked_at = content[:_LOOKED_AT]
    if _is_encrypted(kind, looked_at):
        found.add(Danger.ENCRYPTED)
    if b"vbaProject.bin" in looked_at or (kind == "application/x-ole-storage" and _has_ole_macro(looked_at)):
        found.add(Danger.MACRO)
    if kind in _PROGRAMS or _PROGRAM_NAMES.search(name):
        found.add(Danger.PROGRAM)
    if kind in {"text/html", "image/svg+xml"} or re.search(r"\.(?:html?|xhtml|mht|svg)$", name, re.IGNORECASE):
        found.add(Danger.ACTIVE_PAGE)
    return tuple(danger for danger in Danger if danger in found)


def _type_within_zip(content: bytes) -> str:
    return next((kind for mark, kind in _WITHIN_ZIP if mark in content[:_LOOKED_AT]), "application/zip")


def _is_encrypted(kind: str, content: bytes) -> bool:
    if kind == "application/pdf":
        return b"/Encrypt" in content
    if kind == "application/x-ole-storage":  # OOXML under a password, and its stream's name in UTF-16
        return "EncryptedPackage".encode("utf-16-le") in content
    if content.startswith(_ZIP_ENTRY):
        return any(content[at + _FLAGS_AT] & _ENCRYPTED_BIT for at in _zip_entries(content))
    return False


def _zip_entries(content: bytes) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(_ZIP_ENTRY), content[:-_FLAGS_AT])][:1000]


def _has_ole_macro(content: bytes) -> bool:
    return any(name.encode("utf-16-le") in content for name in ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR"))
