"""Edges and properties of the kinds: bad input, reasons for no limits, flat and locked limits, one series and many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics import spc
from analytics.outcomes import AnalyticsError, CountError, Reason, SettingError, ShapeError
from analytics.spc import Kind, RuleSet

NAN = np.nan
EVENTS = [3.0, 5, 4, 6, 2, 4, 5, 3, 4, 6, 3, 5, 4, 4]
SIZES = [50.0, 60, 55, 48, 52, 61, 49, 50, 58, 55, 47, 53, 60, 51]


def one(kind, values, sizes=None, direction=1, target=NAN, **options):
    found = spc.states(kind, [values], None if sizes is None else [sizes], direction, target, **options)
    return found, spc.describe(found, 0)


@pytest.mark.parametrize(
    ("kind", "values", "sizes", "error", "says"),
    [
        (Kind.P, [[1.0]], None, SettingError, "size"),
        (Kind.C, [[1.0]], [[2.0]], SettingError, "no sizes"),
        (Kind.P, [[1.0, 2.0]], [[2.0]], ShapeError, "shape"),
        (Kind.P, [1.0], [2.0], ShapeError, "two-dimensional"),
        (Kind.P, [[3.0]], [[2.0]], CountError, "denominator"),
        (Kind.U, [[3.0]], [[-2.0]], CountError, "negative"),
        (Kind.U, [[-3.0]], [[2.0]], CountError, "negative"),
        (Kind.C, [[-3.0]], None, CountError, "negative"),
        (Kind.G, [[-3.0]], None, CountError, "negative"),
        (Kind.T, [[-3.0]], None, CountError, "negative"),
        (Kind.P, [[1.0]], [[np.inf]], CountError, "infinite"),
        (Kind.C, [[np.inf, 1.0]], None, CountError, "infinite"),
        (Kind.RUN, [[np.inf, 1.0]], None, CountError, "infinite"),
    ],
)
def test_bad_input_is_refused(kind, values, sizes, error, says):
    for asked in (spc.baseline, spc.states):
        with pytest.raises(error, match=says):
            asked(kind, values, sizes)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e308])
def test_a_value_without_bounds_is_refused_by_all_that_take_a_series(value):
    series, plain = [[1.0, value, 2.0]], spc.baseline(Kind.P, [EVENTS], [SIZES])
    for kind in (Kind.XMR, Kind.RUN, Kind.MR, Kind.C, Kind.G, Kind.T):
        for asked in (spc.figures, spc.baseline, spc.states):
            with pytest.raises(CountError):
                asked(kind, series)
    for ask in (
        lambda: spc.xmr_limits(series),
        lambda: spc.xmr_states(series, 1),
        lambda: spc.median_runs(series),
        lambda: spc.median_runs([[1.0, 2.0]], center=[value]),
        lambda: spc.figures(Kind.U, [[1.0, 2.0, 3.0]], series),
        lambda: spc.lines(plain, series),
        lambda: spc.suggest_phases(Kind.XMR, [*EVENTS, value] * 3),
    ):
        with pytest.raises(CountError):
            ask()


@pytest.mark.parametrize("size", [-1.0, 1e-320])
def test_a_size_that_nothing_is_divided_by_is_refused(size):
    for ask in (
        lambda: spc.states(Kind.U, [[1.0, 2.0]], [[5.0, size]]),
        lambda: spc.lines(spc.baseline(Kind.P, [EVENTS], [SIZES]), [[5.0, size]]),
    ):
        with pytest.raises(CountError):
            ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {"phase_starts": [0]},
        {"phase_starts": [5, 5]},
        {"phase_starts": [14]},
        {"limits_from": 1},
        {"exclude": [14]},
        {"exclude": [-1]},
        {"factor": 0.0},
        {"direction": 3},
    ],
)
def test_chart_refuses_settings_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        spc.chart(Kind.XMR, EVENTS, **wrong)


def test_chart_refuses_no_points_and_limits_of_another_kind():
    with pytest.raises(ShapeError):
        spc.chart(Kind.C, [])
    with pytest.raises(SettingError):
        spc.chart(Kind.C, EVENTS, limits=spc.baseline(Kind.XMR, [EVENTS]))
    with pytest.raises(SettingError):
        spc.chart(Kind.C, EVENTS, limits=spc.baseline(Kind.C, [EVENTS]), limits_from=5)
    with pytest.raises(SettingError):
        spc.lines(spc.baseline(Kind.P, [EVENTS], [SIZES]))


@pytest.mark.parametrize(
    ("kind", "values", "sizes", "reason", "told"),
    [
        (Kind.P, SIZES, SIZES, Reason.ALL_MET, "It was met every time: no limits to draw."),
        (Kind.P_PRIME, [0.0] * 14, SIZES, Reason.ALL_MET, "It was never met: no limits to draw."),
        (Kind.P, [NAN] * 14, SIZES, Reason.NO_DATA, "No figures yet."),
        (Kind.U, EVENTS, [0.0] * 14, Reason.NO_DATA, "No figures yet."),
        (Kind.P_PRIME, [3.0, *[NAN] * 13], SIZES, Reason.TOO_FEW_POINTS, "Too few figures to tell what is usual."),
        (Kind.T, [3.0, 0.0, *EVENTS], None, Reason.OUT_OF_RANGE, "No limits, because a time between events of nothing"),
    ],
)
def test_without_limits_there_is_a_reason_and_no_icon(kind, values, sizes, reason, told):
    states, finding = one(kind, values, sizes, target=0.5)
    assert states.reason[0] == reason
    assert np.isnan([states.lower[0], states.upper[0]]).all()
    assert (str(finding.variation), str(finding.assurance)) == ("", "")
    assert spc.sentence(finding).startswith(told)


@pytest.mark.parametrize(
    ("kind", "values", "sizes", "level"),
    [
        (Kind.XMR, [0.1] * 14, None, 0.1),
        (Kind.T, [7.0] * 14, None, 7.0),
        (Kind.P_PRIME, [n / 10 for n in SIZES], SIZES, 0.1),
        (Kind.U_PRIME, [0.0] * 14, SIZES, 0.0),
        (Kind.I_PRIME, [n / 4 for n in SIZES], SIZES, 0.25),
        (Kind.C_PRIME, [4.0] * 14, None, 4.0),
        (Kind.C, [0.0] * 14, None, 0.0),
        (Kind.G, [0.0] * 14, None, 0.0),
        (Kind.MR, [5.0] * 14, None, 0.0),
    ],
)
def test_equal_points_have_flat_limits_and_no_mark(kind, values, sizes, level):
    for rules in RuleSet:
        states, finding = one(kind, values, sizes, target=level, rules=rules)
        assert [states.mean[0], states.lower[0], states.upper[0]] == pytest.approx([level] * 3, abs=1e-15)
        assert not states.point_flags.any()
        assert (finding.key, finding.assurance) == ("flat", spc.Assurance.NONE)


def test_limits_of_a_share_follow_the_size_of_each_point_and_assurance_the_latest():
    values, sizes = [8.0, 9, 7, 8, 9, 8, 7, 9, 8, 8, 9, 7, 8, 800], [10.0] * 13 + [1000.0]
    chart = spc.chart(Kind.P, values, sizes, direction=1, target=0.7)
    share = sum(values) / sum(sizes)
    assert chart.lines.center == pytest.approx([share] * 14)
    reach = 3 * np.sqrt(share * (1 - share) / np.array(sizes))
    assert chart.lines.lower == pytest.approx(share - reach)
    assert chart.lines.upper == pytest.approx(np.minimum(share + reach, 1))
    assert chart.latest.lower[0] == pytest.approx(chart.lines.lower[-1])
    assert str(chart.assurance) == "passes"
    assert str(spc.chart(Kind.P, values[:13], sizes[:13], direction=1, target=0.7).assurance) == "hit_or_miss"


def test_a_size_of_nothing_is_a_gap():
    gap = spc.chart(Kind.U, [*EVENTS[:7], 0, *EVENTS[7:]], [*SIZES[:7], 0, *SIZES[7:]])
    whole = spc.chart(Kind.U, EVENTS, SIZES)
    assert np.isnan([gap.figures[7], gap.lines.upper[7]]).all()
    assert np.delete(gap.lines.upper, 7) == pytest.approx(whole.lines.upper)


@pytest.mark.parametrize("gap", [False, True])
def test_a_ratio_may_have_numerators_below_nothing(gap):
    sums, sizes = [-5.0, 5, -3, 4, -6, 2], [2.0, 1, 3, 2, 1, 4]
    if gap:
        sums, sizes = [*sums, NAN, 7], [*sizes, 5, 0]
    base = spc.baseline(Kind.I_PRIME, [sums], [sizes])
    assert base.center[0] == pytest.approx((-5 + 5 - 3 + 4 - 6 + 2) / (2 + 1 + 3 + 2 + 1 + 4))


def test_a_point_left_out_is_drawn_but_counts_nowhere():
    values = [*EVENTS[:5], 40.0, *EVENTS[5:]]
    chart = spc.chart(Kind.C, values, exclude=[5])
    assert chart.lines.center[0] == pytest.approx(np.mean(EVENTS))
    assert chart.outside.nonzero()[0].tolist() == [5]
    assert not chart.point_flags.any()
    assert not chart.counted[5]
    assert (chart.phases[0].n_obs, chart.phases[0].runs.n_obs[0]) == (14, 14)


def test_phases_have_limits_of_their_own_and_no_rule_looks_across():
    values = [10.0, 12, 11, 13, 10, 12, 11, 30, 32, 31, 33, 30, 32, 31]
    chart = spc.chart(Kind.XMR, values, phase_starts=[7])
    assert chart.phase.tolist() == [0] * 7 + [1] * 7
    assert chart.lines.center[[0, -1]].tolist() == pytest.approx([np.mean(values[:7]), np.mean(values[7:])])
    assert not chart.point_flags.any()
    ranges = spc.chart(Kind.MR, values, phase_starts=[7])
    assert np.isnan(ranges.figures[[0, 7]]).all()
    assert np.nanmax(ranges.figures) == 3


def test_locked_limits_are_used_and_not_computed():
    locked = spc.baseline(Kind.P_PRIME, [EVENTS], [SIZES])
    later = spc.chart(Kind.P_PRIME, [20.0] * 8, [50.0] * 8, direction=-1, limits=locked)
    assert later.lines.center[0] == locked.center[0]
    assert not later.counted.any()
    assert (later.latest.n_points[0], spc.describe(later.latest, 0).key) == (14, "outside_high")
    assert str(later.variation) == "worse_high"


def test_figures_and_lines_come_per_so_many():
    plain, per = spc.chart(Kind.U, EVENTS, SIZES), spc.chart(Kind.U, EVENTS, SIZES, per=1000)
    assert per.figures == pytest.approx(plain.figures * 1000)
    assert per.lines.upper == pytest.approx(plain.lines.upper * 1000)
    assert per.point_flags.tolist() == plain.point_flags.tolist()
    assert per.latest.upper[0] == pytest.approx(plain.latest.upper[0] * 1000)


def test_narrow_limits_are_told():
    rng = np.random.default_rng(1)
    sizes = np.full(30, 100.0)
    values = np.round(50 + rng.normal(0, 1, 30))
    states, finding = one(Kind.P_PRIME, values, sizes)
    assert states.narrow[0]
    assert "the limits are narrow" in spc.sentence(finding)


def test_run_chart_has_a_median_and_no_limits():
    values = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7]
    states, finding = one(Kind.RUN, values, target=4)
    assert states.mean[0] == np.median(values)
    assert np.isnan(states.lower[0])
    assert (finding.key, str(finding.assurance)) == ("common", "")
    assert one(Kind.RUN, values[:9])[1].key == "too_few"


def test_run_chart_has_no_limits_that_could_be_provisional():
    states, finding = one(Kind.RUN, [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    assert not states.provisional[0]
    assert spc.sentence(finding) == "Within the usual ups and downs."


@pytest.mark.parametrize(("kind", "values"), [(Kind.RUN, np.arange(9.0)), (Kind.T, np.arange(20.0))])
def test_nothing_is_marked_where_nothing_is_told(kind, values):
    states, finding = one(kind, values)
    assert str(finding.variation) == ""
    assert not states.point_flags.any()
    assert (states.rule[0], states.run[0], finding.judgement) == (0, 0, "")


@pytest.mark.parametrize(
    ("kind", "sizes"), [(Kind.P, [10.0]), (Kind.U, [10.0]), (Kind.C, None), (Kind.G, None), (Kind.XMR, None)]
)
def test_one_point_says_nothing_whatever_the_kind(kind, sizes):
    states, finding = one(kind, [5.0], sizes, target=0.9)
    assert states.n_points[0] == 1
    assert spc.sentence(finding) == "Too few figures to tell what is usual."


def test_locked_limits_say_nothing_where_no_figure_came():
    locked = spc.baseline(Kind.P_PRIME, [EVENTS], [SIZES])
    states, finding = one(Kind.P_PRIME, [NAN, 0], [50.0, 0], target=0.001, limits=locked)
    assert states.reason[0] == Reason.NO_DATA
    assert np.isnan([states.mean[0], states.lower[0], states.upper[0]]).all()
    assert spc.sentence(finding) == "No figures yet."


@pytest.mark.parametrize(
    ("name", "kind"), [("I", Kind.XMR), ("pp", Kind.P_PRIME), ("U′", Kind.U_PRIME), ("C'", Kind.C_PRIME)]
)
def test_kinds_have_short_names(name, kind):
    assert spc.kind_of(name) is kind


def test_an_unknown_kind_is_refused():
    with pytest.raises(SettingError):
        spc.kind_of("xbar")


@pytest.mark.parametrize("rules", list(RuleSet))
def test_every_rule_has_a_sentence(rules):
    for rule in rules.value:
        for low in (False,) if rule in spc.SIDELESS else (False, True):
            variation = spc.Variation.OTHER if rule in spc.SIDELESS else spc.Variation.BETTER_HIGH
            finding = spc.Finding(variation, spc.Assurance.NONE, rule, low, 9, 30, provisional=False, flat=False)
            told = spc.sentence(finding, "weeks")
            assert "something has changed" in told
            assert "{" not in told


def test_a_rule_without_a_side_says_that_something_changed_but_not_for_better_or_worse():
    values = [10.0 + (5 if i % 2 else -5) + i / 100 for i in range(20)]
    states, finding = one(Kind.XMR, values, rules=RuleSet.NELSON)
    assert (finding.key, str(finding.variation), finding.run) == ("alternating", "other", 14)
    assert states.variation[0] == spc.Variation.OTHER


def test_few_crossings_are_told_by_the_latest_point():
    _, finding = one(Kind.RUN, [0.0] * 7 + [5.0] * 7 + [1.0] * 7 + [6.0] * 7, rules=RuleSet.ANHOEJ)
    assert finding.key == "few_crossings"


COUNTS = arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 25)), elements=st.integers(0, 12).map(float))


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(list(Kind)), st.sampled_from(list(RuleSet)), st.data())
def test_lines_are_finite_or_absent_with_a_reason_and_series_do_not_touch_each_other(counts, kind, rules, data):
    shape = counts.shape
    gaps = data.draw(arrays(np.bool_, shape, elements=st.integers(0, 5).map(lambda n: n == 0)))
    sizes = np.where(counts > 0, counts, 1) + data.draw(st.integers(0, 9)) if kind.sized else None
    values = np.where(gaps, NAN, counts)
    states = spc.states(kind, values, sizes, 1, 2.0, rules=rules)
    base = spc.baseline(kind, values, sizes, factor=spc.MDC_FACTOR)
    assert (base.reason == states.reason).all()
    for number in (states.mean, states.lower, states.upper):
        assert not np.isinf(number).any()
    if kind is not Kind.RUN:
        assert (np.isnan(states.lower) == (states.reason != Reason.COMPUTED)).all()
    sheet = spc.lines(base, sizes, points=shape[1])
    with np.errstate(invalid="ignore"):
        assert not (sheet.lower > sheet.upper).any()
    for i in range(shape[0]):
        alone = spc.states(kind, values[i : i + 1], None if sizes is None else sizes[i : i + 1], 1, 2.0, rules=rules)
        assert alone.point_flags[0].tolist() == states.point_flags[i].tolist()
        assert (alone.variation[0], alone.rule[0], alone.run[0]) == (states.variation[i], states.rule[i], states.run[i])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), min_size=1, max_size=30),
    st.sampled_from([Kind.P, Kind.U, Kind.P_PRIME, Kind.U_PRIME, Kind.I_PRIME]),
    st.integers(2, 9),
)
def test_more_of_all_leaves_the_center_and_scales_the_limits_of_chance(pairs, kind, times):
    events, sizes = (np.array(side, dtype=float) for side in zip(*((x, x + more) for x, more in pairs), strict=True))
    small, large = spc.baseline(kind, [events], [sizes]), spc.baseline(kind, [events * times], [sizes * times])
    assert large.center == pytest.approx(small.center, nan_ok=True)
    assert large.reason.tolist() == small.reason.tolist()
    if kind in {Kind.P, Kind.U}:
        reach = [
            spc.lines(b, [n], cut=False).upper - b.center[:, None] for b, n in ((small, sizes), (large, sizes * times))
        ]
        assert reach[1] * np.sqrt(times) == pytest.approx(reach[0], nan_ok=True)
    else:
        drawn = [spc.lines(b, [n], cut=False).upper for b, n in ((small, sizes), (large, sizes * times))]
        assert drawn[1] == pytest.approx(drawn[0], nan_ok=True, rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-5, 5) | st.just(NAN), min_size=1, max_size=25), st.sampled_from([Kind.XMR, Kind.RUN, Kind.MR])
)
def test_one_chart_says_what_many_states_say(values, kind):
    chart = spc.chart(kind, values, direction=1)
    states = spc.states(kind, [values], direction=1)
    assert chart.point_flags.tolist() == states.point_flags[0].tolist()
    assert chart.variation == states.variation[0]


def test_a_refusal_is_a_value_error_with_a_sentence():
    with pytest.raises(ValueError, match=r"[a-z]{3}") as refused:
        spc.chart(Kind.P, [5.0], [3.0])
    assert isinstance(refused.value, AnalyticsError)
