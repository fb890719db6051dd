import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.outcomes import CountError, Reason, SettingError, ShapeError
from analytics.small_cells import Judged, gap_reasons, judged_rate, pool_until, windows_of_place, windows_of_time

NAN = np.nan
LENGTHS = (1, 7, 28)
LABELS = ("1 day", "7 days", "28 days")


def test_the_shortest_window_with_enough_patients_is_taken_and_named():
    met = np.full((4, 28), 1.0)
    asked = np.stack((np.full(28, 40.0), np.full(28, 5.0), np.full(28, 2.0), np.full(28, 1.0)))
    found = pool_until(windows_of_time(met, LENGTHS), windows_of_time(asked, LENGTHS), least=30)
    assert found.index.tolist() == [0, 1, 2, -1]
    assert found.numerator[:3].tolist() == [1, 7, 28]
    assert found.denominator[:3].tolist() == [40, 35, 56]
    assert np.isnan([found.numerator[3], found.denominator[3]]).all()
    assert found.reason.tolist() == [0, 0, 0, Reason.TOO_FEW_TO_JUDGE]
    assert [found.sentence(LABELS, (row,)) for row in range(4)] == [
        "1 day.",
        "7 days; too few patients in 1 day.",
        "28 days; too few patients in 7 days.",
        "Too few to judge, even over 28 days.",
    ]


def test_units_are_pooled_into_their_department_and_hospital():
    asked = np.array([40, 20, 25, 3, NAN])
    levels = ([0, 1, 2, 3, 4], [0, 1, 1, 2, 2], [0, 0, 0, 0, 0])
    people = windows_of_place(asked, levels)
    assert people[:4].tolist() == [[40, 40, 88], [20, 45, 88], [25, 45, 88], [3, 3, 88]]
    assert np.isnan(people[4, 0])
    assert people[4, 1:].tolist() == [3, 88]
    found = pool_until(people / 4, people)
    assert found.index.tolist() == [0, 1, 1, 2, 2]
    assert found.sentence(("unit", "department", "hospital"), (3,)) == "hospital; too few patients in department."


def test_missing_days_add_nothing_and_no_data_is_said():
    asked = np.array([[NAN, 20, NAN], [NAN, NAN, NAN], [0, 0, 0]])
    windows = windows_of_time(asked, (1, 2, 3))
    assert np.isnan(windows[0, 0])
    assert windows[0, 1:].tolist() == [20, 20]
    found = pool_until(windows, windows, least=20)
    assert found.index.tolist() == [1, -1, -1]
    assert found.reason.tolist() == [Reason.COMPUTED, Reason.NO_DATA, Reason.NO_DATA]
    assert found.sentence(LABELS, (1,)) == "Cannot be computed, because there are no data."


def test_a_window_longer_than_the_series_is_not_taken():
    assert pool_until(*[windows_of_time([20.0, 20.0], (1, 7))] * 2, least=30).index.tolist() == -1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(1, 60))
def test_a_narrower_window_never_suffices(asked, least):
    lengths = list(range(1, len(asked) + 1))
    people = windows_of_time(np.array(asked, float), lengths)
    found = pool_until(people * 0, people, least=least)
    sums = [sum(asked[-k:]) for k in lengths]
    wanted = next((k for k, total in enumerate(sums) if total >= least), -1)
    assert int(found.index) == wanted
    if wanted >= 0:
        assert float(found.denominator) == sums[wanted]


def test_too_few_to_judge_is_a_value_of_its_own():
    found = judged_rate([3, 6, 0, 0, NAN, 5], [11, 12, 30, 0, 20, NAN])
    assert found.reason.tolist() == [
        Reason.TOO_FEW_TO_JUDGE,
        Reason.COMPUTED,
        Reason.COMPUTED,
        Reason.ZERO_DENOMINATOR,
        Reason.NO_DATA,
        Reason.NO_DATA,
    ]
    assert found.value[1:3].tolist() == [0.5, 0]
    assert np.isnan(found.value[[0, 3, 4, 5]]).all()
    assert isinstance(found, Judged)


def test_a_gap_needs_twelve_on_each_side_and_twenty_five_together():
    people, others = [12, 12, 11, 0, NAN], [13, 12, 90, 50, 50]
    assert gap_reasons(people, others).tolist() == [
        Reason.COMPUTED,
        Reason.TOO_FEW_TO_JUDGE,
        Reason.TOO_FEW_TO_JUDGE,
        Reason.ZERO_DENOMINATOR,
        Reason.NO_DATA,
    ]
    assert gap_reasons([30, 29], 50, each=30).tolist() == [Reason.COMPUTED, Reason.TOO_FEW_TO_JUDGE]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: pool_until([1, 2], [1]), ShapeError),
        (lambda: pool_until(1, 1), ShapeError),
        (lambda: pool_until([], []), ShapeError),
        (lambda: pool_until([2], [1]), CountError),
        (lambda: pool_until([-1], [1]), CountError),
        (lambda: pool_until([1], [np.inf]), CountError),
        (lambda: pool_until([1], [1], least=0), SettingError),
        (lambda: pool_until([40, 40], [40, 40]).sentence([]), ShapeError),
        (lambda: pool_until([4, 4], [4, 4]).sentence([]), ShapeError),
        (lambda: windows_of_time(3, (1,)), ShapeError),
        (lambda: windows_of_time([3], ()), SettingError),
        (lambda: windows_of_time([3], (0,)), SettingError),
        (lambda: windows_of_time([3, 4], (2, 1)), SettingError),
        (lambda: windows_of_place([3, 4], [[1]]), ShapeError),
        (lambda: windows_of_place([3, 4], []), ShapeError),
        (lambda: judged_rate([1], [-1]), CountError),
        (lambda: judged_rate([1], [np.inf]), CountError),
        (lambda: judged_rate([1, 2], [1, 2, 3]), ShapeError),
        (lambda: judged_rate([1], [2], least=0), SettingError),
        (lambda: gap_reasons([1], [2], each=0), SettingError),
    ],
)
def test_bad_counts_are_refused(make, error):
    with pytest.raises(error):
        make()
