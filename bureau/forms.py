"""The letter form: one definition from which the site makes the text and the worker reads it back into fields.

The text is made for people first: a writer can read it, change it, and send it from any program.
"""

from typing import Literal

from bureau.sheet import Id, Sheet, Text

COLONS = "：:"


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
    stands first: a later line that looks like it belongs to what is being told.
    """
    lines = [line.strip() for line in text.splitlines()]
    if form.heading not in lines:
        return {}
    values: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines[lines.index(form.heading) + 1 :]:
        if line == form.ending:
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
        label, colon, rest = line[: len(field.label)], line[len(field.label) :][:1], line[len(field.label) + 1 :]
        if label == field.label and colon and colon in COLONS:
            return field, rest.strip()
    return None, line
