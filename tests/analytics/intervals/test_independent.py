"""Score intervals against a likelihood maximised by brute force, exact ones against sums of probabilities."""

from math import comb, exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from analytics import intervals

Z = 1.959963984540054
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def likeliest(x1, n1, x2, n2, first_of, lowest, highest):
    """The second proportion that makes the counts likeliest where the first follows from it, found by its slope."""

    def slope(q):
        p, steep = first_of(q)
        out = x2 / q - (n2 - x2) / (1 - q)
        return out + (x1 / p - (n1 - x1) / (1 - p)) * steep

    low, high = lowest + 1e-13 * (highest - lowest), highest - 1e-13 * (highest - lowest)
    if slope(low) <= 0:
        return low
    return high if slope(high) >= 0 else brentq(slope, low, high, xtol=1e-15)


def score_of_difference(x1, n1, x2, n2, d):
    q = likeliest(x1, n1, x2, n2, lambda q: (q + d, 1.0), max(0.0, -d), min(1.0, 1 - d))
    p, total = q + d, n1 + n2
    variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * total / (total - 1)
    return (x1 / n1 - x2 / n2 - d) / variance**0.5


def score_of_ratio(x1, n1, x2, n2, r):
    q = likeliest(x1, n1, x2, n2, lambda q: (q * r, r), 0.0, min(1.0, 1 / r))
    p, total = q * r, n1 + n2
    variance = (p * (1 - p) / n1 + r * r * q * (1 - q) / n2) * total / (total - 1)
    return (x1 / n1 - r * x2 / n2) / variance**0.5


TABLES = [
    (3, 25, 9, 40), (5, 56, 1, 29), (40, 41, 2, 90), (1, 3, 2, 3), (120, 1000, 90, 1100), (2, 900, 700, 800),
    (7, 9, 7, 9),
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_bounds_of_the_difference_are_where_the_score_says_so(table):
    found = intervals.miettinen_nurminen_difference(*table)
    assert score_of_difference(*table, float(found.lower)) == pytest.approx(Z, abs=1e-6)
    assert score_of_difference(*table, float(found.upper)) == pytest.approx(-Z, abs=1e-6)


@pytest.mark.parametrize("table", TABLES)
def test_bounds_of_the_ratio_are_where_the_score_says_so(table):
    found = intervals.miettinen_nurminen_ratio(*table)
    assert score_of_ratio(*table, float(found.lower)) == pytest.approx(Z, abs=1e-6)
    assert score_of_ratio(*table, float(found.upper)) == pytest.approx(-Z, abs=1e-6)


@pytest.mark.parametrize(
    "table", [(15, 1000.5, 40, 900.2), (0, 12.5, 3, 40), (4, 30, 0, 80), (0, 10, 0, 25), (9, 3, 2, 900)]
)
def test_bounds_of_the_rate_difference_are_where_the_score_says_so(table):
    x1, n1, x2, n2 = table
    found = intervals.rate_difference(*table)
    for bound, wanted in ((float(found.lower), Z), (float(found.upper), -Z)):
        base = max(0.0, -bound)
        rates = base + np.geomspace(1e-12, 10, 400_001)
        chance = x1 * np.log(rates + bound + 1e-300) + x2 * np.log(rates) - (n1 + n2) * rates
        second = rates[np.argmax(chance)] if x1 + x2 else base
        score = (x1 / n1 - x2 / n2 - bound) / ((second + bound) / n1 + second / n2) ** 0.5
        assert score == pytest.approx(wanted, rel=2e-4)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS)
def test_score_difference_holds_its_estimate_and_mirrors(one, two):
    (x1, n1), (x2, n2) = one, two
    first, second = [x1, x2, n1 - x1], [x2, x1, n2 - x2]  # as it is, groups exchanged, failures counted
    found = intervals.miettinen_nurminen_difference(first, [n1, n2, n1], second, [n2, n1, n2])
    assert not found.reason.any()
    assert (found.lower >= -1).all()
    assert (found.upper <= 1).all()
    assert (found.lower <= found.estimate).all()
    assert (found.estimate <= found.upper).all()
    assert -found.upper[1:] == pytest.approx(found.lower[[0, 0]], abs=1e-7)
    assert -found.lower[1:] == pytest.approx(found.upper[[0, 0]], abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS)
def test_score_ratio_turns_into_its_reciprocal(one, two):
    (x1, n1), (x2, n2) = one, two
    ratio, lower, upper, reason = intervals.miettinen_nurminen_ratio([x1, x2], [n1, n2], [x2, x1], [n2, n1])
    if not x1 and not x2:
        assert np.isnan([ratio, lower, upper]).all()
        assert reason.all()
        return
    assert (lower >= 0).all()
    assert (lower <= ratio).all()
    assert (ratio <= upper).all()
    assert 1 / (upper[1] or np.inf) == pytest.approx(lower[0], rel=1e-6)
    assert (1 / lower[1] if lower[1] else np.inf) == pytest.approx(upper[0], rel=1e-6)


