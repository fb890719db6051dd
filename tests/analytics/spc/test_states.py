import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics import spc
from analytics.outcomes import AnalyticsError

NAN = np.nan
CALM = [50.0, 51, 49, 50, 52, 48, 50, 51, 49, 50, 51, 49, 50, 51]


def one(values, direction=1, target=NAN, **options):
    states = spc.xmr_states([values], direction, target, **options)
    return states, spc.describe(states, 0)


@pytest.mark.parametrize(
    ("direction", "end", "variation"),
    [
        (1, 70, "better_high"), (1, 30, "worse_low"), (-1, 70, "worse_high"),
        (-1, 30, "better_low"), (0, 70, "other_high"), (0, 30, "other_low"),
    ],
)  # fmt: skip
def test_variation_follows_the_direction(direction, end, variation):
    _, finding = one([*CALM, end], direction)
    assert (str(finding.variation), str(finding.rule), finding.low, finding.run) == (variation, "outside", end < 50, 1)


def test_shift_counts_its_run_over_a_gap():
    states, finding = one([*([44.0, 40] * 10), 47, 46, 47, NAN, 46, 47, 46, 47, 46.5, NAN])
    assert (finding.key, finding.run) == ("shift_high", 8)
    assert states.latest[0] == 28
    assert states.point_flags[0][[23, 29]].tolist() == [0, 0]
    assert (
        spc.sentence(finding, "days") == "8 days in a row above the usual level: something has changed for the better."
    )


def test_trend_outranks_shift_and_counts_all_its_points():
    _, finding = one([40, 60] * 10 + [44, 45, 46, 47, 48, 49, 50, 51, 52], -1)
    assert (finding.key, finding.run, str(finding.variation)) == ("trend_high", 9, "worse_high")


@pytest.mark.parametrize("way", [1, -1])
def test_turning_point_of_two_trends_goes_with_the_later(way):
    values = [30.0, 70] * 15 + [41, 43, 45, 47, 49, 51, 53, 51.5, 49.5, 47.5, 45.5, 43.5, 41.5]
    states, _ = one([100 + way * value for value in values])
    assert spc.rule_of(states.point_flags[0][-13:]).tolist() == [2] * 13
    assert spc.is_low(states.point_flags[0][-13:]).tolist() == [way < 0] * 6 + [way > 0] * 7


@pytest.mark.parametrize("value", [0.0, 5.0, 0.1, 1 / 3])
def test_equal_points_have_flat_limits_and_no_mark(value):
    states, finding = one([value] * 17, 1, value)
    assert states.mean[0] == states.lower[0] == states.upper[0] == value
    assert not states.point_flags.any()
    assert (finding.key, finding.assurance) == ("flat", spc.Assurance.NONE)


def test_one_event_in_weeks_of_nothing_does_not_put_every_day_outside():
    states, _ = one([0.0] * 40 + [1.0] + [0.0] * 20, -1)
    assert states.lower[0] < 0 < states.upper[0] < 1
    assert np.flatnonzero(spc.rule_of(states.point_flags[0]) == spc.Rule.OUTSIDE).tolist() == [40]


@pytest.mark.parametrize(("points", "key"), [([], "no_data"), ([NAN, NAN], "no_data"), ([NAN, 4.0], "too_few")])
def test_without_enough_points_there_is_no_icon(points, key):
    states, finding = one(points)
    assert (finding.key, str(finding.variation), str(finding.assurance)) == (key, "", "")
    assert np.isnan(states.lower[0])
    assert not states.provisional[0]


@pytest.mark.parametrize(("points", "provisional"), [(12, True), (13, False)])
def test_limits_are_provisional_below_thirteen_points(points, provisional):
    _, finding = one(CALM[:points])
    assert finding.provisional is provisional


def test_given_limits_are_used_and_not_computed():
    limits = spc.xmr_limits([CALM])
    states, finding = one([60.0] * 8, -1, 45.0, limits=limits)
    assert (states.mean[0], states.n_points[0]) == (limits.mean[0], len(CALM))
    assert (finding.key, str(finding.assurance)) == ("outside_high", "fails")


