"""The daily looks, held against a slow day-by-day reading of the rules and against counts worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intervals import newcombe_difference
from analytics.outcomes import CountError, Reason, SettingError, ShapeError
from analytics.signals import DailyCounts, Harm, Policy, Trigger, always_valid, gap_looks
from analytics.signals.counts import streak

SHORT = Policy(window=5, days=3, least_patients=10, restart=8, step_down=4)


def by_hand(columns, harm, policy, board):
    """Rules D, E, F and the streaks of one series, one day after another, in plain Python."""
    days = len(columns[0])
    reported = [not any(math.isnan(column[day]) for column in columns) for day in range(days)]
    run = quiet = 0
    for day in range(days):
        first = reported.index(True) if True in reported else days
        window = [d for d in range(max(0, day + 1 - policy.window), day + 1) if reported[d]]
        x, n, rx, rn = (sum(column[d] for d in window) for column in columns)
        judged = day - first + 1 >= policy.window and min(n, rn) >= policy.least_patients
        watch = at_once = False
        if judged:
            big = abs(x / n - rx / rn) >= policy.least_relative * rx / rn
            usual = newcombe_difference(x, n, rx, rn, confidence=policy.confidence)
            strict = newcombe_difference(x, n, rx, rn, confidence=policy.at_once)
            watch = bool(big and (usual.upper < 0 if harm < 0 else usual.lower > 0))
            at_once = bool(big and (strict.upper < 0 if harm < 0 else strict.lower > 0))
        if reported[day] and board[day]:
            run = run + 1 if watch else 0
        if reported[day] and judged:
            quiet = 0 if watch else quiet + 1
        yield judged, watch, run, at_once, quiet


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), harm=st.sampled_from(list(Harm)), gaps=st.booleans(), weekdays=st.booleans())
def test_looks_agree_with_a_day_by_day_reading(seed, harm, gaps, weekdays):
    rng = np.random.default_rng(seed)
    people, rest = rng.poisson(4, (3, 40)), rng.poisson(9, (3, 40))
    columns = [rng.binomial(people, 0.5), people, rng.binomial(rest, 0.5 - 0.35 * harm), rest]
    columns = [column.astype(float) for column in columns]
    if gaps:
        columns[1][rng.random((3, 40)) < 0.2] = np.nan
    board = np.arange(40) % 7 < 5 if weekdays else np.ones(40, dtype=bool)
    looks = gap_looks(*columns, harm, policy=SHORT, board_days=board)
    for series in range(3):
        expected = list(by_hand([column[series] for column in columns], harm, SHORT, board))
        found = zip(
            looks.reason[series] == Reason.COMPUTED,
            looks.watch[series],
            looks.run[series],
            looks.at_once[series],
            looks.quiet[series],
            strict=True,
        )
        assert list(found) == expected
        assert (looks.held[series] == (looks.watch[series] & (looks.run[series] >= 3))).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.sampled_from([2.0, 0.5]))
def test_the_two_framings_and_sides_mirror_each_other(seed, factor):
    """Counting failures instead of successes turns the harmful side round, and nothing else where size is not asked."""
    rng = np.random.default_rng(seed)
    people, rest = rng.poisson(5 * factor, (2, 60)), rng.poisson(12, (2, 60))
    events, rest_events = rng.binomial(people, 0.6), rng.binomial(rest, 0.8)
    policy = replace(SHORT, least_relative=0.0, sequence_relative=0.0)
    one = gap_looks(events, people, rest_events, rest, Harm.LOW, policy=policy)
    other = gap_looks(people - events, people, rest - rest_events, rest, Harm.HIGH, policy=policy)
    for name in ("watch", "held", "at_once", "confirmed", "escalate", "quiet", "run"):
        assert (getattr(one, name) == getattr(other, name)).all(), name
    assert np.allclose(one.relative, other.relative_other, equal_nan=True)
    assert np.allclose(one.gap, -other.gap, equal_nan=True)


def test_a_gap_on_the_side_that_does_not_hurt_is_no_signal():
    looks = gap_looks(np.full(60, 9), 10, np.full(60, 30), 60, Harm.LOW)
    assert looks.gap[-1] == pytest.approx(0.4)
    assert not looks.watch.any()
    assert not looks.escalate.any()


def test_figures_of_a_plain_gap():
    looks = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW)
    assert looks.reason[26] == Reason.TOO_FEW_POINTS
    assert looks.reason[27] == Reason.COMPUTED
    assert looks.gap[27] == pytest.approx(5 / 8 - 20 / 24)
    assert looks.relative[27] == pytest.approx((20 / 24 - 5 / 8) / (20 / 24))
    assert looks.relative_other[27] == pytest.approx((20 / 24 - 5 / 8) / (4 / 24))
    assert looks.watch[27:].all()
    assert looks.run[27:34].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert int(looks.held.argmax()) == 33
    assert int(looks.escalate.argmax()) == 27  # rule F


def test_a_small_gap_in_many_patients_is_certain_but_not_meaningful():
    looks = gap_looks(np.full(40, 780), 1000, np.full(40, 8000), 10000, Harm.LOW)
    assert (looks.upper[27:] < 0).all()
    assert not looks.watch.any()
    assert not looks.at_once.any()


def test_too_few_patients_on_either_side_are_not_judged():
    few = gap_looks(np.zeros(40), 1, np.full(40, 20), 20, Harm.LOW)  # 28 of 30
    assert (few.reason[27:] == Reason.TOO_FEW_TO_JUDGE).all()
    assert not few.watch.any()
    assert not few.quiet.any()
    small_rest = gap_looks(np.full(40, 10), 20, np.ones(40), 1, Harm.LOW)
    assert (small_rest.reason[27:] == Reason.TOO_FEW_TO_JUDGE).all()


def test_nobody_at_all_gives_reasons_and_no_warning():
    looks = gap_looks(np.zeros(40), 0, np.zeros(40), 0, Harm.HIGH, policy=Policy(least_patients=0))
    assert np.isnan(looks.gap).all()
    assert (looks.reason[27:] == Reason.TOO_FEW_TO_JUDGE).all()
    never = gap_looks(np.full(40, np.nan), 5, np.zeros(40), 5, Harm.HIGH)
    assert (never.reason == Reason.TOO_FEW_POINTS).all()
    assert not never.escalate.any()


def test_a_rest_without_events_has_no_relative_gap_but_is_judged():
    looks = gap_looks(np.full(40, 3), 10, np.zeros(40), 30, Harm.HIGH)
    assert np.isnan(looks.relative).all()
    assert looks.watch[27:].all()


def test_the_window_begins_with_the_first_report():
    people = np.full(60, 8.0)
    people[:20] = np.nan
    looks = gap_looks(np.full(60, 4), people, np.full(60, 20), 24, Harm.LOW)
    assert int((looks.reason == Reason.COMPUTED).argmax()) == 47


def test_no_report_neither_adds_nor_breaks_a_run():
    people = np.full(50, 8.0)
    people[30:33] = np.nan
    looks = gap_looks(np.full(50, 5), people, np.full(50, 20), 24, Harm.LOW)
    assert looks.run[29:34].tolist() == [3, 3, 3, 3, 4]


def test_a_gap_that_goes_while_no_board_meets_is_held_no_longer():
    events = np.full(90, 5)
    events[40:] = 7  # mended
    meets = np.arange(90) < 38
    looks = gap_looks(events, 8, np.full(90, 20), 24, Harm.LOW, board_days=meets)
    assert looks.held[37]
    assert looks.run[-1] == 11
    assert not looks.held[~looks.watch].any()
    assert not looks.escalate[-30:].any()
    assert looks.quiet[-1] >= 30


def test_without_confirmation_the_rules_stand_alone():
    policy = Policy(confirm=None)
    looks = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW, policy=policy)
    assert (looks.escalate == (looks.held | looks.at_once)).all()
    assert looks.confirmed.all()


def test_the_sequence_as_trigger_is_faster():
    policy = Policy(trigger=Trigger.SEQUENCE)
    looks = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW, policy=policy)
    assert int(looks.escalate.argmax()) < 14
    assert looks.escalate[-1]


def test_a_trigger_may_be_given_as_its_word():
    assert Policy(trigger="sequence") == Policy(trigger=Trigger.SEQUENCE)
    by_word = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW, policy=Policy(trigger="sequence"))
    assert int(by_word.escalate.argmax()) == 6


def test_the_sequence_is_the_formula():
    counts = DailyCounts.of(np.full(20, 5), 8, np.full(20, 20), 24)
    found = always_valid(counts, Harm.LOW)
    day, rho, alpha = 9, 50.0, 0.05
    x, n, rx, rn = 50, 80, 200, 240
    pooled = (x + rx) / (n + rn)
    information = 1 / (pooled * (1 - pooled) * (1 / n + 1 / rn))
    assert found.information[day] == pytest.approx(information)
    assert found.statistic[day] == pytest.approx(-(x / n - rx / rn) * information)
    reach = information + rho
    assert found.boundary(alpha)[day] == pytest.approx(math.sqrt(reach * math.log(reach / (rho * alpha**2))))
    assert found.beyond(alpha)[day] == (found.statistic[day] > found.boundary(alpha)[day])


def test_the_sequence_begins_anew():
    starts = np.zeros(20, dtype=bool)
    starts[12] = True
    counts = DailyCounts.of(np.full(20, 5), 8, np.full(20, 20), 24)
    found = always_valid(counts, Harm.LOW, starts=starts)
    assert found.sums.people.tolist() == [8 * (d + 1) for d in range(12)] + [8 * (d + 1) for d in range(8)]
    assert found.reason[12] == Reason.TOO_FEW_TO_JUDGE


def test_the_sequence_says_why_it_has_no_number():
    everybody = always_valid(DailyCounts.of(np.full(9, 10), 10, np.full(9, 10), 10), Harm.LOW)
    assert everybody.reason[-1] == Reason.ALL_EQUAL
    assert np.isnan(everybody.boundary(0.05)[-1])
    rare = always_valid(DailyCounts.of(np.zeros(9), 10, np.r_[1, np.zeros(8)], 10), Harm.HIGH)
    assert rare.reason[-1] == Reason.TOO_FEW_TO_JUDGE
    assert np.isnan([everybody.gap, rare.gap]).all()
    assert not rare.beyond(0.05).any()


def test_a_stable_series_passes_the_boundary_no_more_often_than_its_level():
    rng = np.random.default_rng(3)
    counts = DailyCounts.of(rng.binomial(8, 0.5, (1500, 200)), 8, rng.binomial(24, 0.5, (1500, 200)), 24)
    ever = always_valid(counts, Harm.LOW).beyond(0.2).any(axis=-1).mean()
    assert 0.03 < ever < 0.1 + 0.02  # half of 0.2 on the harmful side


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_streaks(days):
    flags, counted = (np.array(column) for column in zip(*days, strict=True))
    run, expected = 0, []
    for flag, counts in days:
        run = (run + 1 if flag else 0) if counts else run
        expected.append(run)
    assert streak(flags, counted).tolist() == expected


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ((5, 8, 1, 2), ShapeError),
        ((np.ones(3), np.ones(4), 1, 2), ShapeError),
        ((np.empty(0), np.empty(0), np.empty(0), np.empty(0)), ShapeError),
        ((np.full(3, -1), 8, 1, 2), CountError),
        ((np.full(3, 9), 8, 1, 2), CountError),
        ((np.full(3, 1), np.inf, 1, 2), CountError),
        ((np.full(3, 1), 8, 3, 2), CountError),
    ],
)
def test_counts_that_cannot_be_are_refused(columns, error):
    with pytest.raises(error):
        gap_looks(*columns, Harm.LOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": 0},
        {"days": 0},
        {"step_down": 0},
        {"units": 0},
        {"restart": 0},
        {"confidence": 1.0},
        {"at_once": 0.0},
        {"at_once": 0.94},
        {"confirm": 1.5},
        {"sequence_alpha": 0},
        {"least_relative": -0.1},
        {"rho": 0},
        {"first_tier": 3, "top_tier": 2},
        {"trigger": "sequences"},
        {"trigger": None},
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SettingError):
        Policy(**wrong)


def test_harm_and_calendars_have_to_fit():
    columns = (np.ones(9), 8, 1, 2)
    with pytest.raises(SettingError):
        gap_looks(*columns, 0)
    with pytest.raises(ShapeError):
        gap_looks(*columns, Harm.LOW, board_days=np.ones(8))
    with pytest.raises(ShapeError):
        gap_looks(*columns, Harm.LOW, starts=np.ones(8))
    with pytest.raises(SettingError):
        always_valid(DailyCounts.of(*columns), Harm.LOW, rho=-1)
    for level in (0, 1, math.nan, "0.05"):
        with pytest.raises(SettingError):
            always_valid(DailyCounts.of(*columns), Harm.LOW).boundary(level)
    for sides in ([Harm.LOW], [Harm.LOW] * 3):
        with pytest.raises(ShapeError, match="do not belong"):
            gap_looks(*columns, sides)
    with pytest.raises(ShapeError, match="do not belong"):
        always_valid(DailyCounts.of(np.ones((2, 9)), 8, 1, 2), [Harm.LOW] * 3)
