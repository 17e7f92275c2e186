"""The geometry of charts: all inside the axis, nothing invisible, the promise after the last day in time."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bureau.figures import Point
from generator.charts import VISIBLE, bar_chart, distribution_chart, line_chart, stacked_bar
from generator.kept import distribution


@given(
    st.dictionaries(st.integers(0, 400), st.integers(0, 5000), min_size=1),
    st.integers(1, 60),
)
def test_bars_stand_in_order_within_the_axis_and_no_letter_is_invisible(counts: dict[int, int], promised: int) -> None:
    entries = distribution([Point(label=str(day), value=Decimal(count)) for day, count in counts.items()], promised)
    chart = distribution_chart(entries)
    assert sum(bar.value for bar in chart.bars) == sum(counts.values())
    for left, right in zip(chart.bars, chart.bars[1:], strict=False):
        assert left.start + left.thickness < right.start + 0.02
    for bar in chart.bars:
        assert 0 <= bar.start <= bar.centre <= 100
        assert bar.start + bar.thickness <= 100.02
        assert 0 <= bar.length <= 1
        assert (bar.length >= VISIBLE) == (bar.value > 0)
    late = [bar for bar in chart.bars if bar.late]
    assert all(bar.start > chart.promise_at - 0.02 for bar in late)
    assert len(chart.bars) == chart.bars_in_time + len(late)


def test_the_longest_bar_fills_the_chart_and_others_are_in_proportion() -> None:
    chart = distribution_chart(
        distribution([Point(label="1", value=Decimal(10)), Point(label="2", value=Decimal(5))], 4)
    )
    assert [bar.length for bar in chart.bars] == [1.0, 0.5, 0.0, 0.0]
    assert chart.promise_at == 100


VALUES = st.lists(st.tuples(st.text(max_size=5), st.integers(0, 9_999_999).map(Decimal)), min_size=1, max_size=40)


@given(VALUES)
def test_columns_have_no_promise_to_break_and_lines_stay_between_zero_and_the_top(
    values: list[tuple[str, Decimal]],
) -> None:
    chart = bar_chart(values)
    assert chart.promise_at == 100
    assert not any(bar.late for bar in chart.bars)
    dots = line_chart(values)
    assert [dot.value for dot in dots] == [bar.value for bar in chart.bars]
    assert all(0 < dot.across < 100 and 0 <= dot.height <= 1 for dot in dots)


@given(VALUES)
def test_the_parts_of_a_whole_fill_it_and_keep_their_order(values: list[tuple[str, Decimal]]) -> None:
    segments = stacked_bar(values)
    whole = sum(value for _, value in values)
    assert sum(segment.value for segment in segments) == whole
    assert [segment.rank for segment in segments] == [rank for rank, (_, value) in enumerate(values, 1) if value]
    if whole:
        assert abs(segments[-1].start + segments[-1].width - 100) < 0.03
