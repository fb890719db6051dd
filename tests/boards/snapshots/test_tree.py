import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.rules import RollUp
from boards.snapshots.rollup import Figures, roll_up
from boards.snapshots.tree import Tree, build

SMALL = [(1, None), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)]


def names(tree: Tree, positions) -> list[int]:
    return tree.unit_ids[np.asarray(positions, int)].tolist()


def test_build_puts_every_subtree_into_one_slice():
    tree = build(SMALL, {})
    assert tree.unit_ids.tolist() == [1, 2, 4, 5, 3, 6]
    assert tree.ends.tolist() == [6, 4, 3, 4, 6, 6]
    assert tree.depths.tolist() == [0, 1, 2, 2, 1, 2]


def test_build_refuses_a_circle():
    with pytest.raises(ValueError, match="circle"):
        build([(1, 2), (2, 1)], {})


def test_levels_go_from_the_deepest_up_with_families_side_by_side():
    tree = build(SMALL, {})
    levels = tree.levels()
    assert [(names(tree, c), s.tolist(), names(tree, p)) for c, s, p in levels] == [
        ([4, 5, 6], [0, 2], [2, 3]),
        ([2, 3], [0], [1]),
    ]


def test_a_second_line_reaches_up_to_where_the_lines_meet():
    tree = build(SMALL, {6: [2]})
    assert [names(tree, pair) for pair in tree.extras] == [[2, 6]]


def test_a_second_line_inside_another_second_line_counts_once():
    tree = build([*SMALL, (7, 6)], {6: [2], 7: [2]})
    assert [names(tree, pair) for pair in tree.extras] == [[2, 6]]


def test_touched_by_follows_both_lines():
    tree = build(SMALL, {6: [2]})
    assert tree.touched_by([6]) == {6, 3, 1, 2}
    assert tree.touched_by([4]) == {4, 2, 1}


def test_around_keeps_the_siblings_as_fringe():
    tree = build(SMALL, {})
    small, fringe = tree.around({4, 2, 1})
    assert sorted(small.unit_ids.tolist()) == [1, 2, 3, 4, 5]
    assert fringe == {3, 5}


def figures(tree: Tree, sent: dict[int, tuple[float, float]]) -> Figures:
    f = Figures.empty(len(tree), 1, 1)
    for i, unit in enumerate(tree.unit_ids.tolist()):
        if unit in sent:
            f.numerators[i, 0, 0], f.denominators[i, 0, 0] = sent[unit]
            f.own[i, 0] = True
            f.expected[i, 0] = f.reported[i, 0] = 1
    return f


def numerators(tree: Tree, f: Figures) -> dict[int, float]:
    return dict(zip(tree.unit_ids.tolist(), f.numerators[:, 0, 0].tolist(), strict=True))


def test_roll_up_adds_and_a_missing_unit_stays_missing():
    tree = build(SMALL, {})
    f = figures(tree, {4: (3, 10), 5: (4, 20)})
    roll_up(tree, f, RollUp.RATIO)
    got = numerators(tree, f)
    assert (got[2], got[1]) == (7, 7)
    assert np.isnan(got[3])
    assert np.isnan(got[6])


def test_what_a_unit_sent_itself_goes_up_instead_of_what_lies_below():
    tree = build(SMALL, {})
    f = figures(tree, {4: (3, 10), 5: (4, 20), 2: (9, 30)})
    roll_up(tree, f, RollUp.RATIO)
    assert numerators(tree, f)[1] == 9


def test_a_matrix_unit_counts_in_both_lines_and_once_at_the_top():
    tree = build(SMALL, {6: [2]})
    f = figures(tree, {4: (3, 10), 6: (5, 10)})
    roll_up(tree, f, RollUp.SUM)
    got = numerators(tree, f)
    assert (got[2], got[3], got[1]) == (8, 5, 8)


def test_days_since_is_the_smallest():
    tree = build(SMALL, {})
    f = figures(tree, {4: (30, np.nan), 5: (4, np.nan), 6: (12, np.nan)})
    roll_up(tree, f, RollUp.MINIMUM)
    assert numerators(tree, f)[1] == 4


def test_a_median_is_never_averaged():
    tree = build(SMALL, {})
    f = figures(tree, {4: (30, 5), 5: (50, 7)})
    roll_up(tree, f, RollUp.NONE)
    assert np.isnan(numerators(tree, f)[2])


@st.composite
def forests(draw):
    size = draw(st.integers(2, 30))
    lines = [(0, None)] + [(i, draw(st.integers(0, i - 1))) for i in range(1, size)]
    second = {i: [draw(st.integers(0, size - 1))] for i in range(1, size) if draw(st.integers(0, 4)) == 0}
    return lines, second


def reached(lines, second, top) -> set[int]:
    """Everything below `top` along either line; the slow, obvious way."""
    found, todo = set(), [top]
    while todo:
        unit = todo.pop()
        if unit in found:
            continue
        found.add(unit)
        todo += [child for child, parent in lines if parent == unit]
        todo += [child for child, parents in second.items() if unit in parents]
    return found


@given(forests())
def test_roll_up_equals_adding_every_leaf_that_reports_here_along_either_line(forest):
    lines, second = forest
    second = {c: [p for p in parents if p not in reached(lines, {}, c)] for c, parents in second.items()}
    tree = build(lines, second)
    parents = {parent for _, parent in lines} | {p for ps in second.values() for p in ps}
    leaves = {unit: (float(unit + 1), 1.0) for unit, _ in lines if unit not in parents}
    f = figures(tree, leaves)
    roll_up(tree, f, RollUp.SUM)
    got = numerators(tree, f)
    for unit, _ in lines:
        below = reached(lines, {}, unit)
        direct = below | {x for c, ps in second.items() for p in ps if p in below for x in reached(lines, {}, c)}
        reporting = [leaves[x][0] for x in direct if x in leaves]
        assert np.isnan(got[unit]) if not reporting else got[unit] == sum(reporting)


@given(forests(), st.data())
def test_a_part_of_the_tree_gives_the_same_numbers_as_the_whole(forest, data):
    lines, second = forest
    second = {c: [p for p in parents if p not in reached(lines, {}, c)] for c, parents in second.items()}
    tree = build(lines, second)
    parents = {parent for _, parent in lines} | {p for ps in second.values() for p in ps}
    leaves = {unit: (float(unit + 1), 2.0) for unit, _ in lines if unit not in parents}
    before = figures(tree, leaves)
    roll_up(tree, before, RollUp.SUM)
    stored = numerators(tree, before)
    changed = data.draw(st.sampled_from(sorted(leaves)))
    leaves[changed] = (1000.0, 2.0)
    after = figures(tree, leaves)
    roll_up(tree, after, RollUp.SUM)
    again = tree.touched_by([changed])
    small, fringe = tree.around(again)
    again = set(small.unit_ids.tolist()) - fringe
    f = figures(
        small,
        {
            **{u: (stored[u], 2.0) for u in fringe if not np.isnan(stored[u])},
            **{u: c for u, c in leaves.items() if u in again},
        },
    )
    roll_up(small, f, RollUp.SUM)
    part = numerators(small, f)
    whole = numerators(tree, after)
    for unit in again:
        assert part[unit] == whole[unit] or (np.isnan(part[unit]) and np.isnan(whole[unit]))
