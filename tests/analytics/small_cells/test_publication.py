from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.outcomes import AnalyticsError, CountError, SettingError, ShapeError
from analytics.small_cells import Cell, Cells, View, protect, suppress, suppress_table
from analytics.small_cells import Table as Strata
from scripts.attack_tables import Attack, press, unshown
from tests.analytics.small_cells.test_crossings import inner_cells, published
from tests.analytics.vectors import cases, checker


def attacked(cells, views, masks):
    """How many small figures, finest cells and differences a reader of everything that is shown can tell."""
    rows = np.vstack([view.rows for view in views])
    more = unshown(rows)
    rows = np.vstack((rows, more))
    shown = np.concatenate([*(mask.shown.ravel() for mask in masks), np.zeros(len(more), dtype=bool)])
    truth = rows @ cells.counts.ravel()
    attack = Attack("", rows, truth, shown)
    press([attack])
    visible = int((shown & (truth > 0) & (truth < 11)).sum())
    return visible + int(attack.small().sum())


@pytest.mark.parametrize("case", cases("suppression.json"))
def test_a_vector_protected_as_a_publication_passes_the_audit(case):
    levels, counts = inner_cells(case)
    cells = Cells.of(counts, case["dims"])
    found = protect(cells, [cells.view("table", case["dims"])])
    assert found.safe
    audited = checker("audit_suppression").audit(case["dims"], list(published(case, levels, counts, found.masks[0])))
    assert audited["ok"], (audited["exact"], audited["narrow"])
    extra = int((found.masks[0].codes == Cell.HIDDEN_COMPLEMENTARY).sum())
    assert extra <= 2 * case["reference"]["n_secondary"] + 2


RNG = np.random.default_rng(5)
#: Day × race × payer × (met, not met).
WEEK = Cells.of(RNG.poisson(RNG.gamma(2, 3, (3, 4, 3, 2))), ("day", "race", "payer", "met"))
PAIR = {"together": ("met",)}


def test_yesterdays_and_todays_totals_differ_by_one_day():
    until = [WEEK.view(f"until day {last}", ("race", "met"), where={"day": range(last + 1)}, **PAIR) for last in (1, 2)]
    alone = [protect(WEEK, [view]).masks[0] for view in until]
    assert attacked(WEEK, until, alone) > 0
    assert attacked(WEEK, until, protect(WEEK, until).masks) == 0


def test_what_is_out_already_stays_out_and_is_reckoned_with():
    old = WEEK.view("yesterday", ("race", "met"), where={"day": (0, 1)}, **PAIR)
    before = protect(WEEK, [old])
    out = old.published(before.masks[0])
    new = WEEK.view("today", ("race", "met"), **PAIR)
    now = protect(WEEK, [out, new])
    assert now.safe
    assert (now.masks[0].shown | before.masks[0].hidden).all()
    assert attacked(WEEK, [out, new], [before.masks[0], now.masks[1]]) == 0
    assert now.masks[1].hidden.sum() > protect(WEEK, [new]).masks[0].hidden.sum()


def test_overlapping_dimensions_and_a_total_on_a_tile():
    rng = np.random.default_rng(8)
    cells = Cells.of(rng.poisson(rng.gamma(0.5, 9, (4, 4))), ("race", "payer"))
    views = [
        cells.view("race", ("race",), totals=False),
        cells.view("payer", ("payer",), totals=False),
        cells.view("both", ("race", "payer"), totals=False),
        cells.view("tile", known=True),
    ]
    alone = [protect(cells, [view]).masks[0] for view in views]
    assert attacked(cells, views, alone) > 0
    found = protect(cells, views)
    assert found.safe
    assert found.masks[3].shown.all()
    assert attacked(cells, views, found.masks) == 0


def test_the_same_figure_is_shown_in_all_views_or_in_none():
    rng = np.random.default_rng(9)
    cells = Cells.of(rng.poisson(rng.gamma(0.7, 14, (4, 4, 2))), ("race", "payer", "met"))
    race, both = cells.view("race", ("race", "met"), **PAIR), cells.view("both", ("race", "payer", "met"), **PAIR)
    masks = protect(cells, [race, both]).masks
    assert (masks[0].hidden == masks[1].hidden[:, -1]).all()
    assert (masks[1].hidden == masks[1].hidden[..., :1]).all()
    assert masks[1].hidden.any()


