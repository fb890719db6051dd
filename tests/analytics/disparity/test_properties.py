"""What holds for any groups: order of columns, scaling, finite or absent, tables alone and together, chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disparity import ORDERED, SIMPLE, UNORDERED, Groups, Measure, gap, rest, simulated, summarise

FIELDS = ("value", "error", "lower", "upper", "reason", "interval_reason")


@st.composite
def tables(draw, least=1, missing=True):
    width = draw(st.integers(least, 9))
    people = [draw(st.integers(0 if missing else 1, 3000)) for _ in range(width)]
    events = [draw(st.integers(0, n)) for n in people]
    if missing and draw(st.booleans()):
        events[draw(st.integers(0, width - 1))] = np.nan
    return np.array(events, float), np.array(people, float), draw(st.booleans())


def same(one, other, where, rel=1e-9):
    for field in FIELDS:
        np.testing.assert_allclose(
            getattr(one, field).astype(float), getattr(other, field).astype(float), rtol=rel, atol=1e-9, err_msg=where
        )


@given(tables(), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=60, deadline=None)
def test_order_of_the_columns_changes_nothing(table, shuffler, referred):
    events, people, favourable = table
    places = list(range(len(events)))
    shuffler.shuffle(places)
    reference = len(events) - 1 if referred else -1
    plain = summarise(Groups.of_counts(events, people, favourable=favourable, reference=reference), SIMPLE + UNORDERED)
    shuffled = summarise(
        Groups.of_counts(
            events[places],
            people[places],
            favourable=favourable,
            reference=places.index(reference) if referred else -1,
        ),
        SIMPLE + UNORDERED,
    )
    for measure in plain:
        same(plain[measure], shuffled[measure], measure.value)
    ranks = np.arange(len(events))
    plain = summarise(Groups.of_counts(events, people, favourable=favourable, order=ranks), SIMPLE + ORDERED)
    shuffled = summarise(
        Groups.of_counts(events[places], people[places], favourable=favourable, order=ranks[places]), SIMPLE + ORDERED
    )
    for measure in plain:
        same(plain[measure], shuffled[measure], measure.value, rel=1e-6)


@given(tables(least=3), st.sampled_from([2, 10, 1000]))
@settings(max_examples=60, deadline=None)
def test_scaling_the_counts_leaves_the_figures(table, factor):
    events, people, favourable = table
    # The last two follow R's rule when to stop, which depends on the size of the counts.
    for order, measures in ((None, SIMPLE + UNORDERED), (range(len(events)), SIMPLE + ORDERED[:-2])):
        small = summarise(Groups.of_counts(events, people, favourable=favourable, order=order), measures)
        large = summarise(
            Groups.of_counts(factor * events, factor * people, favourable=favourable, order=order), measures
        )
        for measure in measures:
            np.testing.assert_allclose(
                small[measure].value, large[measure].value, rtol=1e-6, atol=1e-9, err_msg=measure.value
            )
            assert small[measure].reason == large[measure].reason
        both = [summary[Measure.DIFFERENCE].error for summary in (small, large)]
        np.testing.assert_allclose(both[0], np.sqrt(factor) * both[1], rtol=1e-9)


@given(tables(), st.booleans(), st.sampled_from([0.5, 0.95, 0.998]))
@settings(max_examples=120, deadline=None)
def test_a_figure_is_finite_or_says_why_it_is_absent(table, ordered, confidence):
    events, people, favourable = table
    found = summarise(
        Groups.of_counts(
            events, people, favourable=favourable, order=range(len(events)) if ordered else None, reference=0
        ),
        confidence=confidence,
    )
    assert_finite_or_absent(found)


NUMBERS = st.floats(-1e200, 1e200) | st.floats(-100, 1000) | st.just(np.nan)


@given(
    st.lists(
        st.tuples(NUMBERS, st.floats(0, 50) | st.just(np.nan), st.floats(0, 1e6) | st.just(np.nan)),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_any_values_give_finite_figures_or_a_reason(rows, ordered):
    estimate, error, people = np.array(rows).T
    order = range(len(rows)) if ordered else None
    assert_finite_or_absent(
        summarise(Groups.of_estimates(estimate, error, people, favourable=False, order=order, reference=0))
    )


def assert_finite_or_absent(found):
    for measure, told in found.items():
        if told.reason == 0:
            assert np.isfinite(told.value), measure
        else:
            assert np.isnan(told.value) or (measure is Measure.RATIO and told.value == np.inf), measure
            assert told.interval_reason > 0
        if told.interval_reason == 0:
            assert np.isfinite(told.error), measure
            assert told.lower <= told.value <= told.upper, measure
        else:
            assert np.isnan([told.error, told.lower, told.upper]).all(), measure


def test_many_tables_together_are_what_each_is_alone():
    rng = np.random.default_rng(3)
    people = rng.integers(0, 400, (60, 6))
    events = rng.binomial(people, rng.uniform(0, 1, (60, 6))).astype(float)
    events[rng.random((60, 6)) < 0.05] = np.nan
    favourable, reference = rng.random(60) < 0.5, rng.integers(-1, 6, 60)
    for order in (None, [3, 1, 2, 6, 5, 4]):
        together = summarise(Groups.of_counts(events, people, favourable=favourable, reference=reference, order=order))
        for i in range(60):
            alone = summarise(
                Groups.of_counts(events[i], people[i], favourable=favourable[i], reference=reference[i], order=order)
            )
            for measure in Measure:
                for field in FIELDS:
                    np.testing.assert_allclose(
                        getattr(together[measure], field)[i], getattr(alone[measure], field), rtol=1e-8, atol=1e-11
                    )


def test_empty_groups_fill_tables_of_different_widths():
    narrow = summarise(Groups.of_counts([20, 30, 25], [100, 110, 90], favourable=True, reference=1))
    padded = summarise(Groups.of_counts([20, 0, 30, 25, 0], [100, 0, 110, 90, 0], favourable=True, reference=2))
    for measure in SIMPLE + UNORDERED:
        same(narrow[measure], padded[measure], measure.value)


@pytest.mark.parametrize("measure", [Measure.THEIL, Measure.MLD, Measure.BGV])
def test_standard_errors_are_the_spread_of_simulated_figures(measure):
    """The reference's Theil and MLD errors would be a thousandth of this spread."""
    groups = Groups.of_estimates(
        [55.0, 64, 71, 82, 90], [2.0, 1.5, 1.2, 1.8, 1.0], [800, 1500, 2200, 900, 1300], favourable=True
    )
    formula = summarise(groups, [measure])[measure]
    drawn = simulated(groups, [measure], seed=11, draws=20_000)[measure]
    assert drawn.value == formula.value
    assert drawn.error == pytest.approx(formula.error, rel=0.03)


