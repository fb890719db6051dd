"""Days between rare events, evidence case by case, and new levels: edges that no reference has."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import spc
from analytics.outcomes import AnalyticsError, CountError, Reason, SettingError, ShapeError
from analytics.spc import Kind, Verdict

NAN = np.nan


def test_days_between_events():
    found = spc.days_between([0, 1, 0, 0, 2, NAN, 1, 0, 0])
    assert found.days.tolist() == [3, 0, 2]
    assert found.columns.tolist() == [4, 4, 6]
    assert found.unsure.tolist() == [False, False, True]
    assert found.since == 2


@pytest.mark.parametrize("counts", [[], [0, 0, NAN], [0, 1, 0]])
def test_below_two_events_there_is_nothing_between(counts):
    found = spc.days_between(counts)
    assert found.days.shape == found.columns.shape == found.unsure.shape == (0,)
    assert found.since == 1 if 1 in counts else np.isnan(found.since)


@pytest.mark.parametrize(
    ("counts", "error"), [([[1]], ShapeError), ([-1], CountError), ([0.5], CountError), ([np.inf], CountError)]
)
def test_counts_that_cannot_be_are_refused(counts, error):
    with pytest.raises(error):
        spc.days_between(counts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60))
def test_days_between_add_up_to_the_days_from_first_to_last(counts):
    found = spc.days_between(counts)
    events = [day for day, count in enumerate(counts) for _ in range(count)]
    assert len(found.days) == max(len(events) - 1, 0)
    if events:
        assert found.days.sum() == events[-1] - events[0]
        assert found.since == len(counts) - 1 - events[-1]


def test_cusum_signals_and_starts_again():
    found = spc.bernoulli_cusum([1] * 12, 0.1, odds_ratio=2, limit=1.5)
    step = np.log(found.raised / 0.1)
    assert found.up[:2] == pytest.approx([step, 2 * step])
    assert np.flatnonzero(found.signal_up).tolist() == [2, 5, 8, 11]
    assert found.up[[2, 5]].tolist() == [0, 0]
    assert not found.signal_down.any()


def test_cusum_falls_when_harm_stays_away_and_stands_still_where_nothing_is_known():
    found = spc.bernoulli_cusum([[0] * 80, [NAN] * 80], 0.1, limit=3.5)
    assert np.flatnonzero(found.signal_down[0])[0] == int(np.ceil(3.5 / np.log((1 - found.lowered) / 0.9))) - 1
    assert not found.down[1].any()
    assert not found.up.any()


@pytest.mark.parametrize(
    ("events", "expected", "more"),
    [
        ([2], 0.1, {}),
        ([1], 0.0, {}),
        ([1], 1.0, {}),
        ([1], NAN, {}),
        ([1], 0.1, {"odds_ratio": 1}),
        ([1], 0.1, {"limit": 0}),
    ],
)
def test_cusum_refuses_what_cannot_be(events, expected, more):
    with pytest.raises(AnalyticsError):
        spc.bernoulli_cusum(events, expected, **more)


def stepped(*levels, points=30, seed=2):
    rng = np.random.default_rng(seed)
    return np.concatenate([level + rng.normal(0, 1, points) for level in levels])


def test_a_lasting_step_is_suggested_with_its_reason():
    found = spc.suggest_phases(Kind.XMR, stepped(10, 16))
    assert found.starts == (30,)
    (accepted,) = (one for one in found.candidates if one.verdict is Verdict.ACCEPTED)
    assert (accepted.high, accepted.run) == (True, 30)
    assert accepted.after - accepted.before == pytest.approx(6, abs=1)
    assert spc.why(accepted, "days") == (
        "30 days in a row lie above the old level, and the new level holds: new limits could start here."
    )
    chart = spc.chart(Kind.XMR, stepped(10, 16), phase_starts=found.starts)
    assert chart.phase.tolist() == found.phase.tolist()


def test_a_step_that_goes_back_is_not_suggested():
    values = np.concatenate([stepped(10), stepped(16, points=10, seed=3), stepped(10, points=40, seed=4)])
    found = spc.suggest_phases(Kind.XMR, values)
    assert found.starts == ()
    assert {one.verdict for one in found.candidates} == {Verdict.REVERTED}
    assert spc.suggest_phases(Kind.XMR, values, every_shift=True).starts[0] == 30


def test_a_new_level_at_the_end_waits_for_its_points():
    found = spc.suggest_phases(Kind.XMR, np.concatenate([stepped(10, points=36), stepped(16, points=12)]))
    assert found.starts == ()
    assert [one.verdict for one in found.candidates] == [Verdict.TOO_FEW_POINTS]
    assert "too few" in spc.why(found.candidates[0])


def test_a_new_level_waits_for_its_points_also_right_behind_the_first_period():
    found = spc.suggest_phases(Kind.XMR, np.concatenate([stepped(10, points=21), stepped(16, points=12, seed=3)]))
    assert found.starts == ()
    assert [(one.start, one.verdict, one.run) for one in found.candidates] == [(21, Verdict.TOO_FEW_POINTS, 12)]


@pytest.mark.parametrize("every_shift", [False, True])
def test_no_new_limits_are_suggested_where_none_can_be_drawn(every_shift):
    shares = np.concatenate([[44.0, 41, 46] * 7, [50.0] * 25])
    met = spc.suggest_phases(Kind.P_PRIME, shares, np.full(46, 50.0), every_shift=every_shift)
    times = np.concatenate([stepped(10, points=21), stepped(30, points=10), [0.0], stepped(30, points=20, seed=3)])
    zero = spc.suggest_phases(Kind.T, times, every_shift=every_shift)
    assert (met.starts, met.candidates[0].verdict) == ((), Verdict.NO_LIMITS)
    assert spc.why(met.candidates[0], "weeks") == (
        "25 weeks in a row lie above the old level, but no limits can be drawn for the new one."
    )
    assert zero.candidates[0].verdict is Verdict.NO_LIMITS
    assert all(base.reason[0] == Reason.COMPUTED for base in zero.baselines)


def test_missing_points_are_skipped():
    values = stepped(10, 16)
    holes = np.insert(values, [5, 20, 40], NAN)
    found = spc.suggest_phases(Kind.XMR, holes)
    assert found.starts == (32,)
    assert np.isnan(holes[~found.calculated & (found.phase == 0)]).sum() == 1 + 1
    assert not found.shifted[np.isnan(holes)].any()


@pytest.mark.parametrize(
    ("values", "reason"), [([], Reason.NO_DATA), ([NAN] * 30, Reason.NO_DATA), ([1.0] * 20, Reason.TOO_FEW_POINTS)]
)
def test_without_a_period_of_points_there_is_no_suggestion(values, reason):
    found = spc.suggest_phases(Kind.XMR, values)
    assert (found.starts, found.reason) == ((), reason)
    assert np.isnan(found.lines.center).all()


def test_equal_points_and_all_met_make_no_suggestion():
    assert spc.suggest_phases(Kind.XMR, [5.0] * 60).starts == ()
    met = spc.suggest_phases(Kind.P_PRIME, [50.0] * 60, [50.0] * 60)
    assert (met.starts, met.reason) == ((), Reason.ALL_MET)


@pytest.mark.parametrize("wrong", [{"period": 1}, {"shift": 1}, {"max_exclusions": -1}])
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(SettingError):
        spc.suggest_phases(Kind.XMR, [1.0] * 30, **wrong)


@pytest.mark.parametrize("kind", [Kind.MR, Kind.RUN, Kind.G])
def test_kinds_without_phases_are_refused(kind):
    with pytest.raises(SettingError):
        spc.suggest_phases(kind, [1.0] * 30)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=0, max_size=70), st.sampled_from([Kind.XMR, Kind.C, Kind.C_PRIME]))
def test_suggestions_lie_in_the_series_and_apart(values, kind):
    found = spc.suggest_phases(kind, values, period=10)
    begins = np.array([0, *found.starts])
    assert (np.diff(begins) >= 10).all()
    assert not found.starts or found.starts[-1] + 10 <= len(values)
    assert not np.isinf(found.lines.upper).any()
    larger = spc.suggest_phases(kind, [value * 4.0 for value in values], period=10)  # exact in binary: ties stay ties
    assert larger.starts == found.starts or kind is not Kind.XMR
