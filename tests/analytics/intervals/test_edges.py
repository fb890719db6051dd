"""What has no interval says why, bad input is refused, and a light import stays light."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import intervals
from analytics.outcomes import AnalyticsError, CountError, Reason, SettingError, ShapeError, sentence

ONE = (intervals.wilson, intervals.clopper_pearson)
RATES = (intervals.poisson_exact, intervals.byar, intervals.rate)
TWO_SHARES = (
    intervals.newcombe_difference,
    intervals.miettinen_nurminen_difference,
    intervals.katz_ratio,
    intervals.miettinen_nurminen_ratio,
)
TWO_RATES = (intervals.rate_difference, intervals.rate_ratio)


@pytest.mark.parametrize("method", [*ONE, *RATES])
def test_nothing_known_and_nobody_counted_are_two_reasons(method):
    found = method([np.nan, 3, 0, 3], [10, np.nan, 0, 10])
    assert found.reason.tolist() == [Reason.NO_DATA, Reason.NO_DATA, Reason.ZERO_DENOMINATOR, Reason.COMPUTED]
    assert np.isnan(np.array(found[:3])[:, :3]).all()
    assert np.isfinite(np.array(found[:3])[:, 3]).all()
    assert "no data" in sentence(int(found.reason[0]))


@pytest.mark.parametrize("method", [*TWO_SHARES, *TWO_RATES])
def test_two_groups_of_which_one_is_missing(method):
    found = method([np.nan, 3, 3, 3], [10, 10, 10, 10], [4, 4, 0, 4], [10, np.nan, 0, 20])
    assert found.reason.tolist() == [Reason.NO_DATA, Reason.NO_DATA, Reason.ZERO_DENOMINATOR, Reason.COMPUTED]
    assert np.isnan(np.array(found[:3])[:, :3]).all()
    assert np.isfinite(np.array(found[:3])[:, 3]).all()


@pytest.mark.parametrize("method", [*ONE, *RATES])
def test_bad_counts_are_refused_everywhere(method):
    for x, n in ((-1, 4), (0, -1), (1, np.inf), (np.inf, 1)):
        with pytest.raises(CountError):
            method(x, n)
    with pytest.raises(ShapeError):
        method([1, 2], [3, 4, 5])
    for confidence in (0, 1, 95, -0.5, np.nan, np.nextafter(1, 0)):
        with pytest.raises(SettingError):
            method(1, 2, confidence=confidence)


@pytest.mark.parametrize("method", [*TWO_SHARES, *TWO_RATES])
def test_bad_counts_of_two_groups_are_refused_everywhere(method):
    for counts in ((-1, 4, 1, 4), (1, 4, 1, -4), (1, 4, np.inf, np.inf)):
        with pytest.raises(CountError):
            method(*counts)
    with pytest.raises(ShapeError):
        method([1, 2], 3, [1, 1, 1], 5)
    with pytest.raises(SettingError):
        method(1, 4, 1, 4, confidence=1)


@pytest.mark.parametrize("method", TWO_SHARES)
def test_more_events_than_people_are_refused(method):
    with pytest.raises(CountError, match="numerator"):
        method(1, 4, 5, 4)


def test_more_events_than_days_are_a_rate():
    assert float(intervals.rate(9, 3, per=10).estimate) == pytest.approx(30)
    assert float(intervals.rate_ratio(9, 3, 2, 2).estimate) == pytest.approx(3)


def test_ends_of_the_exact_intervals():
    share = intervals.clopper_pearson([0, 7], 7)
    assert (share.lower[0], share.upper[1]) == (0, 1)
    assert share.upper[0] == pytest.approx(1 - 0.025 ** (1 / 7))
    assert share.lower[1] == pytest.approx(0.025 ** (1 / 7))
    none = intervals.poisson_exact(0, 2)
    assert (float(none.estimate), float(none.lower)) == (0, 0)
    assert float(none.upper) == pytest.approx(-np.log(0.025) / 2)


def test_byar_has_no_lower_bound_without_events_and_none_below_zero():
    found = intervals.byar([0, 1, 1], confidence=0.998)
    assert np.isnan(found.lower[0])
    assert found.reason.tolist() == [Reason.NO_EVENTS, 0, 0]
    assert found.upper[0] > 0
    assert found.lower[1] == 0
    assert float(intervals.byar(1).lower) > 0


def test_a_rate_turns_from_exact_to_byar_at_ten_events():
    few, many = intervals.rate([9, 10], 100, per=1000), (intervals.poisson_exact, intervals.byar)
    assert few.lower[0] == many[0](9, 100, per=1000).lower
    assert few.lower[1] == many[1](10, 100, per=1000).lower
    assert intervals.rate(10, 100, method="exact").upper == many[0](10, 100).upper
    assert intervals.rate(9, 100, method="byar").upper == many[1](9, 100).upper
    with pytest.raises(SettingError, match="method"):
        intervals.rate(9, 100, method="wald")
    with pytest.raises(SettingError, match="method"):
        intervals.rate_ratio(9, 100, 9, 100, method="wald")


def test_a_ratio_of_proportions_without_events_is_never_given_an_interval_by_adding_halves():
    found = intervals.katz_ratio([0, 4, 0, 9, 9], [9, 9, 9, 9, 9], [4, 0, 0, 20, 8], [20, 20, 20, 20, 20])
    assert found.estimate.tolist()[:2] == [0, np.inf]
    assert np.isnan(found.estimate[2])
    assert found.reason.tolist() == [Reason.NO_EVENTS] * 3 + [Reason.ALL_MET, Reason.COMPUTED]
    assert np.isnan([*found.lower[:4], *found.upper[:4]]).all()
    assert found.estimate[3] == 1


def test_bounds_of_a_ratio_that_no_float_holds_are_absent():
    for found in (
        intervals.katz_ratio([1e-9, 1], 4, 2, 4),
        intervals.rate_ratio([1e-9, 1], 4, 2, 4, method="log"),
    ):
        assert found.estimate.tolist() == [5e-10, 0.5]
        assert found.reason.tolist() == [Reason.OUT_OF_RANGE, Reason.COMPUTED]
        assert np.isnan([found.lower[0], found.upper[0]]).all()
        assert found.lower[1] < 0.5 < found.upper[1]


def test_ratios_of_rates_without_events():
    exact = intervals.rate_ratio([0, 5, 0], 100, [5, 0, 0], 120)
    assert (exact.estimate[0], exact.lower[0], exact.estimate[1], exact.upper[1]) == (0, 0, np.inf, np.inf)
    assert exact.reason.tolist() == [0, 0, Reason.NO_EVENTS]
    assert 0 < exact.lower[1] < np.inf
    log = intervals.rate_ratio([0, 5, 0, 5], 100, [5, 0, 0, 5], 120, method="log")
    assert log.reason.tolist() == [Reason.NO_EVENTS] * 3 + [0]
    assert np.isnan(log.lower[:3]).all()


def test_score_difference_at_its_ends():
    found = intervals.miettinen_nurminen_difference([0, 7, 0, 7], [5, 7, 5, 7], [0, 0, 9, 9], [9, 9, 9, 9])
    assert found.estimate.tolist() == [0, 1, -1, 0]
    assert (found.upper[1], found.lower[2]) == (1, -1)
    assert (found.lower[0] < 0 < found.upper[0], found.lower[3] < 0 < found.upper[3]) == (True, True)


def test_rate_difference_knows_its_unit():
    plain, scaled = intervals.rate_difference(3, 50, 9, 80), intervals.rate_difference(3, 50, 9, 80, per=1000)
    assert [float(part) for part in scaled[:3]] == pytest.approx([1000 * float(part) for part in plain[:3]])


def test_a_mean_says_why_it_has_no_bounds():
    rows = [[np.nan] * 4, [7.1, np.nan, np.nan, np.nan], [0.1, 0.1, 0.1, np.nan], [1, 2, 3, 4]]
    found = intervals.student(rows)
    assert found.reason.tolist() == [Reason.NO_DATA, Reason.TOO_FEW_POINTS, Reason.ALL_EQUAL, Reason.COMPUTED]
    assert np.isnan(found.estimate[0])
    assert found.estimate[1:].tolist() == [7.1, 0.1, 2.5]
    assert np.isnan([*found.lower[:3], *found.upper[:3]]).all()
    assert intervals.student([]).reason == Reason.NO_DATA
    with pytest.raises(ShapeError):
        intervals.student(4.0)
    for endless in ([1, np.inf], [1e200, 2e200], [1.7e308, 1.7e308]):
        with pytest.raises(AnalyticsError, match="infinite"):
            intervals.student(endless)


def test_a_difference_of_means_says_why_it_has_no_bounds():
    many, few, equal, none = [1.0, 2, 3, 4], [7.0] + [np.nan] * 3, [2.0, 2, 2, np.nan], [np.nan] * 4
    found = intervals.mean_difference(
        [none, many, few, many, equal, equal, many], [many, none, many, few, equal, many, equal]
    )
    assert found.reason.tolist() == [
        *[Reason.NO_DATA] * 2,
        *[Reason.TOO_FEW_POINTS] * 2,
        Reason.ALL_EQUAL,
        *[Reason.COMPUTED] * 2,
    ]
    assert found.estimate[2:].tolist() == [4.5, -4.5, 0, -0.5, 0.5]
    assert np.isnan([*found.estimate[:2], *found.lower[:5], *found.upper[:5]]).all()
    # One side without spread: Student's interval of the other one.
    alone = intervals.student(many)
    assert (found.lower[6], found.upper[6]) == pytest.approx((float(alone.lower) - 2, float(alone.upper) - 2))
    assert (found.lower[5], found.upper[5]) == pytest.approx((2 - float(alone.upper), 2 - float(alone.lower)))


def test_a_difference_of_means_turns_round_scales_and_has_no_largest_number():
    one, two = [1.0, 2, 4, 9], [3.0, 3.5, 8]
    plain, turned = intervals.mean_difference(one, two), intervals.mean_difference(two, one)
    assert (float(turned.lower), float(turned.upper)) == pytest.approx((-float(plain.upper), -float(plain.lower)))
    for scale in (1e144, 1e-100):
        scaled = intervals.mean_difference(np.array(one) * scale, np.array(two) * scale)
        assert [float(part) / scale for part in scaled[:3]] == pytest.approx([float(part) for part in plain[:3]])
    with pytest.raises(AnalyticsError, match="infinite"):
        intervals.mean_difference(one, [1, np.inf])
    with pytest.raises(ShapeError):
        intervals.mean_difference(one, 3.0)
    with pytest.raises(SettingError):
        intervals.mean_difference(one, two, confidence=1)


def test_adjusting_skips_what_was_not_tested_and_refuses_what_is_no_p_value():
    assert intervals.adjust([0.01, np.nan, 0.04], "bonferroni").tolist() == pytest.approx(
        [0.02, np.nan, 0.08], nan_ok=True
    )
    assert intervals.adjust([0.04, np.nan, 0.03], "bh").tolist() == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)
    assert intervals.adjust([[0.01, 0.5], [0.5, 0.01]]).tolist() == [[0.02, 0.5], [0.5, 0.02]]
    assert intervals.adjust([]).size == 0
    for bad in ([1.2], [-0.1]):
        with pytest.raises(AnalyticsError, match="p value"):
            intervals.adjust(bad)
    for unknown in ("none", None, ["holm"]):
        with pytest.raises(SettingError, match="bonferroni"):
            intervals.adjust([0.1], unknown)
    with pytest.raises(ShapeError):
        intervals.adjust(0.1)


@settings(deadline=None)
@given(st.integers(0, 300), st.floats(0.01, 1e6), st.sampled_from([0.8, 0.95, 0.998]))
def test_rate_holds_its_estimate_and_scales(x, n, confidence):
    estimate, lower, upper, reason = (float(part) for part in intervals.rate(x, n, confidence=confidence))
    assert reason == 0
    assert 0 <= lower <= estimate < upper < np.inf
    per = intervals.rate(x, n, per=1000, confidence=confidence)
    assert [float(part) for part in per[:3]] == pytest.approx([1000 * part for part in (estimate, lower, upper)])


def test_shapes_broadcast_as_numpy_does():
    assert intervals.rate(np.ones((3, 1)), np.ones(4)).lower.shape == (3, 4)
    assert intervals.rate_ratio(np.ones((3, 1)), 1, np.ones(4), 2).reason.shape == (3, 4)
    assert intervals.miettinen_nurminen_ratio(1, 4, 2, 5).lower.shape == ()
    assert intervals.wilson([], []).lower.shape == (0,)
    assert intervals.miettinen_nurminen_difference([], [], [], []).lower.shape == (0,)


def test_every_public_name_is_there():
    assert set(intervals.__all__) <= set(dir(intervals))
    for name in intervals.__all__:
        assert getattr(intervals, name).__doc__
    with pytest.raises(AttributeError, match="no attribute"):
        _ = intervals.wald


LIGHT = (
    "from analytics.intervals import Interval, newcombe_difference, wilson, katz_ratio, adjust, rate_difference",
    "import analytics.intervals; analytics.intervals.miettinen_nurminen_ratio(1, 4, 2, 5)",
    "from analytics.shapes import days_since, pareto, proportion_limits, spark_window, stratum_bars",
)


@pytest.mark.parametrize("statement", LIGHT)
def test_what_needs_no_quantile_loads_no_scipy(statement):
    program = f"{statement}\nimport sys\nprint([name for name in sys.modules if name.split('.')[0] == 'scipy'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("call", "loads"), [("rate([0, 40], 1000)", "set()"), ("rate(3, 1000)", "{'scipy.special'}")])
def test_an_exact_interval_loads_the_special_functions_alone_and_only_when_it_is_made(call, loads):
    program = (
        f"from analytics.intervals import rate\nimport sys\n{call}\n"
        "print({'scipy.special', 'scipy.stats', 'scipy.optimize'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loads
