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
    """Write the filled form as text: heading, one `label：value` per field, ending."""
    lines = [form.heading]
    lines += [f"{field.label}：{values.get(field.id, '').strip()}" for field in form.fields]
    return "\n".join([*lines, form.ending]) + "\n"


def read_fields(form: Form, text: str) -> dict[str, str]:
    """Read the fields back from a letter's text; empty when the text holds no such form.

    A value goes on over the following lines until the next label or the ending line.
    """
    lines = [line.strip() for line in text.splitlines()]
    if form.heading not in lines:
        return {}
    labels = {field.label: field.id for field in form.fields}
    values: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines[lines.index(form.heading) + 1 :]:
        if line == form.ending:
            break
        label, rest = _label_and_rest(line, labels)
        if label is not None:
            current = values.setdefault(labels[label], [])
        current.append(rest)
    joined = {field: "\n".join(parts).strip() for field, parts in values.items()}
    return {field: value for field, value in joined.items() if value}


def _label_and_rest(line: str, labels: dict[str, str]) -> tuple[str | None, str]:
    for label in labels:
        if line.startswith(label) and line[len(label) : len(label) + 1] in tuple(COLONS):
            return label, line[len(label) + 1 :].strip()
    return None, line
