"""Nothing small follows from all that a house tells of its groups over the months."""

import os

import numpy as np
import pytest

from analytics.small_cells.families import tell_units
from analytics.small_cells.houses import House, closes, pace, slower
from tests.analytics.small_cells.made_houses import Made, made, readers, stretches, told_by

HOUSES = int(os.environ.get("HOUSES", "24"))


@pytest.mark.parametrize("seed", range(HOUSES))
def test_nobody_derives_a_small_count(seed):
    house = made(seed)
    told = told_by(house.house(), house.months)
    for reader in readers(house, told):
        assert reader.derived(stretches(house, told)) == []


def test_much_is_told_all_the_same():
    shown = [told_by(made(seed).house(), made(seed).months) for seed in range(12)]
    figures = sum(int(each.groups.sum()) for told in shown for each in told)
    of_units = sum(int(each.groups[each.units > 0].sum()) for told in shown for each in told)
    assert figures > 400
    assert of_units > 200


def two_wards(counts) -> House:
    """A top unit over wards; `counts`: (wards, groups, months) cases of one plane."""
    wards = np.array(counts, float)
    every = np.concatenate([wards.sum(0, keepdims=True), wards])[None, None]
    n = wards.shape[0] + 1
    whole = np.ones((1, n, wards.shape[1]), bool)
    return House(every, every.sum(3), whole, np.array([-1] + [0] * (n - 1)), np.array([n, *range(2, n + 1)]))


def test_the_attacker_sees_what_a_careless_house_tells():
    """Told month by month without a thought, small counts follow: the attacker would find a fault."""
    careless = Made(
        np.array([-1, 0, 0]), np.array([3, 2, 3]), [1, 2], np.array([[[[40.0, 40], [8, 8]], [[40, 40], [30, 30]]]]), 1
    )
    (reader,) = readers(careless, [])
    assert reader.derived([range(1)]) == []
    reader.read(0, [1], range(1))
    reader.read(2, [1], range(1))
    assert (1, 1) in {found[:2] for found in reader.derived([range(1)])}


def test_a_small_group_is_told_with_the_rest():
    house = two_wards([[[40], [3]], [[40], [30]]])
    assert not closes(house.over(0, 1), 0, np.array([0, 1]), 40)
    told = tell_units(house, np.array([[True, True]]), np.array([[True, True]]), 11, finer=np.array([False]))
    assert not told[0, 1:, 1].any()


def test_two_parts_are_needed():
    alone = two_wards([[[40], [0]], [[40], [0]]])
    assert not closes(alone, 0, np.array([0]), 11)
    assert closes(two_wards([[[40], [11]], [[40], [11]]]), 0, np.array([0]), 11)


def test_the_pace_goes_by_what_can_be_told():
    steady = np.stack([np.full(12, 40.0), np.full(12, 20.0), np.full(12, 2.0)])
    found = pace(two_wards([steady, steady]), 11)
    # In a month the second of three would tell of the third; in three all three are large enough.
    assert (found.quick[0], found.months[0]) == (3, 3)
    rare = pace(two_wards([steady / 8, steady / 8]), 11)
    assert rare.months[0] > 1


def test_slow_groups_are_told_over_the_cycle():
    months = 12
    counts = np.stack([np.full(months, 60.0), np.full(months, 14.0), np.full(months, 3.0), np.full(months, 3.0)])
    house = two_wards([counts, counts])
    order = np.array([0, 1, 2, 3])
    assert slower(house, 0, order, 2, 11) == 4
    told = told_by(house, months)
    whole = [each for each in told if each.whole_cycle]
    assert [int(each.groups[0].sum()) for each in whole] == [4]


def test_a_withheld_group_is_not_told():
    house = two_wards([[[40], [30]], [[40], [30]]])
    hidden = House(house.counts, house.totals, house.whole.copy(), house.parents, house.ends)
    hidden.whole[0, :2, 1] = False
    assert not closes(hidden, 0, np.array([0, 1]), 11)
    assert closes(hidden, 0, np.array([0]), 11)


def test_silent_units_and_those_below_are_not_told():
    house = two_wards([[[40], [30]], [[40], [30]]])
    quiet = House(house.counts, house.totals, house.whole, house.parents, house.ends, np.array([False, True, False]))
    told = tell_units(quiet, np.array([[True, True]]), np.array([[True, True]]), 11, finer=np.array([False]))
    assert not told[0, 1].any()
