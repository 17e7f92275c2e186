"""The templates, ready to be filled: one Jinja2 environment over what ships, with the few filters that pages need.

Receives Shipped; hands on an environment that reads no disk. A name that a template misspells is an error, not a gap.
"""

import re
from decimal import Decimal
from urllib.parse import quote

import jinja2

from bureau.figures import Point
from generator.charts import bar_chart, distribution_chart, line_chart, stacked_bar
from generator.linked_data import data_set, hotline_events, office_data, reception_events
from generator.series import Entry
from generator.shipped import Shipped
from generator.subscriptions.freshness import stale_figures

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!])")  # < > & are left to the escaping of HTML


def press(shipped: Shipped) -> jinja2.Environment:
    """Make the environment; pages are found below `pages/`, everything else by its own name."""
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(
            {f"pages/{path}": text for path, text in shipped.pages.items()} | dict(shipped.templates)
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Front matter is YAML, and YAML knows no surrogate pairs: 𠮷 must stay one character.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    environment.filters |= {
        "dated": dated,
        "dialled": dialled,
        "markdown": as_markdown,
        "point": as_point,
        "query": as_query,
    }
    environment.globals |= {
        "bar_chart": bar_chart,
        "data_set": data_set,
        "distribution_chart": distribution_chart,
        "hotline_events": hotline_events,
        "line_chart": line_chart,
        "office_data": office_data,
        "reception_events": reception_events,
        "stacked_bar": stacked_bar,
        "stale_figures": stale_figures,
    }
    return environment


def as_markdown(text: str) -> str:
    """Let a text stand in Markdown as it is, whatever characters it holds."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def as_query(text: str) -> str:
    """Let a text stand in the query of a mailto address; lines end with CR LF there (RFC 6068, section 5)."""
    return quote(text.replace("\n", "\r\n"), safe="")


def dialled(number: str) -> str:
    """Give a telephone number as a tel: address wants it."""
    return re.sub(r"[^\d+]", "", number)


def as_point(point: Point) -> tuple[str, Decimal]:
    """Give a point of a figure as charts take it."""
    return point.label, point.value


def dated(entry: Entry) -> tuple[str, Decimal]:
    """Give a value of a series as charts take it: labelled with the month of its cut-off."""
    return entry.as_of[: len("2026-03")], entry.figure.value
