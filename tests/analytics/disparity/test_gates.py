"""When a measure may be computed, what it says when not, and bad input."""

from datetime import date

import numpy as np
import pytest
from scipy.optimize import minimize

from analytics.disparity import (
    ORDERED,
    SIMPLE,
    UNORDERED,
    Groups,
    Measure,
    choose,
    compare_with,
    freeze,
    quantile_slope,
    simulated,
    summarise,
)
from analytics.outcomes import AnalyticsError, CountError, Reason, SettingError, ShapeError


def reasons(groups, measures, **options):
    return {int(told.reason) for told in summarise(groups, measures, **options).values()}


def counts(x, n, **options):
    return Groups.of_counts(x, n, **({"favourable": True} | options))


@pytest.mark.parametrize(
    ("x", "n", "reason"),
    [
        ([], [], Reason.NO_DATA),
        ([np.nan] * 3, [np.nan] * 3, Reason.NO_DATA),
        ([0, 0, 0], [0, 0, 0], Reason.NO_DATA),
        ([4], [9], Reason.TOO_FEW_GROUPS),
        ([4, 0], [9, 0], Reason.TOO_FEW_GROUPS),
        ([0, 0, 0], [9, 8, 7], Reason.ALL_ZERO),
    ],
)
def test_nothing_can_be_measured(x, n, reason):
    assert reasons(counts(x, n), SIMPLE + UNORDERED) == {reason}
    assert reasons(counts(x, n, order=range(len(x))), SIMPLE + ORDERED) == {reason}


def test_two_groups_have_the_simple_measures_only():
    assert reasons(counts([30, 50], [100, 100]), SIMPLE) == {0}
    assert reasons(counts([30, 50], [100, 100], reference=0), UNORDERED) == {Reason.TOO_FEW_GROUPS}
    assert reasons(counts([30, 50], [100, 100], order=[1, 2]), ORDERED) == {Reason.TOO_FEW_GROUPS}


def test_measures_of_one_kind_are_never_for_the_other():
    x, n = [30, 50, 40], [100, 100, 100]
    assert reasons(counts(x, n), ORDERED) == {Reason.NOT_ORDERED}
    assert reasons(counts(x, n, order=[1, 2, 3]), UNORDERED) == {Reason.ORDERED_ONLY}


def test_a_missing_value_among_groups_without_order():
    seven, six = [30, 50, 40, 20, 60, 55, np.nan], [30, 50, 40, 20, 60, np.nan]
    for x, reason in ((seven, 0), (six, Reason.ESTIMATE_MISSING)):  # 6 of 7 are 86 %, 5 of 6 are 83 %
        found = summarise(counts(x, [100] * len(x), reference=0))
        assert found[Measure.DIFFERENCE].reason == Reason.ESTIMATE_MISSING
        assert {int(found[m].reason) for m in (Measure.PAR, Measure.PAF, *UNORDERED)} == {reason}
    whole = summarise(counts(seven[:-1], [100] * 6, reference=0), UNORDERED)
    for measure, told in summarise(counts(seven, [100] * 7, reference=0), UNORDERED).items():
        assert told.value == pytest.approx(whole[measure].value)


def test_a_missing_value_of_an_ordered_dimension():
    inner, end = [30, np.nan, 40, 20], [np.nan, 50, 40, 20]
    assert summarise(counts(inner, [100] * 4, order=range(4)))[Measure.DIFFERENCE].value == pytest.approx(-10)
    assert reasons(counts(inner, [100] * 4, order=range(4)), ORDERED) == {Reason.ESTIMATE_MISSING}
    assert reasons(counts(end, [100] * 4, order=range(4)), SIMPLE[:2]) == {Reason.ESTIMATE_MISSING}


def test_without_people_there_is_what_needs_no_weights():
    found = summarise(Groups.of_estimates([30.0, 50, 40], [2, 2, 2], None, favourable=True, reference=1))
    plain = (Measure.DIFFERENCE, Measure.RATIO, Measure.MDB_UNWEIGHTED, Measure.MDR_UNWEIGHTED)
    for measure in SIMPLE + UNORDERED:
        assert found[measure].reason == (0 if measure in plain else Reason.POPULATION_MISSING), measure
    assert found[Measure.MDB_UNWEIGHTED].value == pytest.approx(10)


