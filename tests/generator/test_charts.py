"""The geometry of a distribution: all inside the axis, nothing invisible, the promise after the last day in time."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bureau.figures import Point
from generator.charts import VISIBLE, distribution_chart
from generator.kept import distribution


@given(
    st.dictionaries(st.integers(0, 400), st.integers(0, 5000), min_size=1),
    st.integers(1, 60),
)
def test_bars_stand_in_order_within_the_axis_and_no_letter_is_invisible(counts: dict[int, int], promised: int) -> None:
    entries = distribution([Point(label=str(day), value=Decimal(count)) for day, count in counts.items()], promised)
    chart = distribution_chart(entries)
    assert sum(bar.after.letters for bar in chart.bars) == sum(counts.values())
    for left, right in zip(chart.bars, chart.bars[1:], strict=False):
        assert left.start + left.thickness < right.start + 0.02
    for bar in chart.bars:
        assert 0 <= bar.start <= bar.centre <= 100
        assert bar.start + bar.thickness <= 100.02
        assert 0 <= bar.length <= 1
        assert (bar.length >= VISIBLE) == (bar.after.letters > 0)
    late = [bar for bar in chart.bars if bar.after.late]
    assert all(bar.start > chart.promise_at - 0.02 for bar in late)
    assert len(chart.bars) == chart.bars_in_time + len(late)


def test_the_longest_bar_fills_the_chart_and_others_are_in_proportion() -> None:
    chart = distribution_chart(
        distribution([Point(label="1", value=Decimal(10)), Point(label="2", value=Decimal(5))], 4)
    )
    assert [bar.length for bar in chart.bars] == [1.0, 0.5, 0.0, 0.0]
    assert chart.promise_at == 100
