"""Nothing small follows from two dimensions crossed, and from all that is told of each besides."""

import os

import numpy as np
import pytest

from analytics.small_cells.crossed import MOST, crossed, due
from tests.analytics.small_cells import made_crossings
from tests.analytics.small_cells.made_crossings import asked, crossing_readers, crossings_told, made_crossing

HOUSES = int(os.environ.get("HOUSES", "12"))


@pytest.mark.parametrize("seed", range(HOUSES))
def test_nobody_derives_a_small_count(seed):
    house = made_crossing(seed)
    singles, crosses = crossings_told(house)
    for reader in crossing_readers(house, singles, crosses):
        assert reader.derived_of(asked(house, singles, crosses)) == []


def test_much_is_told_all_the_same():
    told = [each for seed in range(40) for each in crossings_told(made_crossing(seed))[1]]
    assert len(told) > 30
    assert sum(len(each.cells) for each in told) > 150


def test_the_attacker_sees_what_a_careless_crossing_tells(monkeypatch):
    """Every cell told as it is: small counts follow in most houses."""

    def careless(margins, total, counts, threshold, *, least):
        return crossed(margins, total, counts, 2)

    monkeypatch.setattr(made_crossings, "crossed", careless)
    broken = 0
    for seed in range(6):
        house = made_crossing(seed)
        singles, crosses = crossings_told(house)
        broken += any(
            reader.derived_of(asked(house, singles, crosses)) for reader in crossing_readers(house, singles, crosses)
        )
    assert broken >= 3


def told(table, **settings):
    """A crossing of a single plane whose groups are all told, in one unit and month."""
    counts = np.array(table, float)[None, None, :, :, None]
    cells = counts.sum(axis=(1, 4))
    return crossed((cells.sum(axis=2), cells.sum(axis=1)), cells.sum(axis=(1, 2)), counts, 11, **settings)


def test_large_cells_are_all_told():
    found = told([[60, 40], [50, 30]])
    assert found.shown.all()
    assert found.cells[0, :2, :2].tolist() == [[60, 40], [50, 30]]


def test_a_small_cell_takes_its_complements_along():
    found = told([[60, 40, 30], [50, 4, 30], [30, 30, 30]])
    hidden = ~found.shown[:3, :3]
    assert hidden[1, 1]
    assert hidden[1].sum() >= 2
    assert hidden[:, 1].sum() >= 2


def test_an_empty_cell_is_hidden_like_a_small_one():
    assert told([[60, 0], [50, 40]]) is None
    found = told([[60, 0, 30], [50, 40, 30], [30, 30, 30]])
    assert not found.shown[0, 1]


def test_a_group_that_is_not_told_by_itself_stands_in_the_rest():
    counts = np.array([[60, 40], [50, 30], [20, 20]], float)[None, None, :, :, None]
    cells = counts.sum(axis=(1, 4))
    rows = cells.sum(axis=2)
    rows[:, 1:] = np.nan
    found = crossed((rows, cells.sum(axis=1)), cells.sum(axis=(1, 2)), counts, 11)
    assert found.rows.tolist() == [0]
    assert found.cells[0, 1, :2].tolist() == [70, 50]


def test_people_who_never_stood_in_one_place_cannot_change_places():
    apart = np.zeros((1, 2, 2, 2, 1))
    apart[0, 0, 0, 0], apart[0, 1, 1, 1], apart[0, :, 0, 1], apart[0, :, 1, 0] = 60, 60, 20, 20
    cells = apart.sum(axis=(1, 4))
    assert crossed((cells.sum(axis=2), cells.sum(axis=1)), cells.sum(axis=(1, 2)), apart, 11) is None


def test_most_patients_have_to_stand_in_told_cells_before_a_year_is_over():
    table = [[60, 40, 30], [50, 4, 30], [30, 30, 30]]
    assert told(table, least=0.95) is None
    assert told(table) is not None


def test_counts_that_do_not_fit_what_was_told_are_not_told():
    counts = np.array([[60, 40], [50, 30]], float)[None, None, :, :, None]
    cells = counts.sum(axis=(1, 4))
    assert crossed((cells.sum(axis=2) - 70, cells.sum(axis=1)), cells.sum(axis=(1, 2)), counts, 11) is None


@pytest.mark.parametrize(
    ("rows", "columns", "since", "ends", "found"),
    [
        ([(0, 1)], [(0, 1)], 0, 1, (0, MOST)),
        ([(0, 1), (1, 2), (2, 3)], [(0, 3)], 0, 3, (0, MOST)),
        ([(0, 1), (1, 2)], [(0, 1), (1, 2)], 0, 2, None),  # two months are not tried
        ([(0, 1), (1, 2)], [(0, 1), (1, 2)], 1, 2, (1, MOST)),
        ([(0, 12)], [(i, i + 1) for i in range(12)], 0, 12, (0, 0.0)),
        ([(0, 12)], [(i, i + 1) for i in range(1, 12)], 0, 12, None),  # no month in common begins a block of both
        ([(0, 1), (2, 3)], [(0, 1), (1, 2), (2, 3)], 0, 3, None),  # a month was not told
        ([], [(0, 1)], 0, 1, None),
    ],
)
def test_a_crossing_is_due_where_blocks_of_both_begin_and_end(rows, columns, since, ends, found):
    assert due(rows, columns, since, ends) == found
