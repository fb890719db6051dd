"""Nothing small follows from measures of the same patients together, nor from a whole and its parts."""

import os

import numpy as np
import pytest

from analytics.small_cells.steps import Ahead, ended, gate, inside
from analytics.small_cells.telling import SHUT, Course, Gate, Told
from tests.analytics.small_cells.made_houses import made
from tests.analytics.small_cells.made_steps import parts, reader_of_all, same_patients, small_counts, told_in_step

#: Many patients are many unknowns: houses of few months and places are enough to lay a whole beside its parts.
SMALL = [seed for seed in range(200) if made(seed).months <= 5 and len(made(seed).leaves) <= 6]
HOUSES = int(os.environ.get("HOUSES", "8"))


@pytest.mark.parametrize("seed", SMALL[:HOUSES])
@pytest.mark.parametrize("family", [parts, same_patients])
def test_nobody_derives_a_small_count(family, seed):
    house = family(seed)
    told = told_in_step(house)
    assert small_counts(house, reader_of_all(house, told), told) == []


def test_the_reader_sees_what_parts_tell_that_know_nothing_of_each_other():
    def derived(seed: int) -> int:
        house = parts(seed)
        told = told_in_step(house, alone=True)
        return len(small_counts(house, reader_of_all(house, told), told))

    assert derived(34) > 0
    assert derived(35) > 0


def test_much_is_told_all_the_same():
    houses = [family(seed) for family in (parts, same_patients) for seed in range(12)]
    figures = [
        [sum(int(each.groups.sum()) for of in told_in_step(house, alone=alone) for each in of) for house in houses]
        for alone in (False, True)
    ]
    assert sum(figures[0]) > 0.75 * sum(figures[1]) > 1000


MARKS = np.array([[True, True], [True, False]])


def test_several_stretches_together_cover_the_months_of_all_of_them():
    ahead = Ahead((2, 2), [(1, 2, MARKS), (2, 4, MARKS[::-1]), (0, 4, ~MARKS)])
    assert ahead.covers(1, 2).tolist() == MARKS.tolist()
    assert ahead.covers(1, 4).tolist() == [[True, False], [True, False]]
    assert ahead.covers(0, 4).tolist() == (~MARKS).tolist()
    assert not ahead.covers(0, 2).any()
    assert not ahead.covers(1, 3).any()


def test_only_what_all_have_told_is_told_and_units_of_which_nothing_is_left_drop_out():
    told = Told(0, 1, 2, np.array([0, 1]), np.ones((2, 2), bool))
    found = inside(told, [Ahead((3, 2), [(1, 2, np.array([[1, 1], [1, 0], [0, 0]], bool))])], top=1)
    assert found.units.tolist() == [0]
    assert found.groups.tolist() == [[True, False]]
    assert inside(told, []).groups.all()


def test_what_ended_is_a_gate_for_the_others():
    course = Course((0, 1), 2, 1, 3, block=5, period=3, cycle=0)
    later = Course((0, 1), 2, 1, 3, block=6, period=6, cycle=0)
    assert ended(course, later, 6) == Gate(block=True, period=True, cycle=False)
    assert ended(course, course, 6) == ended(None, None, 6) == SHUT
    one, other = Ahead((1, 2), gates={(0, 6): Gate()}), Ahead((1, 2), gates={(0, 6): ended(course, later, 6)})
    assert gate([one, other], 6) == Gate(block=True, period=True, cycle=False)
    assert gate([one, other], 7) == SHUT
    assert gate([], 6) == Gate()
