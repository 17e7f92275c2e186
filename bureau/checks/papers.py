"""Notices, forms, snippets, urgent words: papers that refer to one another and to files beside them."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from bureau.checks.ids import backwards, doubles, strangers
from bureau.desk import SnippetFile, Urgent
from bureau.faults import Fault
from bureau.forms import COLONS, Form
from bureau.notices import Notice, NoticeFile
from bureau.reading import Read
from bureau.source import Loc, Source

ATTACHMENTS = "attachments"


def check_notices(files: Sequence[Read[NoticeFile]], content: Path) -> list[Fault]:
    """Check all notices: ids and numbers once, dates in order, what they supersede, attachments that are there."""
    faults: list[Fault] = []
    known = {notice.id: notice for sheet, _ in files for notice in sheet.notices}
    seen: set[tuple[str, str]] = set()
    for sheet, source in files:
        for index, notice in enumerate(sheet.notices):
            where = ("notices", index)
            for field in ("id", "number", "index"):
                value = getattr(notice, field)
                if (field, value) in seen:
                    faults.append(source.fault((*where, field), "duplicate_id", found=value))
                if value is not None:
                    seen.add((field, value))
            faults += _check_dates(source, where, notice)
            faults += _check_superseded(source, where, notice, known)
            faults += [
                source.fault((*where, "attachments", turn, "file"), "no_such_file", found=one.file, where=ATTACHMENTS)
                for turn, one in enumerate(notice.attachments)
                if not (content / ATTACHMENTS / one.file).is_file()
            ]
    return faults


def _check_dates(source: Source, where: Loc, notice: Notice) -> list[Fault]:
    faults = backwards(source, (*where, "published"), notice.dated, notice.published)
    faults += backwards(source, (*where, "valid_until"), notice.valid_from or notice.dated, notice.valid_until)
    for turn, change in enumerate(notice.changes):
        faults += backwards(source, (*where, "changes", turn, "on"), notice.published, change.on)
    if notice.cancelled:
        faults += backwards(source, (*where, "cancelled", "on"), notice.published, notice.cancelled.on)
    return faults


def _check_superseded(source: Source, where: Loc, notice: Notice, known: dict[str, Notice]) -> list[Fault]:
    if notice.supersedes is None:
        return []
    place = (*where, "supersedes")
    older = known.get(notice.supersedes)
    if older is None:
        return [source.fault(place, "unknown_reference", found=notice.supersedes, where="notices/")]
    if older.id == notice.id or older.dated > notice.dated:
        return [source.fault(place, "supersedes_later", found=older.id, day=_day(older.dated))]
    return []


def _day(day: date) -> str:
    return day.isoformat()


def check_form(read: Read[Form]) -> list[Fault]:
    """Check a form: its text must read back into the same fields."""
    form, source = read.sheet, read.source
    faults = doubles(source, ("fields",), form.fields, lambda field: field.id)
    faults += doubles(source, ("fields",), form.fields, lambda field: field.label, field="label")
    if form.heading == form.ending:
        faults.append(source.fault(("ending",), "same_line", found=form.ending))
    for index, field in enumerate(form.fields):
        where = ("fields", index)
        if set(COLONS) & set(field.label):
            faults.append(source.fault((*where, "label"), "colon_in_label", found=field.label))
        if (field.kind == "choice") != bool(field.options):
            faults.append(source.fault((*where, "options"), "options_and_choice", found=field.kind))
        faults += doubles(source, (*where, "options"), field.options, lambda option: option, field=None)
    return faults


def check_desk(
    snippets: Read[SnippetFile] | None, urgent: Read[Urgent] | None, categories: Collection[str]
) -> list[Fault]:
    """Check snippets.yml and urgent.yml."""
    faults: list[Fault] = []
    if snippets:
        faults += doubles(snippets.source, ("snippets",), snippets.sheet.snippets, lambda snippet: snippet.id)
        for index, snippet in enumerate(snippets.sheet.snippets):
            where = ("snippets", index, "categories")
            faults += strangers(snippets.source, where, snippet.categories, categories, "categories.yml")
    if urgent:
        faults += doubles(urgent.source, ("words",), urgent.sheet.words, lambda word: word, field=None)
    return faults
