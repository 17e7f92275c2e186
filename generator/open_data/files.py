"""A table as files: CSV (RFC 4180, UTF-8), JSON, and a workbook for people who use Excel.

The CSV carries no byte order mark: there is one truth at one address, and Excel users have the workbook.
"""

import csv
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import xlsxwriter

from generator.open_data.tables import Table, Value

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a workbook must hold a date; the build's would be a new file each night


def as_csv(table: Table) -> bytes:
    """Write a header of field names and a line a row, ended by CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode()


def as_json(table: Table) -> bytes:
    """Write a list of objects, one a row and a line."""
    names = [field.name for field in table.fields]
    objects = (dict(zip(names, map(_json_value, row), strict=True)) for row in table.rows)
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in objects)  # with indent it takes ten times as long
    return f"[\n{lines}\n]\n".encode()


def as_workbook(table: Table) -> bytes:
    """Write a workbook with Chinese headings; every text is a text, so that no cell is taken for a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.title, "created": CREATED})
    heading = book.add_format({"bold": True, "bottom": 1})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(table.fields):
        sheet.write_string(0, column, field.title, heading)
        sheet.set_column(column, column, 16)
    for line, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(line, column, value)
            elif isinstance(value, int | Decimal):
                sheet.write_number(line, column, float(value))
            elif isinstance(value, date):
                sheet.write_datetime(line, column, value, days)
            elif value is not None:
                sheet.write_string(line, column, _cell(value))
    book.close()
    return target.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _json_value(value: Value) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() else float(value)
    return _cell(value)