def test_standard_error_of_paf_is_the_spread_of_simulated_tables():
    rng = np.random.default_rng(12)
    people, rates = np.array([900, 1400, 2100, 700]), np.array([0.30, 0.25, 0.20, 0.12])
    formula = summarise(Groups.of_counts(people * rates, people, favourable=False), [Measure.PAF, Measure.PAR])
    drawn = summarise(
        Groups.of_counts(rng.binomial(people, rates, (20_000, 4)), people, favourable=False),
        [Measure.PAF, Measure.PAR],
    )
    for measure in formula:
        assert drawn[measure].value.std() == pytest.approx(formula[measure].error, rel=0.03)


@given(tables(least=2, missing=False))
@settings(max_examples=60, deadline=None)
def test_a_gap_seen_from_the_other_side_is_its_mirror(table):
    events, people, favourable = table
    others, rest_people = rest(events, people)
    ours = gap(events, people, others, rest_people, favourable=favourable)
    theirs = gap(others, rest_people, events, people, favourable=favourable)
    np.testing.assert_allclose(ours.difference.estimate, -theirs.difference.estimate, atol=1e-12)
    np.testing.assert_allclose(ours.difference.lower, -theirs.difference.upper, atol=1e-12)
    np.testing.assert_allclose(ours.harm, -theirs.harm, atol=1e-12)
    assert (ours.certain == theirs.certain).all()


def test_simulated_mean_distances_have_an_interval_and_need_standard_errors():
    groups = Groups.of_counts([[40, 60, 75], [40, 60, 75]], 100, favourable=True)
    asked = [Measure.MDM_WEIGHTED, Measure.MDB_WEIGHTED, Measure.COV]
    first, again = (simulated(groups, asked, seed=5, draws=500) for _ in range(2))
    for measure in asked:
        assert (first[measure].lower == again[measure].lower).all()
        assert (first[measure].lower < first[measure].value).all()
        assert (first[measure].value < first[measure].upper).all()
    without = Groups.of_estimates([40.0, 60, 75], None, 100, favourable=True)
    told = simulated(without, [Measure.MDB_WEIGHTED], seed=5, draws=500)[Measure.MDB_WEIGHTED]
    assert np.isfinite(told.value)
    assert np.isnan(told.error)
    assert told.interval_reason > 0
