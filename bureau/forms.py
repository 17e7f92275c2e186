"""The letter form: one definition from which the site makes the text and the worker reads it back into fields.

The text is made for people first: a writer can read it, change it, and send it from any program.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from bureau.sheet import Id, Sheet, Text

COLONS = "：:﹕︰∶"
QUOTE = re.compile(r"^\s*(?:[>＞│|]\s*)+")
BRACKETS = str.maketrans("【】〖〗［］", "[][][]")


class Field(Sheet):
    """One question of the form; a `private` one is never published."""

    id: Id
    label: Text
    kind: Literal["line", "text", "choice"]
    required: bool = False
    private: bool = False
    options: tuple[Text, ...] = ()
    help: Text | None = None


class Form(Sheet):
    """A form; `heading` is the line by which the worker knows its text, `ending` the line that ends it."""

    id: Id
    title: Text
    heading: Text
    ending: Text
    fields: tuple[Field, ...]


def form_text(form: Form, values: dict[str, str]) -> str:
    """Write the filled form as text: heading, one `label：value` per field, ending.

    Only a field of kind "text" keeps its line breaks; elsewhere they become spaces, so that no value can add a field.
    """
    lines = [form.heading]
    for field in form.fields:
        value = values.get(field.id, "").strip()
        lines.append(f"{field.label}：{value if field.kind == 'text' else ' '.join(value.splitlines())}")
    return "\n".join([*lines, form.ending]) + "\n"


def read_fields(form: Form, text: str) -> dict[str, str]:
    """Read the fields back from a letter's text; empty when the text holds no such form.

    A value goes on over the following lines until the next label or the ending line. Each label counts once, where it
    stands first: a later line that looks like it belongs to what is being told. Labels may be reordered, numbered,
    quoted (`> `), spaced (`姓　名`), or followed by a note in brackets (`姓名（必填）`).
    """
    lines = [QUOTE.sub("", line).strip() for line in text.splitlines()]
    heading, ending = _plain(form.heading), _plain(form.ending)
    starts = [at for at, line in enumerate(lines) if _plain(line) == heading]
    if not starts:
        return {}
    values: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines[starts[0] + 1 :]:
        if _plain(line) == ending:
            break
        unread = [field for field in form.fields if field.id not in values]
        field, rest = _field_and_rest(line, unread)
        if field is not None:
            current = values.setdefault(field.id, [])
        current.append(rest)
    joined = {field: "\n".join(parts).strip() for field, parts in values.items()}
    return {field: value for field, value in joined.items() if value}


def _field_and_rest(line: str, fields: list[Field]) -> tuple[Field | None, str]:
    for field in fields:
        if (label := _label(field.label).match(line)) is not None:
            return field, line[label.end() :].strip()
    return None, line


@cache
def _label(label: str) -> re.Pattern[str]:
    spaced = r"[ \u3000]*".join(re.escape(character) for character in label)
    return re.compile(rf"(?:[*•·\-]|\d{{1,2}}[.、．)）])?\s*{spaced}\s*(?:[（(][^）)\n]{{0,20}}[）)])?\s*[{COLONS}]")


def _plain(line: str) -> str:
    """Give a line as programs and people may have changed it: width of brackets, spaces, marks of emphasis."""
    return unicodedata.normalize("NFKC", line.translate(BRACKETS)).strip(" *_#").replace(" ", "")