def test_given_limits_say_nothing_where_no_figure_came():
    states, finding = one([NAN, NAN], -1, 45.0, limits=spc.xmr_limits([CALM]))
    assert np.isnan([states.mean[0], states.lower[0], states.upper[0]]).all()
    assert spc.sentence(finding) == "No figures yet."


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ([0.0], "All figures are the same."),
        ([5.0], "The latest figure is unusually high: something has changed for the worse."),
        ([5.0, 0.0], "Within the usual ups and downs."),
    ],
)
def test_figures_that_leave_flat_limits_are_not_called_the_same(later, told):
    chart = spc.xmr_chart([0.0] * 13 + later, -1, limits_from=13)
    assert spc.sentence(spc.describe(chart.latest, 0)) == told
    assert chart.latest.flat[0] == (later == [0.0])


@pytest.mark.parametrize(
    ("values", "direction", "target", "says"),
    [
        ([1.0, 2.0], 1, NAN, "two-dimensional"),
        ([[1.0, 2.0]], 2, NAN, "direction"),
        ([[1.0, 2.0]], [1, 1], NAN, "direction"),
        ([[1.0, 2.0]], 1, [1.0, 2.0], "target"),
        ([[1.0, np.inf]], 1, NAN, "infinite"),
        ([[-np.inf, np.inf]], 1, NAN, "infinite"),
    ],
)
def test_bad_input_is_refused(values, direction, target, says):
    with pytest.raises(AnalyticsError, match=says):
        spc.xmr_states(values, direction, target)


@pytest.mark.parametrize(
    "wrong", [{"phase_starts": [0]}, {"phase_starts": [3, 2]}, {"phase_starts": [14]}, {"limits_from": 1}]
)
def test_chart_refuses_phases_outside_the_series(wrong):
    with pytest.raises(AnalyticsError):
        spc.xmr_chart(CALM, 1, **wrong)


numbers = st.one_of(st.just(NAN), st.floats(-1e6, 1e6), st.integers(0, 3).map(float))


@settings(max_examples=150, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(0, 5), st.integers(0, 30)), elements=numbers))
def test_limits_are_finite_or_absent_and_series_do_not_touch_each_other(values):
    states = spc.xmr_states(values, 1, 2.0)
    known = (~np.isnan(values)).sum(axis=1)
    assert (np.isfinite(states.mean) == (known > 0)).all()
    assert (np.isfinite(states.lower) == (known > 1)).all()
    for i, row in enumerate(values):
        alone = spc.xmr_states(row[~np.isnan(row)][None], 1, 2.0)
        assert alone.point_flags[0].tolist() == states.point_flags[i][~np.isnan(row)].tolist()
        assert (alone.variation[0], alone.assurance[0], alone.run[0]) == (
            states.variation[i], states.assurance[i], states.run[i],
        )  # fmt: skip


def test_chunks_are_invisible():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (2500, 20))
    values[2000, 3] = NAN
    whole = spc.xmr_states(values, -1, 0.5)
    for i in (0, 1023, 1024, 2000, 2499):
        alone = spc.xmr_states(values[i : i + 1], -1, 0.5)
        assert alone.point_flags[0].tolist() == whole.point_flags[i].tolist()
        assert alone.mean[0] == pytest.approx(whole.mean[i], rel=1e-12)
        assert (alone.variation[0], alone.assurance[0]) == (whole.variation[i], whole.assurance[i])


@pytest.mark.parametrize(
    ("values", "target", "told"),
    [
        ([], NAN, "No figures yet."),
        ([3.0], NAN, "Too few figures to tell what is usual."),
        ([3.0] * 14, 2.0, "All figures are the same."),
        (CALM, 80.0, "Within the usual ups and downs. As things are, the target is missed every time."),
        (CALM, 20.0, "Within the usual ups and downs. As things are, the target is met every time."),
        (CALM, 50.0, "Within the usual ups and downs. As things are, the target is met some of the time, by chance."),
        (CALM[:5], NAN, "Within the usual ups and downs. (Early days: limits from only 5 days.)"),
    ],
)
def test_sentence_is_plain(values, target, told):
    _, finding = one(values, 1, target)
    assert spc.sentence(finding, "days") == told