def test_two_roles_of_one_reader_are_one_publication():
    rng = np.random.default_rng(4)
    cells = Cells.of(rng.poisson(rng.gamma(1, 14, (4, 3))), ("race", "unit"))
    nurse = cells.view("own unit", ("race",), where={"unit": (0,)})
    manager = cells.view("both other units", ("race",), where={"unit": (1, 2)})
    leader = cells.view("all units", ("race",))
    views = [nurse, manager, leader]
    alone = [protect(cells, [view]).masks[0] for view in views]
    assert attacked(cells, views, alone) > 0
    assert attacked(cells, views, protect(cells, views).masks) == 0


def test_figures_go_together_by_any_numbers():
    cells = Cells.of([5, 60, 70, 80, 90], ("race",))
    view = cells.view("race", ("race",), totals=False)
    found = protect(cells, [replace(view, together=np.array([70, 80, 70, -1, 80]))])
    assert found.masks[0].hidden.tolist() == [True, False, True, False, False]


def test_what_cannot_be_protected_is_said():
    cells = Cells.of([5, 60, 70], ("race",))
    out = cells.view("out", ("race",), known=True)
    assert protect(cells, [out]).derivable == ((0, 0),)
    total, others = cells.view("total", known=True), cells.view("others", where={"race": (1, 2)}, known=True)
    found = protect(cells, [total, others, cells.view("race", ("race",), totals=False)])
    assert not found.safe
    assert found.derivable[0] == (2, 0)
    assert found.masks[2].hidden[0]


def test_hidden_parts_that_come_to_a_small_number_are_said_where_the_rest_is_out():
    cells = Cells.of([3, 4, 40, 50], ("race",))
    out = [cells.view("total", known=True)]
    out += [cells.view(f"group {group}", where={"race": (group,)}, known=True) for group in (2, 3)]
    found = protect(cells, [*out, cells.view("race", ("race",))])
    assert found.masks[3].shown.tolist() == [False, False, True, True, True]
    # 97 - 40 - 50 = 7 people in the first two groups, though each of them alone may be nobody.
    assert found.derivable == ((-1, 0, 1),)
    assert not found.safe


def test_a_day_that_no_view_shows_is_protected_unless_not_asked_for():
    cells = Cells.of([[40, 30], [3, 50]], ("day", "race"))
    first = cells.view("day 0", ("race",), where={"day": (0,)}, known=True)
    both = cells.view("both days", ("race",), totals=False)
    assert protect(cells, [first, both]).masks[1].hidden.tolist() == [True, False]
    # Half of (days 0 and 1) + (days 1 and 2) - (days 0 and 2) is day 1, though none of the windows contains another.
    days = Cells.of([40, 3, 50], ("day",))
    windows = [days.view(f"{a} and {b}", where={"day": (a, b)}) for a, b in ((0, 1), (1, 2), (0, 2))]
    assert sum(int(mask.hidden.sum()) for mask in protect(days, windows).masks) == 1
    assert all(mask.shown.all() for mask in protect(days, windows, finest=False).masks)


def test_zero_of_many_is_hidden_where_zeros_may_not_show():
    cells = Cells.of([[0, 40], [25, 40], [30, 50], [60, 90]], ("race", "met"))
    view = cells.view("race", ("race", "met"), **PAIR)
    assert protect(cells, [view]).masks[0].shown.all()
    found = protect(cells, [view], zeros=False)
    assert found.masks[0].codes[0].tolist() == [Cell.HIDDEN_SMALL, Cell.HIDDEN_COMPLEMENTARY, Cell.HIDDEN_COMPLEMENTARY]
    rows, shown = view.rows, found.masks[0].shown.ravel()
    attack = Attack("", rows, rows @ cells.counts.ravel(), shown)
    press([attack])
    assert found.masks[0].hidden.any(axis=1).sum() >= 2