def test_without_errors_there_are_values_without_intervals():
    found = summarise(Groups.of_estimates([30.0, 50, 40], None, [90, 80, 70], favourable=True))
    for measure in (Measure.DIFFERENCE, Measure.RATIO, Measure.BGV, Measure.THEIL, Measure.MLD):
        assert found[measure].reason == 0
        assert found[measure].interval_reason == Reason.ERROR_MISSING


def test_no_reference_no_distance_from_it():
    assert summarise(counts([3, 5, 4], [9, 9, 9]))[Measure.MDR_WEIGHTED].reason == Reason.REFERENCE_MISSING


def test_a_reference_group_that_nobody_is_in_is_no_reference():
    for groups in (
        counts([0, 20, 30], [0, 100, 90], reference=0),
        Groups.of_estimates([50.0, 20, 30], [1, 1, 1], [0, 100, 90], favourable=True, reference=0),
    ):
        assert reasons(groups, SIMPLE[:2]) == {Reason.ESTIMATE_MISSING}
        assert reasons(groups, SIMPLE[2:]) == {0}  # these take the best group


def test_all_equal_is_no_distance_and_no_slope():
    x, n = [17, 34, 51], [70, 140, 210]
    found = summarise(counts(x, n), UNORDERED)
    for measure in (Measure.BGV, Measure.BGSD, Measure.COV, Measure.MDM_WEIGHTED, Measure.THEIL, Measure.MLD):
        assert found[measure].value == 0.0, measure
    ordered = summarise(counts(x, n, order=range(3)), ORDERED)
    assert {int(ordered[m].reason) for m in ORDERED[4:]} == {Reason.ALL_EQUAL}
    assert ordered[Measure.ACI].value == 0.0


def test_ratio_to_nothing_is_endless_and_of_nothing_to_nothing_unknown():
    told = summarise(counts([0, 5, 3], [10, 10, 10]), [Measure.RATIO])[Measure.RATIO]
    assert told.value == np.inf
    assert told.reason == told.interval_reason == Reason.ZERO_DENOMINATOR
    told = summarise(counts([0, 5, 0], [10, 10, 10], order=range(3)), [Measure.RATIO])[Measure.RATIO]
    assert np.isnan(told.value)
    assert told.reason == Reason.ALL_ZERO


def test_a_perfect_split_has_no_logit_line():
    ordered = summarise(counts([0, 0, 40, 40], [40] * 4, order=range(4)), ORDERED)
    assert ordered[Measure.SII_LOGIT].reason == Reason.DID_NOT_CONVERGE
    assert ordered[Measure.RII_LOGIT].interval_reason == Reason.DID_NOT_CONVERGE
    assert ordered[Measure.SII_LINEAR].reason == 0
    assert ordered[Measure.RII_LINEAR].reason == Reason.OUT_OF_RANGE  # the line starts below zero


def test_values_above_the_scale():
    groups = Groups.of_estimates([7.0, 5, 3], [1, 1, 1], [50, 60, 70], favourable=False, order=[1, 2, 3], scale=1)
    found = summarise(groups)
    assert found[Measure.PAR].reason == 0
    assert found[Measure.PAR].interval_reason == Reason.OUT_OF_RANGE
    for measure in (Measure.RCI_WAGSTAFF, Measure.RCI_ERREYGERS, Measure.SII_LOGIT):
        assert found[measure].reason == Reason.OUT_OF_RANGE


def test_negative_values_have_differences_and_no_ratios():
    found = summarise(Groups.of_estimates([-3.0, 5, 2], [1, 1, 1], [50, 60, 70], favourable=True))
    assert found[Measure.DIFFERENCE].value == 8
    assert found[Measure.BGV].reason == 0
    for measure in (Measure.RATIO, Measure.PAF, Measure.COV, Measure.THEIL, Measure.MLD, Measure.IDIS_WEIGHTED):
        assert found[measure].reason == Reason.OUT_OF_RANGE, measure


