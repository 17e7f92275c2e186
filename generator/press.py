"""The templates, ready to be filled: one Jinja2 environment over what ships, with the few filters that pages need.

Receives Shipped; hands on an environment that reads no disk. A name that a template misspells is an error, not a gap.
"""

import re
from urllib.parse import quote

import jinja2

from generator.charts import distribution_chart
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
    environment.filters |= {"markdown": as_markdown, "query": as_query, "dialled": dialled}
    environment.globals["distribution_chart"] = distribution_chart
    environment.globals["stale_figures"] = stale_figures
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