@pytest.mark.parametrize(("x", "n", "confidence"), [(1, 9, 0.95), (4, 31, 0.998), (30, 31, 0.9), (17, 60, 0.95)])
def test_exact_bounds_leave_half_of_the_rest_on_each_side(x, n, confidence):
    found, tail = intervals.clopper_pearson(x, n, confidence=confidence), (1 - confidence) / 2
    low, high = float(found.lower), float(found.upper)
    assert sum(comb(n, k) * low**k * (1 - low) ** (n - k) for k in range(x, n + 1)) == pytest.approx(tail)
    assert sum(comb(n, k) * high**k * (1 - high) ** (n - k) for k in range(x + 1)) == pytest.approx(tail)


@pytest.mark.parametrize(("x", "confidence"), [(1, 0.95), (7, 0.998), (40, 0.9)])
def test_exact_bounds_of_a_count_leave_half_of_the_rest_on_each_side(x, confidence):
    found, tail = intervals.poisson_exact(x, confidence=confidence), (1 - confidence) / 2

    def below(k, mean):
        return sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(k + 1))

    assert 1 - below(x - 1, float(found.lower)) == pytest.approx(tail)
    assert below(x, float(found.upper)) == pytest.approx(tail)


@settings(deadline=None)
@given(st.integers(10, 5000), st.sampled_from([0.9, 0.95, 0.998]))
def test_byar_is_close_to_exact_from_ten_events_on(x, confidence):
    near, exact = (method(x, confidence=confidence) for method in (intervals.byar, intervals.poisson_exact))
    assert float(near.lower) == pytest.approx(float(exact.lower), rel=0.02)
    assert float(near.upper) == pytest.approx(float(exact.upper), rel=0.01)


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_exact_ratio_of_rates_is_a_binomial_in_disguise(one, two):
    (x1, n1), (x2, n2) = one, two
    found = intervals.rate_ratio(x1, n1, x2, n2)
    if not x1 + x2:
        assert np.isnan(float(found.estimate))
        return
    odds = stats.binomtest(x1, x1 + x2).proportion_ci(0.95, method="exact")
    assert float(found.lower) == pytest.approx(odds.low / (1 - odds.low) * n2 / n1, rel=1e-8)
    if x2:
        assert float(found.upper) == pytest.approx(odds.high / (1 - odds.high) * n2 / n1, rel=1e-6)
    else:
        assert float(found.upper) == np.inf


@settings(deadline=None)
@given(st.lists(st.floats(-1000, 1000), min_size=3, max_size=30).filter(lambda v: np.ptp(v) > 1e-3))
def test_student_agrees_with_scipy(values):
    wanted = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = intervals.student([*values, np.nan])
    assert (float(found.lower), float(found.upper)) == pytest.approx((wanted.low, wanted.high), rel=1e-9, abs=1e-9)


MEASURED = st.lists(st.floats(-1000, 1000), min_size=3, max_size=30).filter(lambda v: np.ptp(v) > 1e-3)


@settings(deadline=None)
@given(MEASURED, MEASURED)
def test_a_difference_of_means_agrees_with_scipy(first, second):
    wanted = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    found = intervals.mean_difference([*first, np.nan], second)
    assert float(found.estimate) == pytest.approx(np.mean(first) - np.mean(second), abs=1e-9)
    assert (float(found.lower), float(found.upper)) == pytest.approx((wanted.low, wanted.high), rel=1e-9, abs=1e-9)


def test_a_difference_of_means_by_hand():
    """R's own data `sleep` (Student 1908, after Cushny and Peebles 1905), as the help page of `t.test` prints
    `t.test(extra ~ group, data = sleep)`: t = -1.8608, df = 17.776, 95 % from -3.3654832 to 0.2054832.
    """
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = intervals.mean_difference(one, two)
    assert float(found.estimate) == pytest.approx(0.75 - 2.33)
    assert (float(found.lower), float(found.upper)) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_agree_with_scipy_and_their_order(values):
    assert intervals.adjust(values, "BH") == pytest.approx(stats.false_discovery_control(values), rel=1e-12, abs=1e-300)
    holm, plain = intervals.adjust(values, "holm"), intervals.adjust(values, "bonferroni")
    assert (np.array(values) <= holm).all()
    assert (holm <= plain).all()
    assert (np.diff(holm[np.argsort(values, kind="stable")]) >= 0).all()


def test_interval_covers_as_often_as_it_says():
    """Over 18,000 draws the score intervals miss the truth in about one of twenty; the exact ones never more often."""
    draw = np.random.default_rng(20260311)
    x1, x2 = draw.binomial(40, 0.3, 6_000), draw.binomial(55, 0.2, 6_000)
    gap = intervals.miettinen_nurminen_difference(x1, 40, x2, 55)
    assert np.mean((gap.lower <= 0.1) & (gap.upper >= 0.1)) == pytest.approx(0.95, abs=0.012)
    ratio = intervals.miettinen_nurminen_ratio(x1, 40, x2, 55)
    assert np.mean((ratio.lower <= 1.5) & (ratio.upper >= 1.5)) == pytest.approx(0.95, abs=0.012)
    rate = intervals.rate(draw.poisson(6.0, 6_000), 3.0)
    assert np.mean((rate.lower <= 2) & (rate.upper >= 2)) > 0.95