@st.composite
def publication(draw):
    shape = draw(st.tuples(*(st.integers(2, 3),) * 3))
    counts = draw(
        st.lists(
            st.one_of(st.integers(0, 12), st.integers(0, 90)),
            min_size=int(np.prod(shape)),
            max_size=int(np.prod(shape)),
        )
    )
    cells = Cells.of(np.reshape(counts, shape), ("day", "race", "payer"))
    axes = st.lists(st.sampled_from(cells.axes), max_size=2, unique=True)
    asked = draw(st.lists(st.tuples(axes, st.integers(1, shape[0])), min_size=1, max_size=4))
    return cells, [cells.view(str(by), by, where={"day": range(days)}) for by, days in asked]


@settings(max_examples=25, deadline=None)
@given(publication())
def test_attacker_of_everything_finds_nothing_small(given):
    cells, views = given
    found = protect(cells, views)
    assert found.safe
    assert attacked(cells, views, found.masks) == 0


@pytest.mark.parametrize("counts", [[40, 5, 60, 90], [0, 12, 3, 50, 40], [5], [40, 60], [0, 0], [3, 4, 2]])
def test_a_line_of_groups_is_protected_as_by_the_rule_of_strata(counts):
    mask = suppress_table(counts)
    strata = suppress(Strata.of_counts(counts, sum(counts)))
    small = np.array([0 < n < 11 for n in counts])
    assert (mask.codes[:-1] == Cell.HIDDEN_SMALL).tolist() == small.tolist()
    if not strata.hidden.any():
        assert mask.shown.all()


def test_a_table_without_margins_hides_only_what_is_small():
    assert suppress_table([[0, 5], [11, 10]], margins=False).codes.tolist() == [[0, 1], [0, 1]]
    assert suppress_table([[0, 5], [11, 10]], margins=False, zeros=False).codes.tolist() == [[1, 1], [0, 1]]
    assert suppress_table([[0, 5], [11, 10]], margins=False, threshold=6).codes.tolist() == [[0, 1], [0, 0]]


def test_nothing_published_is_nothing_derivable():
    assert protect(WEEK, []).masks == ()


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Cells.of([1, -1], ("race",)), CountError, "whole numbers"),
        (lambda: Cells.of([1, 0.5], ("race",)), CountError, "whole numbers"),
        (lambda: Cells.of([1, 2], ("race", "payer")), ShapeError, "names"),
        (lambda: Cells.of([[1, 2]], ("race", "race")), ShapeError, "names"),
        (lambda: WEEK.view("", ("sex",)), SettingError, "no axis 'sex'"),
        (lambda: WEEK.view("", where={"week": (0,)}), SettingError, "no axis 'week'"),
        (lambda: WEEK.view("", where={"day": (3,)}), SettingError, "levels 0 to 2"),
        (lambda: WEEK.view("", where={"day": (1, 1)}), SettingError, "levels 0 to 2"),
        (lambda: WEEK.view("", where={"day": (0.5,)}), SettingError, "whole"),
        (lambda: WEEK.view("", where={"day": ("monday",)}), AnalyticsError, "numbers are needed"),
        (lambda: WEEK.view("", ("race", "race")), SettingError, "once"),
        (lambda: WEEK.view("", ("race",), together=("met",)), SettingError, "go together"),
        (lambda: protect(Cells.of([1, 2], ("race",)), [WEEK.view("")]), ShapeError, "other cells"),
        (lambda: protect(WEEK, [WEEK.view("")], threshold=1), SettingError, "threshold"),
        (lambda: WEEK.view("").published(protect(WEEK, [WEEK.view("", ("race",))]).masks[0]), ShapeError, "mask"),
        (lambda: View("", np.array([[2.0]]), (1,), np.zeros(1, bool), np.zeros(1, int)), ShapeError, "0 and 1"),
        (lambda: View("", np.array([[1.0]]), (2,), np.zeros(1, bool), np.zeros(1, int)), ShapeError, "shape"),
        (
            lambda: View("", np.eye(3), (3,), np.zeros(3, bool), np.arange(3), ((0, 1, 2),)),
            ShapeError,
            "sum of the others",
        ),
        (lambda: View("", np.eye(2), (2,), np.zeros(2, bool), np.arange(2), ((0, 2),)), ShapeError, "figures 0 to 1"),
        (lambda: View("", np.eye(2), (2,), np.zeros(2, bool), np.arange(2), ((),)), ShapeError, "figures 0 to 1"),
        (lambda: suppress_table([]), ShapeError, "dimension"),
    ],
)
def test_bad_publications_are_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()
