"""What people write stands on the page as they wrote it, whatever characters it holds."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import markdown  # type: ignore[import-untyped] # mkdocs brings it without types; one call here
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.press import as_query, dialled, press
from generator.shipped import read_shipped


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_a_title_in_markdown_reads_as_it_was_written(title: str) -> None:
    page = press(read_shipped()).from_string("# {{ title | markdown }} {: #here}").render(title=title)
    shown = markdown.markdown(page, extensions=["attr_list", "tables", "md_in_html"])
    heading = re.fullmatch(r'<h1 id="here">(.*)</h1>', shown, re.DOTALL)
    assert heading is not None
    assert html.unescape(heading[1]) == title


@pytest.mark.parametrize("title", ['他说"好"', "𠮷野家：# 一", "it's <b>", "a\\b", "yes", "- 一"])
def test_a_title_in_front_matter_survives_yaml(title: str) -> None:
    line = press(read_shipped()).from_string("title: {{ title | tojson }}").render(title=title)
    assert yaml.safe_load(line) == {"title": title}


def test_the_form_in_a_mailto_address_keeps_its_lines() -> None:
    assert unquote(as_query("【来信表】\n姓名：\n")) == "【来信表】\r\n姓名：\r\n"
    assert "&" not in as_query("a&b")


def test_a_telephone_number_is_dialled_without_its_dashes() -> None:
    assert dialled("0791-0000-0000") == "079100000000"
