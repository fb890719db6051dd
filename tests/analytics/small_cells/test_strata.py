import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.small_cells import Cell, Table, suppress
from tests.analytics.small_cells.attacker import strata_bounds

SHOWN, SMALL, COMPLEMENT = Cell.SHOWN, Cell.HIDDEN_SMALL, Cell.HIDDEN_COMPLEMENTARY


def counts(groups, total=None, **options):
    return suppress(Table.of_counts(groups, sum(groups) if total is None else total), **options).codes.tolist()


@pytest.mark.parametrize(
    ("groups", "codes"),
    [
        ([40, 60, 80], [SHOWN, SHOWN, SHOWN]),
        ([10, 11, 60, 90], [SMALL, COMPLEMENT, SHOWN, SHOWN]),
        ([5, 60, 40, 90], [SMALL, SHOWN, COMPLEMENT, SHOWN]),
        ([0, 60, 40], [SHOWN, SHOWN, SHOWN]),
        ([4, 3, 60, 40, 90], [SMALL, SMALL, SHOWN, COMPLEMENT, SHOWN]),
        ([9, 8, 60, 40], [SMALL, SMALL, SHOWN, SHOWN]),
        ([1, 10, 0, 60, 40], [SMALL, SMALL, SHOWN, SHOWN, SHOWN]),
        ([195, 3, 2], [COMPLEMENT, SMALL, SMALL]),
        ([0, 5, 60, 40], [COMPLEMENT, SMALL, COMPLEMENT, COMPLEMENT]),
        ([2, 3, 0, 0], [SMALL, SMALL, COMPLEMENT, COMPLEMENT]),
        ([7], [SMALL]),
        ([120], [SHOWN]),
        ([], []),
    ],
)
def test_groups_of_counts(groups, codes):
    assert counts(groups) == codes


def test_proportion_guards_events_their_complement_and_people():
    mask = suppress(Table.of_proportion([5, 60, 30, 40, 0, 12], [60, 65, 90, 90, 80, 40], (147, 425)))
    # 5 of 60 has few events, 60 of 65 few without; together they hide 65 and 60: enough.
    assert mask.codes.tolist() == [SMALL, SMALL, SHOWN, SHOWN, SHOWN, SHOWN]
    assert mask.shown.tolist() == [False, False, True, True, True, True]


def test_zero_of_many_may_show_but_does_not_hide_a_small_number():
    mask = suppress(Table.of_proportion([5, 0, 30, 40], [60, 45, 90, 90], (75, 285)))
    # Hiding 0 of 45 would leave 5 to be read from the total.
    assert mask.codes.tolist() == [SMALL, SHOWN, COMPLEMENT, SHOWN]


def test_rate_guards_events_and_denominator_only():
    mask = suppress(Table.of_rate([12, 30, 40, 55], [16, 40, 41, 300], (137, 397)))
    assert mask.codes.tolist() == [SHOWN] * 4
    assert suppress(Table.of_proportion([12, 30, 40, 55], [16, 40, 41, 300], (137, 397))).codes[0] == SMALL


def test_people_in_no_group_are_a_group_to_the_attacker():
    assert counts([60, 37], total=100) == [COMPLEMENT, COMPLEMENT]
    assert counts([60, 37, 80], total=180) == [SHOWN, COMPLEMENT, SHOWN]
    assert counts([60, 37], total=300) == [SHOWN, SHOWN]
    assert counts([60, 5, 80], total=300) == [SHOWN, SMALL, SHOWN]


def test_a_group_that_the_source_withheld_needs_cover_as_a_small_one_does():
    table = Table.of_counts([np.nan, 40, 60, 90], 196, withheld=[True, False, False, False])
    assert suppress(table).codes.tolist() == [SMALL, COMPLEMENT, SHOWN, SHOWN]
    two = Table.of_counts([np.nan, np.nan, 40, 60], 115, withheld=[True, True, False, False])
    assert suppress(two).codes.tolist() == [SMALL, SMALL, SHOWN, SHOWN]


def test_overlapping_groups_are_subtracted_from_the_total_one_by_one():
    assert counts([90, 95, 60], total=100) == [SMALL, SMALL, COMPLEMENT]
    assert counts([80, 70, 60], total=100) == [SHOWN, SHOWN, SHOWN]


