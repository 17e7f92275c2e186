"""Published figures: a rate and its counts cannot say different things."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.figures import FigureSet, percentage
from bureau.yaml_source import read_sheet


def test_the_rate_of_the_article_is_what_its_counts_give() -> None:
    assert percentage(105, 135) == Decimal("77.8")
    assert percentage(105, 135, like=Decimal(78)) == Decimal(78)
    assert percentage(105, 135, like=Decimal("77.78")) == Decimal("77.78")


def test_halves_are_rounded_up_as_a_reader_does() -> None:
    assert percentage(1, 16) == Decimal("6.3")  # 6.25
    assert percentage(1, 200, like=Decimal(1)) == Decimal(1)  # 0.5


@given(of=st.integers(1, 10**6), data=st.data())
def test_a_percentage_stays_between_none_and_all(of: int, data: st.DataObject) -> None:
    counted = data.draw(st.integers(0, of))
    assert 0 <= percentage(counted, of) <= 100
    assert percentage(of, of) == 100


@pytest.mark.parametrize("written", ["1", "77.8", "0.5", "3000"])
def test_a_figure_written_out_again_reads_back_the_same(written: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "format: 1\nid: a\ntitle: t\nsource: s\nas_of: '2012-04'\n"
        f"figures: [{{id: f, label: l, value: {written}, unit: 件, definition: d}}]\n"
    )
    record, _ = read_sheet(path, FigureSet)
    again = record.model_dump(mode="json", exclude_defaults=True)
    assert str(again["figures"][0]["value"]) == written
