"""Funnels: the reference's lines, flags and variance between units; lines and flags never disagree."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import intervals, shapes
from analytics.outcomes import CountError, Reason, SettingError, ShapeError
from tests.analytics.vectors import cases

ALL = cases("standardisation_funnel.json")
WORDS = {
    shapes.Level.HIGH_OUTER: "High (0.001)",
    shapes.Level.HIGH_INNER: "High (0.025)",
    shapes.Level.USUAL: "Not significant",
    shapes.Level.LOW_INNER: "Low (0.025)",
    shapes.Level.LOW_OUTER: "Low (0.001)",
}


def of(kind):
    return [one for one in ALL if one.id == "absent" or one.values[0]["fn"] == kind]


def column(rows, name):
    return np.array([row[name] for row in rows], dtype=float)


@pytest.mark.parametrize("case", of("funnel_limits_proportion"))
def test_lines_agree_with_the_reference(case):
    inputs, rows, scale = case["inputs"], case["expected"], case["multiplier"]
    target = column(inputs, "numerator").sum() / column(inputs, "denominator").sum()
    limits = shapes.proportion_limits(column(rows, "Population"), target)
    assert float(limits.target[0]) * scale == pytest.approx(rows[0]["Baseline"], abs=1e-6)
    names = sorted(name for name in rows[0] if re.match("Lower|Upper", name))
    assert len(names) == 4
    for name in names:
        lines = limits.lower if name.startswith("Lower") else limits.upper
        assert lines[:, 0 if "0025" in name else 1] * scale == pytest.approx(column(rows, name), abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("case", of("funnel_significance_proportion"))
def test_flags_of_proportions_agree_with_the_reference(case):
    found = shapes.proportion_significance(column(case["rows"], "numerator"), column(case["rows"], "denominator"))
    assert [WORDS[shapes.Level(level)] for level in found.level] == [row["significance"] for row in case["rows"]]


@pytest.mark.parametrize("case", of("funnel_significance_ratio"))
def test_flags_of_ratios_agree_with_the_reference(case):
    found = shapes.ratio_significance(column(case["rows"], "obs"), column(case["rows"], "expected"))
    assert [WORDS[shapes.Level(level)] for level in found.level] == [row["significance"] for row in case["rows"]]


@pytest.mark.parametrize("case", of("funnel_overdispersed_proportion"))
def test_variance_between_units_agrees_with_the_reference(case):
    units = case["units"]
    found = shapes.overdispersed_funnel(column(units, "numerator"), column(units, "denominator"), trim=case["trim_by"])
    for name in ("target", "phi", "tau2"):
        assert float(getattr(found, name)) == pytest.approx(case[name], rel=1e-6)
    for mine, name in (
        (found.z, "zscore"), (found.winsorised, "winsorised_z"),
        (found.lower[:, 0], "ll95"), (found.upper[:, 0], "ul95"), (found.lower[:, 1], "ll998"),
        (found.upper[:, 1], "ul998"), (found.wide_lower[:, 1], "odll998"), (found.wide_upper[:, 1], "odul998"),
    ):  # fmt: skip
        assert mine == pytest.approx(column(units, name), rel=1e-6, abs=1e-6), name
    assert found.outside.tolist() == [unit["outlier_998"] for unit in units]
    assert found.wide_outside.tolist() == [unit["outlier_998_overdispersed"] for unit in units]


@settings(deadline=None)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.01, 0.99))
def test_a_unit_is_flagged_where_its_wilson_interval_misses_the_average(counts, target):
    x, n = counts
    level = int(shapes.proportion_significance([x], [n], target).level[0])
    for steps, tail in ((1, 0.975), (2, 0.999)):
        interval = intervals.wilson(x, n, confidence=2 * tail - 1)
        if min(abs(float(interval.lower) - target), abs(float(interval.upper) - target)) < 1e-9:
            continue  # on the line to the last digits: either is right
        assert (level >= steps) == (float(interval.lower) > target)
        assert (level <= -steps) == (float(interval.upper) < target)


def test_points_on_both_sides_of_a_ratio_line_are_told_apart():
    seen = np.array([3, 9, 10, 40])
    curves = shapes.ratio_curves(seen)
    assert curves.high_ratio == pytest.approx(seen[:, None] / curves.high_expected)
    for line, step in ((0, 1), (1, 2)):
        inside = shapes.ratio_significance(seen, curves.high_expected[:, line] * 1.0001)
        beyond = shapes.ratio_significance(seen, curves.high_expected[:, line] * 0.9999)
        assert (inside.level < step).all()
        assert (beyond.level >= step).all()
        inside = shapes.ratio_significance(seen, curves.low_expected[:, line] * 0.9999)
        beyond = shapes.ratio_significance(seen, curves.low_expected[:, line] * 1.0001)
        assert (inside.level > -step).all()
        assert (beyond.level <= -step).all()


def test_no_event_is_never_too_many():
    curves = shapes.ratio_curves([0, 1])
    assert np.isnan(curves.high_ratio[0]).all()
    assert curves.low_ratio[0].tolist() == [0, 0]
    found = shapes.ratio_significance([0, 3, np.nan, 0], [9, 0, 4, 1])
    assert found.level.tolist() == [shapes.Level.LOW_OUTER, 0, 0, 0]
    assert found.reason.tolist() == [0, Reason.ZERO_DENOMINATOR, Reason.NO_DATA, 0]


def test_a_unit_without_data_keeps_its_place_and_changes_nothing():
    plain = shapes.overdispersed_funnel([5, 30, 60], [100, 100, 100])
    gappy = shapes.overdispersed_funnel([5, np.nan, 30, 0, 60], [100, 40, 100, 0, 100])
    assert gappy.reason.tolist() == [0, Reason.NO_DATA, 0, Reason.ZERO_DENOMINATOR, 0]
    assert (float(gappy.phi), float(gappy.tau2)) == pytest.approx((float(plain.phi), float(plain.tau2)))
    assert gappy.wide_lower[[0, 2, 4]] == pytest.approx(plain.wide_lower)
    assert np.isnan(gappy.wide_lower[[1, 3]]).all()
    assert not gappy.outside[[1, 3]].any()
    flags = shapes.proportion_significance([5, np.nan, 30, 0, 60], [100, 40, 100, 0, 100])
    assert flags.level.tolist() == [-2, 0, 0, 0, 2]
    assert flags.reason.tolist() == gappy.reason.tolist()


def test_many_funnels_at_once_are_each_their_own():
    draw = np.random.default_rng(7)
    n = draw.integers(20, 400, (4, 12))
    x = draw.binomial(n, 0.3)
    together = shapes.overdispersed_funnel(x, n)
    for row in range(4):
        alone = shapes.overdispersed_funnel(x[row], n[row])
        assert together.tau2[row] == pytest.approx(float(alone.tau2))
        assert together.wide_upper[row] == pytest.approx(alone.wide_upper)
    flags = shapes.proportion_significance(x, n)
    assert flags.level[2].tolist() == shapes.proportion_significance(x[2], n[2]).level.tolist()


def test_units_like_each_other_and_a_unit_alone_have_no_variance_between_them():
    for x, n in (([30, 31, 29, 30], [100] * 4), ([30], [100])):
        found = shapes.overdispersed_funnel(x, n)
        assert float(found.tau2) == 0
        assert found.wide_upper == pytest.approx(found.upper)
    assert float(shapes.overdispersed_funnel([30], [100], 0.2).tau2) == 0


def test_variance_between_units_begins_where_phi_passes_its_expectation():
    """Of J units around their own average phi is (J - 1) / J by chance, not 1; above that tau2 is too."""
    draw = np.random.default_rng(3)
    found = shapes.overdispersed_funnel(draw.binomial(100, 0.3, (3000, 8)), 100)
    below, above = found.phi < 7 / 8 - 1e-9, found.phi > 7 / 8 + 1e-9
    assert (found.tau2[below] == 0).all()
    assert (found.tau2[above] > 0).all()
    assert (above & (found.phi < 1)).any()
    assert found.tau2[above] == pytest.approx((8 * found.phi[above] - 7) / (8 * 400 - 400))


def test_the_variance_put_in_is_found_again():
    draw = np.random.default_rng(11)
    center = np.arcsin(np.sqrt(0.3)) + draw.normal(0, 0.08, (200, 60))
    n = draw.integers(150, 900, (200, 60))
    found = shapes.overdispersed_funnel(draw.binomial(n, np.sin(center) ** 2), n, trim=0.0)
    assert float(found.tau2.mean()) == pytest.approx(0.08**2, rel=0.06)
    assert found.wide_outside.mean() == pytest.approx(0.002, abs=0.0015)
    assert found.outside.mean() > 0.1


def test_no_line_bends_back_at_the_ends_of_the_scale():
    found = shapes.overdispersed_funnel([0, 1, 9, 12], [12, 13, 10, 12])
    assert (found.wide_lower <= found.lower + 1e-15).all()
    assert (found.wide_upper >= found.upper - 1e-15).all()
    assert found.wide_lower.min() == 0
    assert found.wide_upper.max() == 1
    assert (np.diff(found.wide_lower, axis=-1) <= 0).all()


def test_an_average_of_none_or_all_has_no_lines():
    for x in ([0, 0], [8, 9]):
        found = shapes.overdispersed_funnel(x, [8, 9])
        assert (found.reason == Reason.ALL_MET).all()
        assert np.isnan(found.lower).all()
        assert not found.outside.any()
        assert shapes.proportion_significance(x, [8, 9]).level.tolist() == [0, 0]
    assert shapes.proportion_limits([5, 0], [1, 0.5]).reason.tolist() == [Reason.ALL_MET, Reason.ZERO_DENOMINATOR]
    nobody = shapes.overdispersed_funnel([np.nan, 0], [4, 0])
    assert np.isnan(float(nobody.tau2))
    assert (nobody.reason > 0).all()


def test_bad_input_of_funnels_is_refused():
    for target in (-0.1, 1.1):
        with pytest.raises(CountError):
            shapes.proportion_limits([5], target)
    with pytest.raises(CountError):
        shapes.proportion_limits([-5], 0.5)
    with pytest.raises(CountError):
        shapes.overdispersed_funnel([5, 6], [9, 5])
    with pytest.raises(ShapeError):
        shapes.proportion_limits([1, 2, 3], [0.5, 0.4])
    for method in (shapes.proportion_significance, shapes.overdispersed_funnel):
        with pytest.raises(ShapeError, match="units"):
            method(3, 9)
        with pytest.raises(ShapeError, match="units"):
            method([], [])
    for tails in ((), (0.4,), (0.999, 0.975), (0.975, 0.975), (1.0,)):
        with pytest.raises(SettingError):
            shapes.proportion_limits([5], 0.5, tails=tails)
    with pytest.raises(SettingError, match="two"):
        shapes.ratio_significance([5], [4], tails=(0.975,))
    with pytest.raises(SettingError, match="drawn in"):
        shapes.overdispersed_funnel([5, 6], [9, 9], trim=0.5)


def test_wide_lines_at_the_sizes_of_the_units_are_those_of_their_funnel():
    x, n = np.array([5.0, 30, 60, 70]), np.array([100.0, 90, 110, 400])
    found = shapes.overdispersed_funnel(x, n)
    assert float(found.tau2) > 0
    wide = shapes.overdispersed_limits(n, found.target, found.tau2)
    chance = shapes.overdispersed_limits(n, found.target, 0)
    assert (wide.lower == found.wide_lower).all()
    assert (wide.upper == found.wide_upper).all()
    assert (chance.lower == found.lower).all()
    odd = shapes.overdispersed_limits([0, 10, 10, 10], [0.4, 1.0, 0.4, 0.4], [0.01, 0.01, np.nan, 0])
    assert [int(code) for code in odd.reason] == [
        Reason.ZERO_DENOMINATOR,
        Reason.ALL_MET,
        Reason.NO_DATA,
        Reason.COMPUTED,
    ]
    with pytest.raises(CountError):
        shapes.overdispersed_limits(10, 0.4, -0.1)
    with pytest.raises(ShapeError):
        shapes.overdispersed_limits([10, 20], 0.4, [0, 0, 0])
