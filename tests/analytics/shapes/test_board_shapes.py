"""Pareto, runs of days, groups beside each other, sparkline windows and calendars of a month."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import intervals, shapes
from analytics.outcomes import AnalyticsError, CountError, Reason, SettingError, ShapeError


def test_pareto_orders_and_names_the_vital_few():
    found = shapes.pareto([3, 50, 12, 30, 5])
    assert found.order.tolist() == [1, 3, 2, 4, 0]
    assert found.counts.tolist() == [50, 30, 12, 5, 3]
    assert found.cumulative == pytest.approx([0.5, 0.8, 0.92, 0.97, 1])
    assert found.vital.tolist() == [True, True, False, False, False]
    assert float(found.total) == 100


def test_equals_keep_their_order_and_are_not_parted():
    found = shapes.pareto([4, 4, 4, 8, 0])
    assert found.order.tolist() == [3, 0, 1, 2, 4]
    assert found.vital.tolist() == [True, True, True, True, False]


def test_pareto_of_nothing_says_so():
    found = shapes.pareto([[0, 0], [2, 0]])
    assert found.reason.tolist() == [Reason.NO_DATA, 0]
    assert np.isnan(found.share[0]).all()
    assert not found.vital[0].any()
    assert found.vital[1].tolist() == [True, False]
    assert shapes.pareto([]).reason == Reason.NO_DATA
    for bad in ([1, np.nan], [-1, 2], [np.inf]):
        with pytest.raises(CountError):
            shapes.pareto(bad)
    with pytest.raises(ShapeError):
        shapes.pareto(4)
    with pytest.raises(SettingError):
        shapes.pareto([4], vital_share=0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12).filter(any), st.sampled_from([0.5, 0.8, 1.0]))
def test_vital_few_are_the_fewest_that_reach_the_share(counts, share):
    found = shapes.pareto(counts, vital_share=share)
    ranked = sorted(counts, reverse=True)
    needed = next(k for k in range(1, len(ranked) + 1) if sum(ranked[:k]) >= share * sum(ranked) - 1e-9)
    assert found.vital.tolist() == [count >= ranked[needed - 1] and count > 0 for count in ranked]
    assert found.counts.tolist() == ranked
    assert float(found.share.sum()) == pytest.approx(1)


def test_days_since_with_its_best_and_usual_run():
    falls = [date(2026, 1, 5), date(2026, 3, 1), date(2026, 1, 5), date(2026, 1, 20)]
    found = shapes.days_since(
        [day.toordinal() for day in falls], today=date(2026, 3, 11).toordinal(), since=date(2026, 1, 1).toordinal()
    )
    assert (found.current, found.best, found.is_best) == (10, 40, False)
    assert found.gaps.tolist() == [15, 40]
    assert found.average == pytest.approx(27.5)
    assert found.reason == Reason.COMPUTED
    assert date.fromordinal(found.last) == date(2026, 3, 1)


def test_a_run_may_be_the_best_while_it_lasts():
    found = shapes.days_since([10, 14], today=30, since=9)
    assert (found.current, found.best, found.is_best) == (16, 16, True)
    assert shapes.days_since([10], today=10, since=2).is_best is False
    assert shapes.days_since([10], today=12, since=2).best == 8


def test_days_since_without_events():
    never = shapes.days_since([], today=50, since=20)
    assert (never.current, never.best, never.last, never.reason) == (30, 30, None, Reason.NO_EVENTS)
    nothing = shapes.days_since([], today=50)
    assert (nothing.current, nothing.best, nothing.reason) == (None, None, Reason.NO_DATA)
    once = shapes.days_since([48], today=50)
    assert (once.current, once.best, once.reason) == (2, 2, Reason.TOO_FEW_POINTS)
    assert np.isnan(once.average)


def test_days_outside_the_count_are_refused():
    for events, today, since in (
        ([51], 50, None),
        ([10], 50, 20),
        ([], 50, 60),
        ([1.5], 50, None),
        ([np.nan], 50, None),
    ):
        with pytest.raises(AnalyticsError):
            shapes.days_since(events, today=today, since=since)
    with pytest.raises(ShapeError):
        shapes.days_since([[1]], today=3)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, None]), min_size=1, max_size=40))
def test_days_without_an_event_counted_one_by_one(counts):
    run, wanted = None, []
    for count in counts:
        run = None if count is None else 0 if count else None if run is None else run + 1
        wanted.append(run)
    found = shapes.days_without([np.nan if count is None else count for count in counts])
    assert [None if np.isnan(day) else int(day) for day in found] == wanted


def test_days_without_for_many_series_agree_with_days_since():
    counts = np.array([[0, 1, 0, 0, 3, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    found = shapes.days_without(counts)
    for row, line in zip(counts[:2], found[:2], strict=True):
        assert line[-1] == shapes.days_since(np.flatnonzero(row), today=5).current
    assert np.isnan(found[2]).all()
    with pytest.raises(CountError):
        shapes.days_without([1, -1])
    with pytest.raises(ShapeError):
        shapes.days_without(1)


def test_groups_are_held_against_the_rest_of_them():
    bars = shapes.stratum_bars([40, 10, 30], [100, 50, 60], per=100)
    assert bars.value.estimate.tolist() == pytest.approx([40, 20, 50])
    assert bars.comparator.tolist() == pytest.approx([100 * 40 / 110, 100 * 70 / 160, 100 * 50 / 150])
    alone = intervals.newcombe_difference(10, 50, 70, 160)
    assert float(bars.gap.lower[1]) == pytest.approx(100 * float(alone.lower))
    assert float(bars.whole) == pytest.approx(100 * 80 / 210)
    assert float(bars.low) == pytest.approx(float(bars.value.lower.min()))
    assert float(bars.high) == pytest.approx(float(bars.value.upper.max()))
    assert not bars.is_reference.any()


def test_groups_are_held_against_a_fixed_one():
    bars = shapes.stratum_bars([[40, 10], [4, 8]], [[100, 50], [9, 9]], reference=1)
    assert bars.is_reference.tolist() == [False, True]
    assert bars.gap.estimate[:, 0] == pytest.approx([0.2, -4 / 9])
    assert np.isnan(bars.gap.estimate[:, 1]).all()
    assert bars.gap.reason.tolist() == [[0, Reason.IS_REFERENCE]] * 2
    assert np.isnan(bars.comparator[:, 1]).all()


def test_rates_of_groups_have_intervals_of_rates():
    bars = shapes.stratum_bars([3, 40], [120.5, 900], kind="rate", per=1000)
    assert bars.value.upper.tolist() == intervals.rate([3, 40], [120.5, 900], per=1000).upper.tolist()
    gap = intervals.rate_difference(3, 120.5, 40, 900, per=1000)
    assert float(bars.gap.upper[0]) == pytest.approx(float(gap.upper))
    assert float(bars.gap.estimate[0]) == pytest.approx(-float(bars.gap.estimate[1]))


def test_a_hidden_group_keeps_its_place_and_a_single_one_has_no_rest():
    bars = shapes.stratum_bars([40, np.nan, 30], [100, 7, 60])
    assert bars.value.reason.tolist() == [0, Reason.NO_DATA, 0]
    assert bars.gap.reason.tolist() == [0, Reason.NO_DATA, 0]
    assert float(bars.gap.estimate[0]) == pytest.approx(0.4 - 0.5)
    single = shapes.stratum_bars([4], [9])
    assert single.gap.reason.tolist() == [Reason.ZERO_DENOMINATOR]
    nothing = shapes.stratum_bars([np.nan], [np.nan])
    assert np.isnan([float(nothing.low), float(nothing.high), float(nothing.whole)]).all()


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_groups_changes_nothing(groups, shuffle):
    places = list(range(len(groups)))
    shuffle.shuffle(places)
    x, n = np.array(groups).T
    one, other = shapes.stratum_bars(x, n), shapes.stratum_bars(x[places], n[places])
    assert one.gap.lower[places] == pytest.approx(other.gap.lower)
    assert float(one.high) == pytest.approx(float(other.high))


def test_bad_groups_are_refused():
    with pytest.raises(CountError):
        shapes.stratum_bars([5], [4])
    with pytest.raises(ShapeError):
        shapes.stratum_bars(1, 4)
    for setting in ({"reference": 1}, {"reference": -1}, {"kind": "mean"}, {"confidence": 95}):
        with pytest.raises(SettingError):
            shapes.stratum_bars([1], [4], **setting)


def test_window_holds_the_last_points_with_their_lines():
    found = shapes.spark_window([[9, 1, 2, np.nan, 4]], 4, [[0, 5, np.nan]])
    assert found.values[0].tolist() == pytest.approx([1, 2, np.nan, 4], nan_ok=True)
    assert (float(found.low[0]), float(found.high[0]), int(found.latest[0])) == (0, 5, 3)
    assert found.heights[0].tolist() == pytest.approx([0.2, 0.4, np.nan, 0.8], nan_ok=True)
    assert found.levels[0].tolist() == pytest.approx([0, 1, np.nan], nan_ok=True)


def test_short_flat_and_empty_series_have_a_window_too():
    found = shapes.spark_window([[3, 3], [np.nan, np.nan], [7, np.nan]], 3, [])
    assert np.isnan(found.values[:, 0]).all()
    assert found.heights[0, 1:].tolist() == [0.5, 0.5]
    assert np.isnan(found.low[1])
    assert np.isnan(found.heights[1]).all()
    assert found.latest.tolist() == [2, -1, 1]
    assert shapes.spark_window(np.empty((0, 5)), 3).values.shape == (0, 3)
    assert shapes.spark_window([], 2, [1.0]).latest == -1


def test_bad_windows_are_refused():
    with pytest.raises(SettingError):
        shapes.spark_window([1], 0)
    for endless in ([np.inf], [-1.7e308, 1.7e308]):
        with pytest.raises(AnalyticsError, match="infinite"):
            shapes.spark_window(endless, 2)
    with pytest.raises(AnalyticsError, match="infinite"):
        shapes.spark_window([1.0], 2, [1.7e308])
    with pytest.raises(ShapeError):
        shapes.spark_window([[1], [2]], 2, [[1], [2], [3]])
    with pytest.raises(ShapeError):
        shapes.spark_window(1, 2)


@settings(deadline=None)
@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6)), max_size=30), st.integers(1, 40))
def test_heights_keep_the_order_of_values_between_the_ends(values, length):
    found = shapes.spark_window(values, length)
    there = ~np.isnan(found.values)
    assert found.values.shape == (length,)
    assert ((found.heights[there] >= 0) & (found.heights[there] <= 1)).all()
    assert np.isnan(found.heights[~there]).all()
    ordered = found.heights[there][np.argsort(found.values[there], kind="stable")]
    assert all(a <= b for a, b in pairwise(ordered.tolist()))


def test_a_day_is_told_by_its_loudest_code():
    found = shapes.loudest_by_day(
        [100, 100, 102, 99, 131, 102], [2, 5, 3, 4, 4, 1], rows=[0, 0, 0, 0, 1, 1], n_rows=2, first=100, length=31
    )
    assert found[0, :3].tolist() == [5, 0, 3]
    assert found[1].tolist() == [0, 0, 1, *[0] * 28]
    assert shapes.tally(found, 6).tolist() == [[29, 0, 0, 1, 0, 1], [30, 1, 0, 0, 0, 0]]
    assert shapes.loudest_by_day([], [], first=1, length=28, nothing=1).tolist() == [[1] * 28]


def test_bad_calendars_are_refused():
    with pytest.raises(SettingError, match="row"):
        shapes.loudest_by_day([1], [1], first=1, length=28, rows=[1])
    with pytest.raises(SettingError):
        shapes.loudest_by_day([1], [1], first=1, length=0)
    with pytest.raises(AnalyticsError):
        shapes.loudest_by_day([1.5], [1], first=1, length=28)
    with pytest.raises(ShapeError):
        shapes.loudest_by_day([1, 2], [1, 2, 3], first=1, length=28)
    with pytest.raises(AnalyticsError, match="code"):
        shapes.tally([6], 6)
    with pytest.raises(ShapeError):
        shapes.tally(1, 6)


def test_every_public_name_is_there():
    assert set(shapes.__all__) <= set(dir(shapes))
    for name in shapes.__all__:
        assert getattr(shapes, name).__doc__
    with pytest.raises(AttributeError, match="no attribute"):
        _ = shapes.league_table
