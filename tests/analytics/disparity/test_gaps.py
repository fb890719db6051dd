"""Comparators by rule, gaps with both framings, their course, quadrants, completeness, and the words for them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import disparity
from analytics.disparity import (
    Goal,
    Quadrant,
    ReferenceRule,
    Verdict,
    choose,
    compare_with,
    completeness,
    decompose,
    freeze,
    gap,
    narrowing,
    quadrant,
    reached,
    rest,
    two_halves,
    worst,
)
from analytics.intervals import wilson
from analytics.outcomes import CountError, Reason, SettingError
from tests.analytics.vectors import cases

X, N = [90, 28, 400, 19], [100, 29, 500, 40]


def test_reference_groups_by_rule():
    by = {rule: int(choose(X, N, rule, favourable=True, fixed=3)) for rule in ReferenceRule}
    assert by == {
        ReferenceRule.BEST: 0,  # 28 of 29 are better, but of fewer than 30
        ReferenceRule.LARGEST: 2,
        ReferenceRule.REST: -1,
        ReferenceRule.FIXED: 3,
    }
    assert choose(X, N, ReferenceRule.BEST, favourable=False) == 3
    assert choose(X, N, ReferenceRule.BEST, favourable=True, least=29) == 1
    assert choose([3, 2], [9, 9], ReferenceRule.BEST, favourable=True) == -1
    assert choose([0, 4], [0, 9], ReferenceRule.FIXED, favourable=True, fixed=0) == -1
    assert choose([[30, 45, 45]], [[60, 90, 60]], ReferenceRule.BEST, favourable=[True], least=1).tolist() == [2]
    assert choose([30, 45, 4], [60, 90, 60], ReferenceRule.BEST, favourable=True) == 1  # equal rates: the larger
    assert choose([30, 45, 4], [60, 60, 60], ReferenceRule.LARGEST, favourable=False) == 2  # equal sizes: the better


def test_the_comparator_never_contains_the_group():
    found = compare_with(X, N, ReferenceRule.REST, favourable=True)
    assert found.x.tolist() == [447, 509, 137, 518]
    assert found.n.tolist() == [569, 640, 169, 629]
    fixed = compare_with(X, N, ReferenceRule.FIXED, favourable=True, fixed=2)
    assert fixed.reason.tolist() == [0, 0, Reason.IS_REFERENCE, 0]
    assert np.isnan(fixed.x[2])
    assert fixed.n[[0, 1, 3]].tolist() == [500] * 3
    nobody = compare_with([1, 2], [9, 9], ReferenceRule.BEST, favourable=True)
    assert nobody.reason.tolist() == [Reason.REFERENCE_MISSING] * 2
    unknown = compare_with([1, np.nan, 2], [9, 9, 9], ReferenceRule.REST, favourable=True)
    assert unknown.reason.tolist() == [Reason.NO_DATA] * 3


def test_a_choice_is_kept_for_a_quarter():
    kept = freeze(ReferenceRule.BEST, "Asian", date(2026, 11, 30))
    assert (kept.first, kept.last) == (date(2026, 11, 30), date(2027, 2, 27))
    assert kept.stands(date(2027, 2, 27))
    assert not kept.stands(date(2027, 2, 28))
    assert freeze(ReferenceRule.LARGEST, "White", date(2026, 1, 1)).last == date(2026, 3, 31)
    assert freeze(ReferenceRule.LARGEST, "White", date(2026, 10, 1), months=12).last == date(2027, 9, 30)


def test_a_gap_is_told_in_both_framings():
    found = gap(98, 100, 99, 100, favourable=True, confidence=0.1)
    assert found.relative == pytest.approx(0.01 / 0.99)
    assert found.relative_other == pytest.approx(1.0)
    assert found.certain
    assert not found.telling
    assert found.telling_other
    assert found.harm == pytest.approx(0.01)
    assert gap(98, 100, 99, 100, favourable=False).harm == pytest.approx(-0.01)


def test_a_gap_to_a_rate_of_nothing_is_worth_telling():
    """5 per cent harmed against none at all: no percentage of nothing, yet more than a tenth by any reading."""
    found = gap([50, 950], 1000, [0, 10_000], 10_000, favourable=False)
    assert found.certain.all()
    assert np.isnan(found.relative[0])
    assert np.isnan(found.relative_other[1])
    assert found.telling.tolist() == [True, False]
    assert found.telling_other.tolist() == [False, True]
    assert not gap(0, 1000, 0, 10_000, favourable=False).telling


def test_a_direction_for_each_table_has_an_axis_for_its_groups():
    x, n = np.array([[80, 60], [80, 60]]), np.full((2, 2), 100)
    others, people = rest(x, n)
    harm = gap(x, n, others, people, favourable=[[True], [False]]).harm
    assert harm == pytest.approx(np.array([[-0.2, 0.2], [0.2, -0.2]]))


def test_a_tenth_is_worth_telling_and_less_is_not():
    found = gap([450, 451], 1000, 500, 1000, favourable=True, confidence=0.5)
    assert found.certain.all()
    assert found.telling.tolist() == [True, False]
    assert not gap(450, 1000, 500, 1000, favourable=True, confidence=0.5, least_relative=0.11).telling


def test_few_patients_are_not_judged():
    assert gap(5, 11, 50, 80, favourable=True).reason == Reason.TOO_FEW_TO_JUDGE
    assert gap(0, 12, 12, 12, favourable=True).reason == Reason.TOO_FEW_TO_JUDGE  # 24 together
    told = gap(0, 12, 13, 13, favourable=True)
    assert told.reason == 0
    assert told.ratio.reason == Reason.NO_EVENTS
    assert gap(0, 0, 13, 13, favourable=True).reason == Reason.ZERO_DENOMINATOR


def test_the_worst_group_is_certainly_worse():
    x, n = np.array([[80, 78, 50, 82], [80, 79, 81, 80]]), np.full((2, 4), 100)
    others, people = rest(x, n)
    assert worst(gap(x, n, others, people, favourable=True)).tolist() == [2, -1]


def test_absolute_and_relative_may_disagree():
    """60 against 40 per cent becomes 80 against 58: two points wider, while the ratio comes nearer to 1."""
    before, after = gap(400, 1000, 600, 1000, favourable=True), gap(580, 1000, 800, 1000, favourable=True)
    course = narrowing(before, after)
    assert course.points.estimate == pytest.approx(-0.02)
    assert not course.narrowed
    assert course.narrowed_relative
    assert course.ratio_before == pytest.approx(1.5)
    assert course.ratio_after == pytest.approx(80 / 58)
    assert course.share.estimate == pytest.approx(-0.1)
    found = two_halves(before, after, favourable=True)
    assert Quadrant(int(found.absolute)) is Quadrant.RAISED_WIDENED
    assert Quadrant(int(found.relative)) is Quadrant.RAISED_NARROWED
    assert reached(Goal(0.1, 0.1), found) == (True, False)
    assert reached(Goal(0.1, 0.1, relative=True), found) == (True, True)
    assert reached(Goal(0.5, 0.3, relative=True), found) == (False, False)


def test_a_gap_that_turned_round_is_measured_by_its_size():
    course = narrowing(gap(60, 100, 70, 100, favourable=True), gap(73, 100, 70, 100, favourable=True))
    assert course.crossed
    assert course.points.estimate == pytest.approx(0.07)
    assert course.share.estimate == pytest.approx(0.7)
    assert course.share.reason == Reason.TOO_FEW_TO_JUDGE  # the first gap may be nothing: no bounds of a share
    assert np.isnan(course.share.lower)
    none = narrowing(gap(70, 100, 70, 100, favourable=True), gap(60, 100, 70, 100, favourable=True))
    assert none.share.reason == Reason.ZERO_DENOMINATOR


@pytest.mark.parametrize(
    ("before", "after"), [((0.6, 0.8), (0.72, 0.8)), ((0.5, 0.8), (0.75, 0.85)), ((0.7, 0.8), (0.7, 0.8))]
)
def test_intervals_of_a_narrowing_cover_as_they_say(before, after):
    rng = np.random.default_rng(8)
    n = 600
    drawn = [rng.binomial(n, p, 4000) for p in (*before, *after)]
    course = narrowing(gap(drawn[0], n, drawn[1], n, favourable=True), gap(drawn[2], n, drawn[3], n, favourable=True))
    sizes = abs(before[0] - before[1]), abs(after[0] - after[1])
    truth = sizes[0] - sizes[1]
    assert 0.935 < ((course.points.lower <= truth) & (truth <= course.points.upper)).mean() < 0.97
    share = 1 - sizes[1] / sizes[0]
    told = course.share.reason == 0
    assert told.mean() > 0.95
    assert 0.935 < ((course.share.lower <= share) & (share <= course.share.upper))[told].mean() < 0.975
    factor = max(before) / min(before) / (max(after) / min(after))
    assert 0.935 < ((course.factor.lower <= factor) & (factor <= course.factor.upper)).mean() < 0.97


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=4, max_size=4), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_change_is_everyone_plus_gap_to_the_last_digit(pairs, favourable):
    (a, b, c, d) = [(min(p), max(p)) for p in pairs]
    before, after = gap(*a, *b, favourable=favourable), gap(*c, *d, favourable=favourable)
    parts = decompose(before, after)
    if 0 in {a[1], b[1], c[1], d[1]}:
        assert np.isnan(parts.change.estimate)
        assert max(parts.everyone.reason, parts.gap.reason) > 0
        return
    assert parts.change.estimate == parts.everyone.estimate + parts.gap.estimate
    assert parts.change.estimate == pytest.approx(c[0] / c[1] - a[0] / a[1], abs=1e-12)
    for part in (parts.change, parts.everyone, parts.gap):
        assert part.lower <= part.estimate <= part.upper


def test_four_quadrants():
    assert quadrant([1, 1, -1, -1, 0, np.nan], [1, -1, 1, -1, 0, 1]).tolist() == [1, 2, 3, 4, 4, 0]
    before, after = gap(300, 1000, 200, 1000, favourable=False), gap(250, 1000, 190, 1000, favourable=False)
    found = two_halves(before, after, favourable=False)
    assert found.raised.estimate == pytest.approx(0.05)  # fewer readmissions are better
    assert found.raised_share == pytest.approx(1 / 6)
    assert found.absolute == Quadrant.RAISED_NARROWED
    whole = two_halves(
        before,
        after,
        favourable=False,
        everyone_before=wilson(500, 2000),
        everyone_after=wilson(520, 2000),
    )
    assert whole.absolute == Quadrant.FELL_NARROWED
    with pytest.raises(SettingError):
        two_halves(before, after, favourable=False, everyone_before=wilson(1, 2))


@pytest.mark.parametrize("favourable", [True, False])
def test_a_gap_of_the_same_size_has_not_narrowed_whatever_floats_say(favourable):
    """(a + d) / 100 - a / 100 differs in its last digit from place to place; the gap stayed at d points."""
    low, apart = (grid.ravel() for grid in np.meshgrid(np.arange(1, 69), np.arange(1, 31)))
    step = 1 if favourable else -1
    before = gap(low, 100, low + apart, 100, favourable=favourable)
    after = gap(low + step, 100, low + apart + step, 100, favourable=favourable)
    course = narrowing(before, after)
    assert not course.narrowed.any()
    assert (course.points.estimate == 0).all()
    found = two_halves(before, after, favourable=favourable)
    assert (found.absolute == Quadrant.RAISED_WIDENED).all()
    for index in range(len(low)):
        stayed, quadrant_ = disparity.of_goal(found, (index,))
        assert str(stayed) == f"The gap stayed at {apart[index]}.0 points."
        assert "not smaller" in str(quadrant_)
    mirrored = narrowing(
        gap(low, 100, low + apart, 100, favourable=True), gap(low + apart, 100, low, 100, favourable=True)
    )
    assert (mirrored.factor.estimate == 1).all()
    assert not mirrored.narrowed_relative.any()


def test_the_quadrant_is_told_without_a_cause_that_is_not_known():
    """The group rises, the others fall and with them everyone: the gap is smaller, and the group did do better."""
    before, after = gap(50, 100, 800, 1000, favourable=True), gap(55, 100, 700, 1000, favourable=True)
    found = two_halves(
        before,
        after,
        favourable=True,
        everyone_before=wilson(850, 1100),
        everyone_after=wilson(755, 1100),
    )
    assert found.absolute == Quadrant.FELL_NARROWED
    assert str(disparity.of_goal(found)[1]) == "Not better, but the gap is smaller: levelling down."


def test_an_improvement_and_its_bounds_are_turned_where_lower_is_better():
    before, after = gap(300, 1000, 200, 1000, favourable=False), gap(250, 1000, 190, 1000, favourable=False)
    down = two_halves(before, after, favourable=False).raised
    # Rates of both periods with Wilson's intervals, by hand: 0.30 (0.2724 to 0.3291), 0.25 (0.2242 to 0.2778).
    assert down.estimate == pytest.approx(0.05)
    assert down.lower == pytest.approx(0.05 - np.hypot(0.3 - 0.272407, 0.277757 - 0.25), abs=1e-5)
    assert down.upper == pytest.approx(0.05 + np.hypot(0.329124 - 0.3, 0.25 - 0.224153), abs=1e-5)


@pytest.mark.parametrize(
    ("before", "after", "narrowed", "both"),
    [
        ((500, 800), (700, 800), True, True),  # both halves beyond chance
        ((500, 800), (700, 980), False, False),  # only the group's rise is
        ((500, 800), (505, 600), True, False),  # only the narrowing is
        ((500, 550), (400, 800), True, True),  # worse and wider, both beyond chance
        ((500, 520), (505, 515), False, False),
    ],
)
def test_a_course_is_certain_in_either_direction_and_both_halves_only_together(before, after, narrowed, both):
    found = two_halves(
        gap(before[0], 1000, before[1], 1000, favourable=True),
        gap(after[0], 1000, after[1], 1000, favourable=True),
        favourable=True,
    )
    assert (bool(found.course.certain), bool(found.certain)) == (narrowed, both)
    assert ("may be chance" in str(disparity.of_goal(found)[0])) is not narrowed


def test_a_gap_turns_round_and_closes_in_two_different_sentences():
    before = gap(600, 1000, 700, 1000, favourable=True)
    turned = two_halves(before, gap(730, 1000, 700, 1000, favourable=True), favourable=True)
    assert str(disparity.of_goal(turned)[0]) == "The gap turned round: 10.0 points before, 3.0 the other way now."
    closed = two_halves(before, gap(700, 1000, 700, 1000, favourable=True), favourable=True)
    assert not closed.course.crossed
    assert closed.course.share.estimate == pytest.approx(1)
    assert str(disparity.of_goal(closed)[0]) == "The gap narrowed from 10.0 to 0.0 points."


def test_a_half_is_reached_at_its_number_and_not_just_below():
    before = gap(500, 1000, 700, 1000, favourable=True)
    found = two_halves(before, gap(600, 1000, 760, 1000, favourable=True), favourable=True)
    assert reached(Goal(0.2, 0.2), found) == (True, True)
    assert reached(Goal(0.201, 0.201), found) == (False, False)


@pytest.mark.parametrize(("favourable", "word"), [(True, "better"), (False, "worse")])
def test_worse_and_better_follow_the_direction(favourable, word):
    found = gap(800, 1000, 500, 1000, favourable=favourable)
    assert f"30.0 points {word} than B" in str(disparity.of_gap(found, "A", "B"))
    groups = disparity.Groups.of_counts([100, 200, 300], 1000, favourable=favourable)
    par = disparity.summarise(groups, [disparity.Measure.PAR])[disparity.Measure.PAR]
    told = str(disparity.if_all_were_best(par, 3000, 100.0, "A", "cases"))
    assert told == f"If every group had the rate of A, 300 {'more' if favourable else 'fewer'} cases."


@pytest.mark.parametrize("halves", [(0.1, 0.0), (0.0, 0.1), (0.1, 1.5), (-0.1, 0.2)])
def test_a_goal_has_two_halves(halves):
    with pytest.raises(SettingError):
        Goal(*halves)


def test_completeness_and_its_verdict():
    found = completeness([79, 80, 89, 90, 0], [100, 100, 100, 100, 0], [5, 0, 0, 10, 0])
    assert [Verdict(v).name for v in found.verdict] == ["TOO_LITTLE", "WARNING", "WARNING", "ENOUGH", "NONE"]
    np.testing.assert_allclose((found.known.estimate + found.declined + found.unknown)[:4], 1.0)
    assert found.unknown[0] == pytest.approx(0.16)
    assert completeness(85, 100, least=0.5, well=0.85).verdict == Verdict.ENOUGH
    with pytest.raises(CountError):
        completeness(95, 100, 6)
    with pytest.raises(SettingError):
        completeness(95, 100, least=0.9, well=0.8)


def test_words():
    n = np.array([500, 900, 600])
    par = disparity.summarise(disparity.Groups.of_counts([75, 90, 42], n, favourable=False), [disparity.Measure.PAR])[
        disparity.Measure.PAR
    ]
    words = disparity.if_all_were_best(par, n.sum(), 100.0, "Asian patients", "readmissions")
    assert str(words) == "If every group had the rate of Asian patients, 67 fewer readmissions."  # 207 - 2000 ∙ 7 %
    before, after = gap(500, 1000, 800, 1000, favourable=True), gap(700, 1000, 850, 1000, favourable=True)
    assert str(disparity.of_gap(before, "Spanish", "English")).startswith(
        "Spanish: 30.0 points worse than English (bet"
    )
    assert [str(s) for s in disparity.of_goal(two_halves(before, after, favourable=True))] == [
        "The gap narrowed from 30.0 to 15.0 points.",
        "Better, and the gap is smaller: both halves of the goal.",
    ]
    assert (
        str(disparity.of_decomposition(decompose(before, after), "Spanish"))
        == "Spanish changed by +20.0 points: +5.0 as everyone did, +15.0 beyond that."
    )
    assert (
        str(disparity.of_decomposition(decompose(before, after), "Spanish", comparator="English"))
        == "Spanish changed by +20.0 points: +5.0 as English did, +15.0 beyond that."
    )
    hardly = gap(50_004, 100_000, 79_998, 100_000, favourable=True)
    assert "-0.0" not in str(disparity.of_decomposition(decompose(before, hardly), "Spanish"))
    assert (
        str(disparity.of_completeness(completeness(51, 100)))
        == "Only 51 % of patients have this recorded: no gap is shown."
    )
    for known, told in ((796, "Only 79 %"), (800, "80 %"), (899, "89 %"), (900, "90 %"), (570, "Only 57 %")):
        assert str(disparity.of_completeness(completeness(known, 1000))).startswith(told)
    assert str(disparity.of_gap(gap(1, 2, 1, 2, favourable=True), "A", "B")) == "Too few to judge."
    assert (
        str(disparity.of_gap(gap(50, 100, 52, 100, favourable=True), "A", "B"))
        == "A: no difference from B beyond chance."
    )
    alone = disparity.summarise(disparity.Groups.of_counts([3], [9], favourable=True), [disparity.Measure.PAR])
    told = disparity.if_all_were_best(alone[disparity.Measure.PAR], 9, 100.0, "A", "falls")
    assert str(told) == "Cannot be computed, because there are too few groups."


@pytest.mark.parametrize(
    ("x", "n", "order"),
    [
        ([950, 70, 90], [1000, 100, 100], [1, 2, 3]),  # the most advantaged do worse than most, but better than one
        ([4, 4, 5], [90, 90, 110], None),  # less than half a patient
    ],
)
def test_nothing_gained_is_not_told_as_everybody_doing_as_well(x, n, order):
    groups = disparity.Groups.of_counts(x, n, favourable=True, order=order)
    par = disparity.summarise(groups, [disparity.Measure.PAR])[disparity.Measure.PAR]
    said = str(disparity.if_all_were_best(par, sum(n), 100.0, "group C", "visits"))
    assert said == "If every group had the rate of group C, nothing to speak of would be gained."


GOLDEN = [
    parameter
    for parameter in cases("golden_real_data.json")
    if parameter.values[0] is None or any("vs_rest" in group for group in parameter.values[0].get("groups", ()))
]


@pytest.mark.parametrize("case", GOLDEN)
def test_gaps_of_the_real_data(case):
    """Reference groups, gaps against rest and largest with Newcombe's interval, and shares known, of public data."""
    groups = case["groups"]
    names = [group["group"] for group in groups]
    x, n = (np.array([group[key] for group in groups], float) for key in ("num", "den"))
    better = "lower is better" not in case["kpi"]
    assert names[int(choose(x, n, ReferenceRule.LARGEST, favourable=better))] == case["reference_largest"]
    assert names[int(choose(x, n, ReferenceRule.BEST, favourable=better))] == case["reference_best_den30"]
    share = case["completeness"]
    assert completeness(share["known"], share["total"]).known.estimate == pytest.approx(share["share_known"], abs=1e-9)
    compared = 0
    for rule, name in ((ReferenceRule.REST, "vs_rest"), (ReferenceRule.LARGEST, "vs_largest")):
        other = compare_with(x, n, rule, favourable=better)
        found = gap(x, n, other.x, other.n, favourable=better)
        for column, group in enumerate(groups):
            expected = group.get(name)
            if expected:
                compared += 1
                told = [end[column] for end in found.difference[:3]]
                assert told == pytest.approx([expected[end] for end in ("diff", "lower", "upper")], abs=1e-9)
            else:
                assert other.reason[column] == Reason.IS_REFERENCE
    assert compared >= len(groups)