def test_few_people_with_two_answers_are_not_told_by_what_the_groups_exceed_the_total():
    assert counts([60, 45], total=100) == [COMPLEMENT, COMPLEMENT]  # 5 people ticked both
    assert counts([60, 51], total=100) == [SHOWN, SHOWN]
    few_events = Table.of_proportion([30, 40], [80, 90], (67, 128))  # 42 people ticked both, 3 of them with the event
    assert suppress(few_events).codes.tolist() == [COMPLEMENT, COMPLEMENT]


def test_group_without_reading_is_left_alone_and_nobody_needs_a_total():
    assert suppress(Table.of_counts([np.nan, 40, 5], None)).codes.tolist() == [SHOWN, SHOWN, SMALL]


def test_threshold_is_a_setting():
    assert counts([8, 40, 60], threshold=6) == [SHOWN, SHOWN, SHOWN]
    with pytest.raises(ValueError, match="threshold"):
        counts([8, 40, 60], threshold=1)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Table.of_counts([-1, 4], 3), "not negative"),
        (lambda: Table.of_counts([np.inf, 4], 3), "finite"),
        (lambda: Table.of_counts([1, 4], [5, 5]), "total"),
        (lambda: Table.of_proportion([5], [4], (5, 5)), "above"),
        (lambda: Table.of_proportion([3], [4], (6, 5)), "above"),
        (lambda: Table.of_counts([1, 4], 5, withheld=[True]), "withheld"),
        (lambda: Table(np.zeros((2, 2)), np.zeros(3), np.zeros(2, dtype=bool)), "total"),
        (lambda: Table.of_counts([1, 4], -5), "not negative"),
    ],
)
def test_impossible_tables_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


group = st.one_of(st.integers(0, 30), st.integers(0, 400)).flatmap(
    lambda n: st.tuples(st.one_of(st.integers(0, min(n, 14)), st.integers(0, n)), st.just(n))
)


@settings(max_examples=50, deadline=None)
@given(st.lists(group, min_size=2, max_size=8))
def test_attacker_finds_no_small_count_of_a_proportion(groups):
    parts = np.array(groups, dtype=float)
    total = parts.sum(axis=0)
    mask = suppress(Table.of_proportion(parts[:, 0], parts[:, 1], (total[0], total[1])))
    small = (((parts > 0) & (parts < 11)).any(axis=1)) | (
        (parts[:, 1] > parts[:, 0]) & (parts[:, 1] - parts[:, 0] < 11)
    )
    assert (mask.codes == SMALL).tolist() == small.tolist()
    # x, those without, and n of every group; n = x + those without is known to everybody.
    three = np.column_stack((parts[:, 0], parts[:, 1] - parts[:, 0], parts[:, 1]))
    unit = np.eye(three.size).reshape(*three.shape, -1)
    ties = np.concatenate([unit[:, 0] + unit[:, 1] - unit[:, 2], unit[:, 2] - unit[:, 0] - unit[:, 1]])
    for _, kind, value, lower, upper in strata_bounds(three, three.sum(axis=0), mask.shown, ties):
        if 0 < value < 11:
            whole = three[:, kind].sum()
            # Nothing is told beyond what the total alone tells.
            assert (lower == 0 and upper >= min(11, whole)) or mask.hidden.all()
    left = (mask.shown & (parts[:, 1] > 0)).sum()
    assert left != 1 or not small.any()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 15), st.integers(0, 300)), min_size=2, max_size=9), st.randoms())
def test_order_of_groups_changes_no_more_than_a_tie(groups, shuffler):
    order = list(range(len(groups)))
    shuffler.shuffle(order)
    shuffled = [groups[i] for i in order]

    def lost(given):
        return sorted((value, code) for value, code in zip(given, counts(given), strict=True))

    assert lost(groups) == lost(shuffled)


def test_periods_are_guarded_each_alone():
    rng = np.random.default_rng(1)
    n = rng.poisson(rng.gamma(0.7, 60, (300, 6))).astype(float)
    x = rng.binomial(n.astype(int), 0.3).astype(float)
    n[rng.random(n.shape) < 0.05] = np.nan
    withheld = rng.random(n.shape) < 0.05
    total = (np.nansum(x, axis=1), np.nansum(np.fmax(n, x), axis=1))
    total[1][::7] = np.nan
    x[np.isnan(n)] = np.nan
    codes = suppress(Table.of_proportion(x, n, total, withheld)).codes
    for i in range(300):
        alone = suppress(Table.of_proportion(x[i], n[i], (total[0][i], total[1][i]), withheld[i])).codes
        assert alone.tolist() == codes[i].tolist()
    assert {*codes.ravel().tolist()} == {0, 1, 2}
