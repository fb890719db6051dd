"""What can be said of a measure after a change: a change only where its own limits say so."""

import numpy as np
import pytest

from analytics.intervals import mean_difference
from analytics.spc import Rule
from improvement.rules.effects import LEAST_AFTER, LEAST_BEFORE, Verdict, effect_of, stretches_of

BEFORE = [10.0, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11, 10, 12]


def effect(after, way=-1, before=BEFORE):
    return effect_of(np.array([*before, *after], float), len(before), way)


@pytest.mark.parametrize(
    ("after", "way", "verdict"),
    [
        ([7.0, 8, 7, 8, 7, 8, 7, 8], -1, Verdict.BETTER),
        ([7.0, 8, 7, 8, 7, 8, 7, 8], 1, Verdict.WORSE),
        ([7.0, 8, 7, 8, 7, 8, 7, 8], 0, Verdict.CHANGED),
        ([30.0] * 6, 1, Verdict.BETTER),
        ([30.0] * 6, -1, Verdict.WORSE),
        ([11.0, 9, 12, 10, 11, 9], -1, Verdict.NOISE),
        ([40.0, 10, 11, -30, 10, 11], -1, Verdict.BOTH),
        # One far below, and a mean that went up within the limits: no side can be taken.
        ([0.0, 14, 13, 14, 10, 14, 13, 12], -1, Verdict.NOISE),
        ([7.0] * (LEAST_AFTER - 1), -1, Verdict.EARLY),
        ([], -1, Verdict.EARLY),
    ],
)
def test_what_is_said(after, way, verdict):
    assert effect(after, way).verdict == verdict


def test_too_few_numbers_from_before_say_nothing_of_limits():
    found = effect([7.0] * 20, before=BEFORE[: LEAST_BEFORE - 1])
    assert (found.verdict, found.n_before, found.n_after) == (Verdict.SHORT, LEAST_BEFORE - 1, 20)
    assert np.isnan([found.before, found.after, found.low, found.high, found.lower, found.upper]).all()
    assert effect([7.0] * 6, before=BEFORE[:LEAST_BEFORE]).verdict != Verdict.SHORT


def test_numbers_that_are_missing_are_counted_on_neither_side():
    holes = [*BEFORE[:11], np.nan, np.nan]
    assert (effect([7.0] * 8, before=holes).verdict, effect([7.0] * 8, before=holes).n_before) == (Verdict.SHORT, 11)
    found = effect([7.0, np.nan, 7, 7, np.nan, 7])
    assert (found.verdict, found.n_after) == (Verdict.EARLY, 4)


def test_the_figures_are_means_limits_of_before_and_welchs_interval():
    after = [7.0, 8, 7, 8, 7, 8, 7, 9]
    found = effect(after)
    assert (found.before, found.after) == pytest.approx((np.mean(BEFORE), np.mean(after)))
    moving = np.abs(np.diff(BEFORE)).mean()
    assert (found.lower, found.upper) == pytest.approx(
        (np.mean(BEFORE) - moving * 3 / 1.128, np.mean(BEFORE) + moving * 3 / 1.128), rel=1e-3
    )
    gap = mean_difference(after, BEFORE)
    assert (found.low, found.high) == (float(gap.lower), float(gap.upper))
    assert found.low < found.after - found.before < found.high < 0


def test_the_first_sign_is_told():
    shift = effect([9.5] * 8)
    assert (shift.rule, shift.upward) == (Rule.SHIFT, False)
    assert shift.run >= 7
    outside = effect([10.0, 11, 40, 10, 11, 10, 11])
    assert (outside.rule, outside.upward, outside.run) == (Rule.OUTSIDE, True, 1)


def test_stretches_are_counted_from_the_day_of_the_change():
    days = np.array(["2026-10-25", "2026-10-31", "2026-11-01", "2026-11-07", "2026-11-08"], "datetime64[D]")
    assert stretches_of(days, np.datetime64("2026-11-01"), 7).tolist() == [-1, -1, 0, 0, 1]


def test_a_run_that_began_before_the_change_is_no_effect_of_it_until_it_is_one_by_itself():
    low = [*BEFORE, *[9.0, 8.5, 9, 8.5, 9, 8.5, 9, 8.5]]
    went_on = effect([9.0, 8.5, 11, 9, 8, 11, 9], before=low)
    assert (went_on.verdict, went_on.rule) == (Verdict.NOISE, Rule.NONE)
    assert effect([9.0, 8.5] * 4, before=[*BEFORE, 9.0, 8.5]).verdict == Verdict.BETTER