def test_the_logit_line_is_the_maximum_of_the_likelihood():
    """Against a general optimiser; the reference's own logit, weighted twice, is another line (methods, faults 2)."""
    rng = np.random.default_rng(4)
    people = np.array([900, 60, 30, 15, 200])
    for _ in range(5):
        events = rng.binomial(people, rng.uniform(0.05, 0.9, 5))
        found = summarise(counts(events, people, order=range(5)))
        share = people / people.sum()
        ranks = np.cumsum(share) - share / 2

        def loss(line, ranks=ranks, events=events):
            odds = line[0] + line[1] * ranks
            return -(events * odds - people * np.logaddexp(0, odds)).sum() / people.sum()

        line = minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-10}).x
        low, high = 1 / (1 + np.exp(-line[0])), 1 / (1 + np.exp(-line.sum()))
        assert found[Measure.SII_LOGIT].value == pytest.approx(100 * (high - low), abs=1e-4)
        assert found[Measure.RII_LOGIT].value == pytest.approx(high / low, rel=1e-5)
        assert abs(found[Measure.SII_LOGIT].value - found[Measure.SII_LOGIT_HEALTHEQUAL].value) > 1e-3


def test_equal_best_groups_are_told_apart_by_their_figures():
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        estimate, error, people = (
            np.array([90.0, 90, 60])[order],
            np.array([3.0, 2, 4])[order],
            np.array([150, 250, 100]),
        )
        found = summarise(Groups.of_estimates(estimate, error, people[order], favourable=True))
        assert found[Measure.DIFFERENCE].error == pytest.approx(5.0)  # the wider of both
        # The larger of both groups is the reference of the attributable fraction.
        p0, pt, total = 0.9, (90 * 400 + 60 * 100) / 50_000, 500
        spread = 0.1 / (250 * p0) + (1 - pt) / (total * pt) - 0.2 / (total * pt)
        assert found[Measure.PAF].error == pytest.approx(100 * p0 / pt * np.sqrt(spread))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: counts([5], [4]), CountError),
        (lambda: counts([-1, 2], [4, 4]), CountError),
        (lambda: counts([np.inf, 2], [np.inf, 4]), CountError),
        (lambda: counts([1, 2, 3], [4, 4]), ShapeError),
        (lambda: counts(3, 4), ShapeError),
        (lambda: counts([1, 2], [4, 4], favourable=[True, False, True]), ShapeError),
        (lambda: counts([1, 2], [4, 4], order=[1, 1]), SettingError),
        (lambda: counts([1, 2], [4, 4], order=[1, 2, 3]), ShapeError),
        (lambda: counts([1, 2], [4, 4], reference=2), SettingError),
        (lambda: counts([1, 2], [4, 4], scale=0.0), SettingError),
        (lambda: Groups.of_estimates([np.inf, 1], favourable=True), AnalyticsError),
        (lambda: Groups.of_estimates([1.0, 2], [-1, 1], favourable=True), AnalyticsError),
        (lambda: Groups.of_estimates([1.0, 2], None, [-1, 1], favourable=True), CountError),
        (lambda: summarise(counts([1, 2], [4, 4]), confidence=1.0), SettingError),
        (lambda: summarise(counts([1, 2], [4, 4]), ["paf"]), SettingError),
        (lambda: simulated(counts([1, 2], [4, 4]), SIMPLE, seed=1, draws=5), SettingError),
        (lambda: choose([1, 2], [40, 50], "rest", favourable=True), SettingError),
        (lambda: compare_with([1, 2], [40, 50], "best", favourable=True), SettingError),
        (lambda: freeze("rest", "everyone else", date(2026, 1, 1)), SettingError),
        (lambda: quantile_slope([0.1, 0.2, 0.3], [40, 50, 60], kind="rate"), SettingError),
    ],
)
def test_bad_input_is_a_typed_error(make, error):
    with pytest.raises(error):
        make()
